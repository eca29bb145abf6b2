// bench/disruption-repairs.ts — damages that are repaired, and what is left alone.
import { bridged, float, floating, host, out, same } from './disruption-edits.ts';
import type { ChangeUnderTraffic } from './disruption-edits.ts';

export const repairs: readonly ChangeUnderTraffic[] = [
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
