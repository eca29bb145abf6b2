// test/generations/model.test.ts — which generation was in force before which.
import { describe, expect, test } from 'vitest';
import { before, inForceBefore, newest } from '../../src/generations/model.ts';
import type { Generation, Outcome } from '../../src/generations/model.ts';

const kept: Outcome = { is: 'kept', settled: true };
const rolledBack: Outcome = { is: 'rolled back', why: 'a step failed', left: [] };
type Step = { readonly restores?: number; readonly outcome?: Outcome };

function past(...steps: readonly Step[]): readonly Generation[] {
  return steps.map(({ restores, outcome = kept }, i) => ({
    number: i + 1,
    when: '',
    who: '',
    host: '',
    digest: '',
    summary: '',
    outcome,
    ...(restores === undefined ? {} : { restores }),
  }));
}

describe('from the newest that is in force, rollback leads', () => {
  for (const [name, steps, to] of [
    ['to the one before it', [{}, {}], 1],
    ['to nobody from the first', [{}], undefined],
    ['past those that were rolled back', [{}, { outcome: rolledBack }, {}], 1],
    ['from a rollback, to what was before the one it went back to', [{}, {}, {}, { restores: 2 }], 1],
    ['from a rollback to the first, to nobody', [{}, {}, { restores: 1 }], undefined],
    ['to a rollback that was in force', [{}, {}, { restores: 1 }, {}], 3],
  ] as const satisfies readonly (readonly [string, readonly Step[], number | undefined])[]) {
    test(name, () => {
      const all = past(...steps);
      const from = newest(all);
      expect(from && before(from, all)?.number).toBe(to);
    });
  }
});

test('a rollback that a reboot cut short leads to what was in force when it was begun', () => {
  expect(inForceBefore(3, past({}, {}, { restores: 1, outcome: { is: 'begun' } }))?.number).toBe(2);
});
