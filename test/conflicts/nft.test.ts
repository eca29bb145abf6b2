// test/conflicts/nft.test.ts — chains of nftables: policies, hooks, jumps.
import { expect, test } from 'vitest';
import { accept, back, drop, match, meta, out, payload, told } from './nft-scene.ts';
import type { Held } from './nft-scene.ts';

for (const [name, held, what] of [
  ['a policy', { rules: [[match(meta('iifname'), 'br-lab'), accept]], policy: 'drop' }, [`${back} are dropped`]],
  [
    'what a named set of devices holds',
    {
      rules: [[match(meta('iifname'), '@lan'), accept]],
      policy: 'drop',
      sets: [{ set: { name: 'lan', type: 'ifname', elem: ['br-lab', 'wg0'] } }],
    },
    [`${back} are dropped`],
  ],
  [
    'a named map',
    {
      rules: [[{ vmap: { key: meta('oifname'), data: '@way' } }]],
      sets: [
        {
          map: {
            name: 'way',
            type: 'ifname',
            map: 'verdict',
            elem: [
              ['docker0', accept],
              ['br-lab', { jump: { target: 'theirs' } }],
            ],
          },
        },
      ],
    },
    [`${back} are dropped`],
  ],
  [
    'before they are routed',
    { rules: [[match(meta('iifname'), 'br-lab'), match(payload('udp', 'dport'), 67), drop]], hook: 'prerouting' },
    ['DHCP requests are dropped'],
  ],
  [
    'answers of the host',
    { rules: [[match(meta('oifname'), 'br-lab'), match(payload('th', 'sport'), 53), drop]], hook: 'output' },
    ['DNS replies are dropped'],
  ],
  ['a table of ours', { rules: [], policy: 'drop', family: 'ip', table: 'netctl-filter' }, []],
  ['IPv6 alone', { rules: [], policy: 'drop', family: 'ip6' }, []],
  [
    'a chain of the type nat: the first packet of each connection',
    { rules: [[match(meta('iifname'), 'eth1'), accept]], policy: 'drop', hook: 'prerouting', type: 'nat' },
    [`DHCP requests, DNS requests and ${out} are dropped`],
  ],
  [
    'and what it translates passes',
    { rules: [[{ dnat: { addr: '10.0.0.1' } }]], policy: 'drop', hook: 'prerouting', type: 'nat' },
    ['DNS requests are translated by others'],
  ],
  [
    'frames from guests',
    { rules: [[match(payload('ether', 'type'), 'ip'), drop]], hook: 'input', family: 'bridge' },
    [`DHCP requests, DNS requests and ${out} are dropped`],
  ],
  ["another VLAN's frames", { rules: [[match(payload('vlan', 'id'), 10), drop]], hook: 'input', family: 'bridge' }, []],
] as const satisfies readonly (readonly [string, Held, readonly string[]])[]) {
  test(name, async () => expect(await told(held)).toEqual(what));
}
