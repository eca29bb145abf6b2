// test/kinds/chain/merged.test.ts — however the wants of one chain are merged, two and two or all at once, it is the
// same.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createChainKind } from '../../../src/kinds/chain/index.ts';
import { iptables } from '../../../src/kinds/chain/iptables/index.ts';
import { chain } from '../../../src/kinds/chain/model.ts';
import type { Chain, Rule } from '../../../src/kinds/chain/model.ts';

const kind = createChainKind(iptables, 4);
const rules = fc.array(
  fc
    .record({ rank: fc.constantFrom(0, 1, 2), link: fc.constantFrom('br1', 'br2', 'br3') })
    .map(({ rank, link }): Rule => ({ rank, match: [{ match: 'in', link }], then: { target: 'accept' }, why: link })),
  { maxLength: 4 },
);
const wants = fc.array(
  rules.map((own) => chain('filter', 'netctl-FORWARD', own)),
  { minLength: 1, maxLength: 9 },
);

test('of any number', () => {
  fc.assert(
    fc.property(wants, (all) => {
      const [first, ...others] = all as [Chain, ...Chain[]];
      expect(kind.mergeAll?.(all)).toEqual(others.reduce((a, b) => kind.merge?.(a, b) ?? a, first));
    }),
  );
});

test('of none there is none', () => expect(kind.mergeAll?.([])).toBeUndefined());
