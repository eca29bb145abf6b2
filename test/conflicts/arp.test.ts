// test/conflicts/arp.test.ts — chains of others for ARP.
import { describe, expect, test } from 'vitest';
import { accept, drop, match, meta, nft, payload, told } from './silent-scene.ts';

describe('ARP', () => {
  const shut = { family: 'arp', hook: 'input', policy: 'drop' } as const;
  const mend = (...rules: readonly string[]): string =>
    `nft '${rules.map((rule) => `insert rule ${rule} accept`).join('; ')}'`;
  const requests = 'lab: ARP requests for the host are dropped';
  for (const [name, around, expected] of [
    [
      'let in by its operation',
      nft({ ...shut, rules: [[match(payload('arp', 'operation'), { set: ['request', 'reply'] }), accept]] }),
      [],
    ],
    [
      'let in of a network',
      nft({
        ...shut,
        rules: [
          [match(meta('iifname'), 'eth1'), accept],
          [match(payload('arp', 'saddr ip'), { prefix: { addr: '192.168.0.0', len: 16 } }), accept],
        ],
      }),
      [],
    ],
    [
      'of others, shut',
      nft({
        ...shut,
        policy: 'accept',
        rules: [
          [match(payload('arp', 'daddr ip'), '10.0.0.1'), drop],
          [match(payload('arp', 'saddr ether'), '02:00:00:00:00:01', '!='), drop],
        ],
      }),
      [],
    ],
    [
      'on its bridge',
      nft({ ...shut, policy: 'accept', rules: [[match(meta('iifname'), 'br-lab'), drop]] }),
      [`${requests} | ${mend('arp t c iifname "br-lab"')}`],
    ],
    [
      'on bridges, between instances',
      nft({
        family: 'bridge',
        hook: 'forward',
        policy: 'drop',
        rules: [[match(payload('ether', 'type'), 'ip'), accept]],
      }),
      [`plain: ARP between instances are dropped | ${mend('bridge t c meta ibrname "br-plain"')}`],
    ],
    [
      'on bridges, to the host',
      nft({ family: 'bridge', hook: 'input', rules: [[match(meta('protocol'), 'arp'), drop]] }),
      [`${requests} | ${mend('bridge t c meta ibrname "br-lab" ether type arp')}`],
    ],
    [
      'let through on bridges',
      nft({
        family: 'bridge',
        hook: 'forward',
        policy: 'drop',
        rules: [[match(payload('ether', 'type'), { set: ['ip', 'arp'] }), accept]],
      }),
      [],
    ],
    [
      'is nothing that asks for addresses of IPv4',
      nft({
        family: 'bridge',
        hook: 'input',
        rules: [[match(payload('ip', 'saddr'), '10.0.0.1', '!='), match(payload('udp', 'dport'), 5353), drop]],
      }),
      [],
    ],
    [
      'by chains that see no ARP',
      nft({ family: 'inet', hook: 'input', rules: [[match(meta('nfproto'), 'ipv6'), drop]] }),
      [],
    ],
  ] as const) {
    test(name, async () => expect(await told(around)).toEqual(expected));
  }
});
