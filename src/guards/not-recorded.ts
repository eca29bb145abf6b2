// guards/not-recorded.ts — what bears netctl's marks on a host of which netctl has kept nothing: it may be somebody's
// who uses the same numbers, and is to be removed.
import { GROUP, METRIC, PROTOCOL } from '../core/marks.ts';
import type { Guard } from '../core/resource.ts';
import type { Circumstances } from './circumstances.ts';
import { several } from './several.ts';

/** Names like `netctl-…` are nobody else's; these are numbers, and free for all. */
const MARKS: Readonly<Record<string, string>> = {
  link: `group ${GROUP}`,
  address: `metric ${METRIC}`,
  route: `protocol ${PROTOCOL}`,
};

export const notRecorded = ({ isRecorded }: Circumstances): Guard =>
  function* (plan) {
    if (isRecorded !== false) return;
    const marked = plan.changes.flatMap((change) => {
      const gone = change.verb === 'delete' && change.before.borrowed !== true ? change.before : undefined;
      const mark = MARKS[gone?.kind ?? ''];
      return mark === undefined ? [] : [[change.ref, `${change.ref} (${mark})`] as const];
    });
    if (marked.length === 0) return;
    const details = marked.map(([, words]) => words);
    yield {
      severity: 'warning',
      code: 'not-recorded',
      asks: true,
      against: marked.map(([ref]) => ref),
      at: [],
      message: `nothing is recorded of netctl on this host, and what has its marks will be removed, be it somebody else's: ${several(details)}`,
      hint: "give what is not netctl's another mark before that: `group default` to a device, another metric to an address, `protocol static` to a route",
      details,
    };
  };
