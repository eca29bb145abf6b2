// test/features/vlan/flows.test.ts — what a packet from, to and between networks on VLANs does.
import { describe, expect, test } from 'vitest';
import { flows, wantedOf } from '../flows.ts';

const spec = (mtu = ''): string => `apiVersion: netctl/v1
networks:
  blue: { mode: vlan, vlan: 100, interface: eth1, cidr: 10.0.0.0/24 }
  red: { mode: vlan, vlan: 101, interface: eth1, cidr: 10.0.1.0/24, forward: none${mtu} }
instances:
  on-blue: { nics: [{ network: blue }] }
  on-red: { nics: [{ network: red }] }
`;

describe('on its VLAN', () => {
  flows(spec(), [
    ['a guest asks for its address', 'br100: 0.0.0.0 → 255.255.255.255:67/udp on host', 'accept'],
    ['a guest of another host asks too, by the wire', 'br100: 0.0.0.0 → 255.255.255.255:67/udp on br100', 'accept'],
    ['a guest asks for a name', 'br100: 10.0.0.2 → 10.0.0.1:53/udp', 'accept'],
    ["not of another VLAN's server", 'br101: 10.0.1.2 → 10.0.0.1:53/udp', 'drop'],
    ['nor does what is on the parent', 'eth1: 198.51.100.7 → 10.0.0.1:53/tcp', 'drop'],
    ['a guest reaches the world', 'br100: 10.0.0.2 → 198.51.100.7:443/tcp', 'accept'],
    ['neighbours reach each other', 'br100: 10.0.0.2 → 10.0.0.3:22/tcp', 'accept'],
    ['nobody gets into one that is shut', 'br100: 10.0.0.2 → 10.0.1.2:22/tcp', 'drop'],
    ['nor out of it', 'br101: 10.0.1.2 → 198.51.100.7:443/tcp', 'drop'],
    ["what is on the parent is others'", 'eth1: 198.51.100.7 → 203.0.113.9:80/tcp on eth2', 'policy'],
  ]);
});

describe('largest packets hold on every hop', () => {
  test('the parent carries the greatest, each VLAN device and bridge its own', async () => {
    const links = [...(await wantedOf(spec(', mtu: 9000'))).values()].filter(({ kind }) => kind === 'link');
    expect(links).toEqual([
      expect.objectContaining({ name: 'br100', mtu: 1500 }),
      {
        kind: 'link',
        type: 'port',
        borrowed: true,
        name: 'eth1',
        promiscuous: false,
        hairpin: false,
        up: true,
        carries: 9000,
        parent: true,
      },
      { kind: 'link', type: 'vlan', name: 'vlan100', parent: 'eth1', id: 100, master: 'br100', mtu: 1500, bare: true },
      expect.objectContaining({ name: 'br101', mtu: 9000 }),
      { kind: 'link', type: 'vlan', name: 'vlan101', parent: 'eth1', id: 101, master: 'br101', mtu: 9000, bare: true },
      expect.objectContaining({ name: 'tap-on-blue', master: 'br100', mtu: 1500 }),
      expect.objectContaining({ name: 'tap-on-red', master: 'br101', mtu: 9000 }),
    ]);
  });
});
