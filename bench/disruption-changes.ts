// bench/disruption-changes.ts — every kind of change of a host, from a spec to another and back, and who talks
// meanwhile.
import type { Draft, Edit } from '../test/kernel/busy-host.ts';
import {
  all,
  bridged,
  FIRST,
  float,
  floating,
  host,
  network,
  nic,
  noOffice,
  noSide,
  out,
  same,
  SECOND,
  wire,
  without,
} from './disruption-edits.ts';
import type { ChangeUnderTraffic } from './disruption-edits.ts';

const crowd =
  (count: number): Edit =>
  (spec) => {
    for (let i = 0; i < count; i++)
      spec.instances[`more-${i}`] = { nics: [{ network: 'lab', device: { type: 'tap', name: `more-${i}` } }] };
  };
const nothing: Edit = all(noOffice, noSide, without('vm-1', 'vm-2'), (spec) => {
  Reflect.deleteProperty(spec.networks, 'lab');
});
const onHost =
  (change: (host: Draft['hosts']['h']) => void): Edit =>
  (spec) => {
    change(spec.hosts.h);
  };
const mac = (last: string): Edit => nic('vm-1', { mac: `fa:16:3e:00:00:${last}` });
/** The wire's machine is the router. */
const outside: Edit = network('office', { gateway: '10.0.2.9', dhcp: { server: '10.0.2.1' } });

