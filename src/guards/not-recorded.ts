// guards/not-recorded.ts — what bears netctl's mark on a host of which netctl has kept nothing: it may be somebody's who
// uses the same number, and is to be removed.
import { GROUP, METRIC, PROTOCOL } from '../core/marks.ts';
import type { Guard } from '../core/resource.ts';
import type { Circumstances } from './circumstances.ts';

/** Names like `netctl-…` are nobody else's; these are numbers, and free for all. */
const MARKS: Readonly<Record<string, readonly [string, string]>> = {
  link: [`group ${GROUP}`, 'put it in group default'],
  address: [`metric ${METRIC}`, 'give it another metric'],
  route: [`protocol ${PROTOCOL}`, 'give it protocol static'],
};

export const notRecorded = ({ isRecorded }: Circumstances): Guard =>
  function* (plan) {
    if (isRecorded !== false) return;
    for (const change of plan.changes) {
      if (change.verb !== 'delete' || change.before.borrowed === true) continue;
      const mark = MARKS[change.before.kind];
      if (mark === undefined) continue;
      const [bears, instead] = mark;
      yield {
        severity: 'warning',
        code: 'not-recorded',
        asks: true,
        against: [change.ref],
        at: [],
        message: `${change.ref} has ${bears}, netctl's mark, and will be removed; nothing is recorded of netctl on this host, so it may be somebody else's`,
        hint: `if it is, ${instead} before the apply`,
      };
    }
  };
