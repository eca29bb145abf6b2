// test/uplinks/device-states.ts — states of an interface that are said, or refused: MTU, down, no ARP, bound sockets.
import type { Way } from '../../src/uplinks/judge.ts';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import { full, link, on } from './judged.ts';

const up = full.link['flags'];
export const deviceStates: readonly (readonly [string, Partial<Snapshot>, Partial<Way>, readonly string[]])[] = [
  [
    "a smaller MTU than the network's",
    { link: link({ mtu: 1400 }) },
    {},
    [
      'warning asks uplink-mtu: eth1 has an MTU of 1400, and a network by it one of 1500: it is raised, and packets longer than its segment supports are lost',
    ],
  ],
  ['one that is enough', { link: link({ mtu: 1400 }) }, { carries: 1400 }, []],
  [
    'down',
    { link: link({ flags: ['BROADCAST', 'MULTICAST'] }) },
    {},
    ['warning asks uplink-down: eth1 is down, and is set up: its addresses are in use from then on'],
  ],
  [
    'without ARP',
    { link: link({ flags: [...(Array.isArray(up) ? (up as readonly unknown[]) : []), 'NOARP'] }) },
    {},
    ['warning asks uplink-arp: eth1 neither asks nor replies by ARP, and br-lab does both'],
  ],
  [
    'a macvlan on it in another network namespace',
    {},
    {
      elsewhere: [
        { parent: Number(full.link['ifindex']), netns: '/run/netns/web', device: on('macvlan')[0] ?? {} },
        { parent: 99, netns: '/run/netns/web', device: on('ipvlan')[0] ?? {} },
      ],
    },
    [
      'error uplink-shared: x0 (macvlan) in the network namespace /run/netns/web depends on eth1: it gets the packets that come in by it, and the kernel lets only one have them',
    ],
  ],
  [
    'what is bound to it',
    {},
    {
      bound: [
        { link: 'eth1', what: 'socket tcp 0.0.0.0:22' },
        { link: 'eth10', what: 'socket tcp 0.0.0.0:23' },
      ],
    },
    [
      'warning asks uplink-bound: bound to eth1, by which nothing comes and goes for the host any more: socket tcp 0.0.0.0:22',
    ],
  ],
];