export const changes: readonly ChangeUnderTraffic[] = [
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

  { name: 'the first networks of a host', from: nothing, to: same, bystander: host },
  { name: 'the last networks of a host removed', from: same, to: nothing, concerned: out('vm-1'), bystander: host },
  {
    name: 'a network with its guests added',
    back: 'removed',
    from: noSide,
    to: same,
    concerned: out('vm-1'),
    concernedBack: out('vm-3'),
    bystander: bridged('vm-1', 'vm-2'),
    bystanderBack: out('vm-1'),
  },
  {
    name: 'a network with an uplink added',
    back: 'removed',
    from: noOffice,
    to: same,
    concerned: out('vm-1'),
    concernedBack: wire('vm-5'),
    bystander: host,
  },
  {
    name: 'a smaller MTU',
    back: 'the former',
    from: same,
    to: network('lab', { mtu: 1400 }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: "a larger MTU, the uplink's too",
    back: 'the former',
    from: same,
    to: network('office', { mtu: 2000 }),
    concerned: wire('vm-5'),
    bystander: out('vm-1'),
  },
  {
    name: 'another gateway address',
    from: same,
    to: network('lab', { gateway: '10.0.0.254' }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'no gateway',
    from: same,
    to: network('lab', { gateway: null }),
    concerned: out('vm-1'),
    bystander: bridged('vm-3', 'vm-4'),
  },
  {
    name: 'the public interface into a bridge, with its addresses',
    back: 'given back',
    from: same,
    to: network('lab', { interface: 'eth1' }),
    concerned: host,
    bystander: bridged('vm-3', 'vm-4'),
  },
  {
    name: 'the public interface into a bridge, seen by a guest behind it',
    back: 'given back',
    from: same,
    to: network('lab', { interface: 'eth1' }),
    concerned: out('vm-3'),
    bystander: bridged('vm-1', 'vm-2'),
  },
  {
    name: 'the public interface into a bridge, seen by a guest of it',
    back: 'given back',
    from: same,
    to: network('lab', { interface: 'eth1' }),
    concerned: out('vm-1'),
    bystander: bridged('vm-3', 'vm-4'),
  },
  {
    name: "an uplink given back, seen by the host's guests",
    back: 'in the bridge again',
    from: same,
    to: network('office', { interface: null }),
    concerned: out('vm-5'),
    bystander: out('vm-1'),
  },
  {
    name: 'another uplink of the same wire, seen on the wire',
    back: 'the former',
    from: same,
    to: network('office', { interface: 'eth3' }),
    concerned: wire('vm-5'),
    bystander: out('vm-1'),
  },
  {
    name: "another uplink of the same wire, seen by the host's guests",
    back: 'the former',
    from: same,
    to: network('office', { interface: 'eth3' }),
    concerned: out('vm-5'),
    bystander: bridged('vm-5', 'vm-6'),
  },
  {
    name: 'the bridge renamed',
    back: 'back',
    from: network('lab', { bridge: 'br-old' }),
    to: network('lab', { bridge: 'br-new' }),
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'the bridge renamed, seen between its guests',
    back: 'back',
    from: network('lab', { bridge: 'br-old' }),
    to: network('lab', { bridge: 'br-new' }),
    concerned: bridged('vm-1', 'vm-2'),
    bystander: bridged('vm-3', 'vm-4'),
  },
  {
    name: 'the mode flat for flat-dhcp',
    back: 'flat-dhcp',
    from: same,
    to: network('office', { mode: 'flat' }),
    concerned: wire('vm-5'),
    bystander: out('vm-1'),
  },
  {
    name: 'an outside router for the gateway',
    back: 'the host',
    from: same,
    to: outside,
    concerned: wire('vm-5'),
    bystander: out('vm-1'),
  },
  {
    name: 'behind an outside router, a range to be translated',
    back: 'no more',
    from: outside,
    to: all(outside, network('office', { snatTo: ['203.0.113.0/24'] })),
    concerned: wire('vm-5'),
    bystander: out('vm-1'),
  },
  {
    name: 'behind an outside router, a floating address',
    back: 'removed',
    from: outside,
    to: all(outside, float('vm-5')),
    concerned: wire('vm-5'),
    concernedBack: floating('vm-5'),
    bystander: wire('vm-6'),
  },

  {
    name: 'repaired: a rule deleted',
    from: same,
    to: same,
    befalls: 'iptables -t nat -D netctl-postrouting-bottom 1',
    concerned: out('vm-1'),
    bystander: host,
  },
  {
    name: 'repaired: a chain flushed',
    from: same,
    to: same,
    befalls: 'iptables -F netctl-FORWARD',
    concerned: out('vm-1'),
    bystander: host,
  },
  {
    name: "repaired: a rule of somebody's in a chain of netctl's",
    from: same,
    to: same,
    befalls: 'iptables -A netctl-FORWARD -s 192.0.2.7 -j DROP',
    concerned: out('vm-1'),
    bystander: host,
  },
  {
    name: 'repaired: all tables flushed',
    from: float('vm-1'),
    to: float('vm-1'),
    harm: true,
    befalls: 'for table in filter nat mangle; do iptables -t $table -F; iptables -t $table -X; done',
    concerned: floating('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'repaired: dnsmasq killed',
    from: same,
    to: same,
    befalls:
      'kill $(ip netns pids $(ip netns identify $$) | while read pid; do grep -aq dnsmasq-lab /proc/$pid/cmdline && echo $pid; done | head -1)',
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'repaired: hairpin off, an alias lost',
    from: same,
    to: same,
    befalls: 'ip link set dev vm-1 alias x; ip link set dev vm-1 type bridge_slave hairpin off',
    concerned: out('vm-1'),
    bystander: bridged('vm-1', 'vm-2'),
  },
  {
    name: 'repaired: a floating address unbound',
    from: float('vm-1'),
    to: float('vm-1'),
    befalls: 'ip address del 198.51.100.17/32 dev eth1',
    concerned: floating('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: 'repaired: the gateway address removed',
    from: same,
    to: same,
    harm: true,
    befalls: 'ip address del 10.0.0.1/24 dev br-lab',
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
  {
    name: 'repaired: a port out of its bridge',
    from: same,
    to: same,
    harm: true,
    befalls: 'ip link set dev vm-1 nomaster',
    concerned: out('vm-1'),
    bystander: out('vm-2'),
  },
  {
    name: "left alone: an address of somebody's before the gateway's",
    from: same,
    to: same,
    harm: true,
    befalls:
      'ip address del 10.0.0.1/24 dev br-lab; ip address add 192.0.2.77/24 dev br-lab; ip address add 10.0.0.1/24 brd + dev br-lab metric 117',
    concerned: out('vm-1'),
    bystander: out('vm-3'),
  },
];
