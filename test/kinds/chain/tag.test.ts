// test/kinds/chain/tag.test.ts — a tag stands for a rule's value, and is the one that hosts have of former versions.
import { describe, expect, test } from 'vitest';
import { chain } from '../../../src/kinds/chain/model.ts';
import type { Match, Verdict } from '../../../src/kinds/chain/model.ts';
import { textOf } from '../../../src/kinds/chain/iptables/render.ts';
import { tagOf } from '../../../src/kinds/chain/tag.ts';
import { ROWS } from './rows.ts';

describe('what former versions have written is written again, with its tag', () => {
  for (const [name, match, then, text] of ROWS)
    test(name, () =>
      expect(chain('nat', 'netctl-x', [{ rank: 0, match, then, why: 'networks.lab' }]).rules.map(textOf)).toEqual([
        text,
      ]),
    );
  test('every match and every verdict has a row', () => {
    const matches: Record<Match['match'], true> = {
      source: true,
      destination: true,
      in: true,
      out: true,
      protocol: true,
      icmp: true,
      icmpv6: true,
      ctstate: true,
      local: true,
      every: true,
    };
    const verdicts: Record<Verdict['target'], true> = {
      accept: true,
      drop: true,
      reject: true,
      return: true,
      jump: true,
      'checksum-fill': true,
      snat: true,
      dnat: true,
      redirect: true,
    };
    expect(new Set(ROWS.flatMap(([, match]) => match.map((one) => one.match)))).toEqual(new Set(Object.keys(matches)));
    expect(new Set(ROWS.map(([, , then]) => then.target))).toEqual(new Set(Object.keys(verdicts)));
  });
});

test('a tag knows no order of matches, and nothing of what is true of every packet', () => {
  const [from, by]: readonly Match[] = [
    { match: 'source', cidr: '10.0.0.0/24' },
    { match: 'in', link: 'br-lab' },
  ];
  const tag = (...match: readonly (Match | undefined)[]): string =>
    tagOf({ match: match.flatMap((one) => one ?? []), then: { target: 'accept' }, why: 'networks.lab' });
  expect(tag(from, by)).toBe(tag(by, { match: 'destination', cidr: '0.0.0.0/0' }, from));
  expect(tag(from, by)).not.toBe(tag(by));
});
