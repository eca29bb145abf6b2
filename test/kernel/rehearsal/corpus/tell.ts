// test/kernel/rehearsal/corpus/tell.ts — a test for each plan of a group: the host refuses it, and the rehearsal has
// said so, or is known not to know.
import { expect, test } from 'vitest';
import { isNightly } from '../../../nightly.ts';
import { foreseen, isPlanned, run } from './case.ts';
import type { Case } from './case.ts';

export function tell(cases: readonly Case[]): void {
  for (const one of cases) {
    test(one.name, () => {
      // What a plan alone would say, its rehearsal says, too.
      const ran = run(one, {
        plan: isNightly || one.known !== undefined || one.unread !== undefined,
        rehearse: isNightly || one.known === undefined,
      });
      const told = `${ran.rehearsed?.out ?? ''}${ran.rehearsed?.err ?? ''}\n--- apply:\n${ran.applied.err}`;
      expect(ran.untouched, told).toBe(true);
      if (one.known !== undefined) {
        for (const ended of [ran.planned, ran.applied]) {
          expect(ended?.err).toContain(`[${one.known}]`);
          expect([1, 65]).toContain(ended?.code);
        }
        return;
      }
      if (one.unread !== undefined) {
        for (const ended of [ran.planned, ran.rehearsed, ran.applied]) {
          expect(ended?.err).toContain(one.unread);
          expect(ended?.code, ended?.err).toBe(1);
        }
        return;
      }
      expect(isPlanned(ran), told).toBe(true);
      // Half done it may have cut off the gateway: then it was rolled back.
      expect(one.oneWay === true ? [4] : [1, 3], told).toContain(ran.applied.code);
      const known = foreseen(ran);
      if (one.unknowable !== undefined) {
        expect(known, told).toEqual([]);
        expect(ran.rehearsed?.code, told).toBe(told.includes('[mass-delete]') ? 1 : 0);
      } else {
        expect(ran.rehearsed?.code, told).toBe(1);
        // The very thing that the host then refused.
        const refused =
          /^ {2}failed: (.*)$/m.exec(ran.applied.err)?.[1] ??
          /would still be:\n {2}(.*)$/m.exec(ran.applied.err)?.[1] ??
          'nothing';
        expect(known.join('\n'), told).toContain(refused);
      }
    });
  }
}
