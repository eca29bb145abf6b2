// test/features/port/one-name.test.ts — a name that stands for a device of one type is that of another in the next
// spec: from each type to each. test/kernel/ports.test.ts does some of them on a kernel.
import { expect, test } from 'vitest';
import { prepare } from '../../../src/pipeline/prepare.ts';
import { createMemoryStore } from '../../../src/store/memory/index.ts';
import { createWhole } from '../../fake-host/whole.ts';
import { applied, destroyed, worldOf } from '../../world.ts';
import type { TestWorld } from '../../world.ts';

const TYPES = ['tap', 'veth', 'external', 'bridge'] as const;
type Type = (typeof TYPES)[number];

const spec = (type: Type): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }
  back: { mode: flat-dhcp, bridge: ${type === 'bridge' ? 'same' : 'br-back'}, interface: null, cidr: 10.20.0.0/24, mtu: 1400 }
instances:
${type === 'bridge' ? '' : `  vm-1: { nics: [{ network: lab, device: { type: ${type}, name: same${type === 'veth' ? ', netns: g1' : ''} } }] }\n`}  vm-2: { nics: [{ network: lab, device: { type: tap, name: tap2 } }] }
`;

test.each(TYPES.flatMap((from) => TYPES.filter((to) => to !== from).map((to) => [from, to] as const)))(
  'that was a %s becomes a %s',
  async (from, to) => {
    const { host, ip } = createWhole({ interfaces: [], namespaces: ['g1'] });
    const store = createMemoryStore();
    const before = ip.snapshot();
    const world = (type: Type): TestWorld => worldOf({ driver: host, store, spec: { 'spec.yaml': spec(type) } });
    const same = (): string => {
      const device = ip.kernel.namespace('').devices.get('same');
      return device === undefined ? 'nothing' : [device.type, device.master?.name ?? 'in no bridge'].join(', ');
    };
    const settles = async (type: Type): Promise<void> => {
      const settling = world(type);
      expect(await applied(settling), settling.said.err).toBe(0);
      expect((await prepare(world(type))).plan.changes).toEqual([]);
    };
    /** Somebody else's, whose other end is somewhere else. */
    const make = (): void => {
      ip.do('link add name same type veth peer name other');
    };
    if (from === 'external') make();
    await settles(from);
    if (from === 'external') {
      const refused = world(to);
      expect(await applied(refused)).toBe(1);
      expect(refused.said.err).toContain('[link-foreign]');
      ip.do('link del dev same');
    }
    await settles(to);
    // Ours has gone, and its maker can make it.
    if (to === 'external') {
      expect(same()).toBe('nothing');
      make();
      await settles(to);
    }
    expect(same()).toBe(
      { tap: 'tap, br-lab', veth: 'veth, br-lab', external: 'veth, br-lab', bridge: 'bridge, in no bridge' }[to],
    );
    expect(await destroyed(world(to))).toBe(0);
    if (to === 'external') {
      expect(same()).toBe('veth, in no bridge');
      ip.do('link del dev same');
    }
    expect(ip.snapshot()).toBe(before);
  },
);
