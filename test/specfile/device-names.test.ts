// test/specfile/device-names.test.ts — external devices with names that libvirt gives out itself: a warning, and no
// more.
import { expect, test } from 'vitest';
import { readSpec } from './read-spec.ts';

const spec = (device: string): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: ${device} }] }
`;

for (const [device, warns] of [
  ['{ type: external, name: vnet0 }', true],
  ['{ type: external, name: vnet17 }', true],
  ['{ type: external, name: vnet-web }', true],
  ['{ type: external, name: vif1.0 }', true],
  ['{ type: external, name: macvtap0 }', true],
  ['{ type: external, name: macvlan3 }', true],
  ['{ type: external, name: lv-web-1 }', false],
  ['{ type: external, name: xvnet0 }', false],
  ['{ type: external, name: virbr0-nic }', false],
  // Ours to make, under whatever name.
  ['{ type: tap, name: vnet0 }', false],
  ['{ type: veth, name: vnet0, netns: g1 }', false],
] as const) {
  test(`${device}: ${warns ? 'warns' : 'nothing'}`, () => {
    const read = readSpec([{ file: 'spec.yaml', text: spec(device) }]);
    expect(read).toMatchObject({ ok: true });
    if (!read.ok) return;
    expect(read.warnings.map(({ severity, code, at }) => [severity, code, at[0]?.line, at[0]?.column])).toEqual(
      warns ? [['warning', 'libvirt-name', 5, 66]] : [],
    );
  });
}
