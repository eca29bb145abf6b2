// test/conflicts/untracked.test.ts — rules that exempt packets from connection tracking.
import { describe, expect, test } from 'vitest';
import type { Around } from './around.ts';
import { SPEC, told } from './silent-scene.ts';

describe('without connection tracking', () => {
  const raw = (...lines: readonly string[]): Around => ({
    rules: `*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`,
  });
  const rule = '-A PREROUTING -i br-lab -j CT --notrack';
  const out = `lab: packets of instances to the outside are exempted from connection tracking, and so not translated, by a rule in chain PREROUTING of table raw (iptables): ${rule} | iptables -t raw -I PREROUTING -i br-lab -j ACCEPT`;
  for (const [name, around, spec, expected] of [
    ['what comes by its bridge', raw(rule), SPEC, [out]],
    ['by the older word', raw(rule.replace('CT --notrack', 'NOTRACK')), SPEC, [out.replace('CT --notrack', 'NOTRACK')]],
    ['but accepted before', raw('-A PREROUTING -i br-lab -j ACCEPT', rule), SPEC, []],
    [
      'DNS alone',
      raw(
        '-A PREROUTING -p udp -m udp --dport 53 -j CT --notrack',
        '-A OUTPUT -p udp -m udp --sport 53 -j CT --notrack',
      ),
      SPEC,
      [],
    ],
    [
      'a network that is not translated',
      raw(rule),
      SPEC.replace('interface: null', 'interface: null, snat: false'),
      [],
    ],
  ] as const) {
    test(name, async () => expect(await told(around, spec)).toEqual(expected));
  }
});
