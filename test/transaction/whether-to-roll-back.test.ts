// test/transaction/whether-to-roll-back.test.ts — why an apply is rolled back: what outlasts its time is said to be
// unconfirmed, whatever else went wrong.
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/core/execute.ts';
import type { Answer } from '../../src/probes/model.ts';
import { UNCONFIRMED } from '../../src/transaction/revert.ts';
import { whyRollBack, whyRollBackFor } from '../../src/transaction/whether-to-roll-back.ts';
import type { Attempt } from '../../src/transaction/whether-to-roll-back.ts';
import { safetyInMemory } from '../world.ts';

const attempt = (settled: boolean, outcomes: readonly Outcome[]): Attempt =>
  ({ executed: { settled, outcomes } }) as unknown as Attempt;
const at = (seconds: number, signal = new AbortController().signal): Parameters<typeof whyRollBack>[0] => ({
  safety: { ...safetyInMemory(), uptime: () => seconds },
  signal,
});
const failed = attempt(false, ['done', 'failed', 'skipped']);

describe('by what came of its steps', () => {
  for (const [what, world, given, until, why] of [
    ['all was done, be it late', at(9), attempt(true, ['done']), 5, undefined],
    ['a step failed', at(1), failed, undefined, 'a step failed'],
    ['a step failed before its time was over', at(1), failed, 5, 'a step failed'],
    ['its time was over', at(5), failed, 5, UNCONFIRMED],
    ['a signal came', at(1, AbortSignal.abort()), failed, undefined, 'it was stopped by a signal'],
    [
      'the host cannot be read',
      at(1),
      { broken: new Error('no') },
      undefined,
      'what came of it could not be looked at',
    ],
    ['something differs', at(1), attempt(false, ['done']), undefined, 'looked at again, it was not as it was to be'],
  ] as const)
    test(what, () => expect(whyRollBack(world, given, until)).toBe(why));
});

describe('by who is silent', () => {
  const gateway = { probe: { name: 'the gateway' }, answered: false, ms: 1 } as unknown as Answer;
  for (const [what, silent, world, until, why] of [
    ['nobody', [], at(9), 5, undefined],
    ['one that answered before', [gateway], at(1), undefined, 'the gateway no longer answers'],
    ['one, when its time is over', [gateway], at(5), 5, UNCONFIRMED],
  ] as const)
    test(what, () => expect(whyRollBackFor(silent, world, until)).toBe(why));
});
