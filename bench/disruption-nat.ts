// bench/disruption-nat.ts — changes of NAT, forwarding, metadata and floating addresses.
import type { Draft, Edit } from '../test/kernel/busy-host.ts';
import { all, bridged, FIRST, float, floating, host, network, nic, out, same, SECOND } from './disruption-edits.ts';
import type { ChangeUnderTraffic } from './disruption-edits.ts';

const onHost =
  (change: (host: Draft['hosts']['h']) => void): Edit =>
  (spec) => {
    change(spec.hosts.h);
  };

export const ofNat: readonly ChangeUnderTraffic[] = [
  { name: 'nothing: a second apply', from: same, to: same, concerned: out('vm-1'), bystander: host },

  {
    name: 'a destination exempted from NAT',
    back: 'no longer exempted',
    from: same,
    to: network('lab', { noSnat: ['192.0.2.0/24'] }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: "the network's traffic itself exempted",
    back: 'no longer exempted',
    from: same,
    to: network('lab', { noSnat: ['203.0.113.0/24'] }),
    concerned: out('vm-1'),
    concernedBack: 'nobody',
    bystander: out('vm-3'),
  },
  {
    name: 'a NAT source of its own',
    back: "the host's again",
    from: same,
    to: network('lab', { snat: '198.51.100.40' }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'NAT off',
    back: 'on',
    from: same,
    to: network('lab', { snat: false }),
    concerned: out('vm-1'),
    concernedBack: 'nobody',
    bystander: out('vm-3'),
  },
  {
    name: 'another source address of the host',
    back: 'the former',
    from: same,
    to: onHost((h) => {
      h.sourceAddress = '203.0.113.12';
    }),
    concerned: out('vm-1'),
    bystander: host,
  },
  {
    name: '`forward`: only by the public interface',
    back: 'by all',
    from: same,
    to: network('lab', { forward: ['eth1'] }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: '`forward: none`',
    back: 'all',
    from: same,
    to: network('lab', { forward: 'none' }),
    concerned: out('vm-1'),
    concernedBack: bridged('vm-1', 'vm-2'),
    bystander: out('vm-3'),
  },
  {
    name: 'metadata on',
    back: 'off',
    from: same,
    to: onHost((h) => {
      h.metadata = { address: '127.0.0.1', port: 8775 };
    }),
    concerned: out('vm-1'),
    bystander: host,
  },

  {
    name: 'a pool with another range more',
    back: 'less',
    from: float('vm-1'),
    to: all(float('vm-1'), (spec) => {
      spec.pools['public'] = { ranges: ['198.51.100.16/28', '198.51.100.64/28'] };
    }),
    concerned: floating('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'a floating address added',
    back: 'removed',
    from: same,
    to: float('vm-1'),
    concerned: out('vm-1'),
    concernedBack: floating('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'a floating address added, seen between guests of its bridge',
    back: 'removed',
    from: same,
    to: float('vm-1'),
    concerned: bridged('vm-1', 'vm-2'),
    bystander: bridged('vm-3', 'vm-4'),
  },
  {
    name: 'one more beside it',
    back: 'removed',
    from: float('vm-1'),
    to: nic('vm-1', { floating: [FIRST, SECOND] }),
    concerned: floating('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'a floating address moved',
    back: 'back',
    from: float('vm-1'),
    to: float('vm-2'),
    concerned: floating('vm-1'),
    concernedBack: floating('vm-2'),
    bystander: out('vm-3'),
  },
  {
    name: "another's floating address moved",
    back: 'back',
    from: all(float('vm-1'), float('vm-3', SECOND)),
    to: all(float('vm-1'), float('vm-4', SECOND)),
    concerned: floating('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: "another's floating address removed",
    back: 'added',
    from: all(float('vm-1'), float('vm-3', SECOND)),
    to: float('vm-1'),
    concerned: floating('vm-1'),
    bystander: out('vm-2'),
  },
];
