// bench/disruption-instances.ts — changes of instances and of what they are told by DHCP.
import type { Edit } from '../test/kernel/busy-host.ts';
import { bridged, network, nic, out, same, without } from './disruption-edits.ts';
import type { ChangeUnderTraffic } from './disruption-edits.ts';

const crowd =
  (count: number): Edit =>
  (spec) => {
    for (let i = 0; i < count; i++)
      spec.instances[`more-${i}`] = { nics: [{ network: 'lab', device: { type: 'tap', name: `more-${i}` } }] };
  };
const mac = (last: string): Edit => nic('vm-1', { mac: `fa:16:3e:00:00:${last}` });

export const ofInstances: readonly ChangeUnderTraffic[] = [
  {
    name: 'an instance added',
    back: 'removed',
    from: without('vm-2'),
    to: same,
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'an instance removed, seen by itself',
    from: same,
    to: without('vm-2'),
    concerned: out('vm-2'),
    bystander: out('vm-1'),
  },
  {
    name: '20 instances added',
    back: 'removed',
    from: same,
    to: crowd(20),
    concerned: out('vm-1'),
    bystander: bridged('vm-3', 'vm-4'),
  },
  {
    name: "an instance's address changed",
    back: 'back',
    from: same,
    to: nic('vm-1', { address: '10.0.0.50' }),
    concerned: out('vm-1'),
    bystander: out('vm-2'),
  },
  { name: "an instance's MAC changed", from: mac('05'), to: mac('06'), concerned: out('vm-1'), bystander: out('vm-2') },
  {
    name: "an instance's device renamed",
    from: same,
    to: (spec) => {
      nic('vm-1', { device: { ...(spec.instances['vm-1']?.nics[0]?.['device'] as object), name: 'web-1' } })(spec);
    },
    concerned: out('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: "an instance's host name changed",
    back: 'back',
    from: same,
    to: (spec) => {
      Object.assign(spec.instances['vm-1'] ?? {}, { hostname: 'web' });
    },
    concerned: out('vm-1'),
    bystander: out('vm-2'),
  },

  {
    name: 'a DHCP option',
    back: 'without',
    from: same,
    to: network('lab', { dhcp: { options: ['option:ntp-server,10.0.0.1'] } }),
    concerned: out('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'another lease time',
    back: 'the former',
    from: same,
    to: network('lab', { dhcp: { leaseTime: '1h' } }),
    concerned: out('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'other resolvers',
    back: 'the former',
    from: same,
    to: (spec) => {
      spec.defaults.dns = ['203.0.113.2'];
    },
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
];
