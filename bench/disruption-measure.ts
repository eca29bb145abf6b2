// bench/disruption-measure.ts — each change there and back, on a busy host of its own, and again when the machine was
// too busy to tell.
import { BusyHost, guestsOf } from '../test/kernel/busy-host.ts';
import type { Edit, Run, Site } from '../test/kernel/busy-host.ts';
import type { Pace } from '../test/kernel/traffic.ts';
import type { ChangeUnderTraffic } from './disruption-edits.ts';
import { isInvalid, isWrong } from './disruption-page.ts';
import type { Measured } from './disruption-page.ts';

/** So often is a change tried in whose calm second something was lost. */
const TRIES = 4;
/** Milliseconds: a TCP stream that was interrupted for a second tries again within as long. */
const PATIENCE = 4_000;

/** Tells of each as it goes. */
export async function measuredAll(
  changes: readonly ChangeUnderTraffic[],
  pace: Pace,
  site: Site,
): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const change of changes) {
    const rows = await measured(change, pace, site);
    for (const row of rows)
      console.error(
        `${isInvalid(row) ? 'not valid' : isWrong(row) ? 'NOT AS SAID' : 'as said'}: ${row.name}: ${row.ran.said}: ${JSON.stringify([row.ran.concerned, row.ran.bystander])}`,
      );
    all.push(...rows);
  }
  return all;
}

async function measured(change: ChangeUnderTraffic, pace: Pace, site: Site): Promise<readonly Measured[]> {
  const { name, back, from, to, harm = false, befalls, unconfirmed, concerned, bystander } = change;
  const run = (pairs: Pick<Run, 'concerned' | 'bystander'>): Run => ({ ...pairs, patience: PATIENCE });
  const there = await once(
    { name, harm, from, to },
    {
      ...run({ ...(concerned === undefined ? {} : { concerned }), bystander }),
      ...(befalls === undefined ? {} : { befalls }),
      ...(unconfirmed ? { unconfirmed } : {}),
    },
    pace,
    site,
  );
  if (back === undefined) return [there];
  const again = change.concernedBack === 'nobody' ? undefined : (change.concernedBack ?? concerned);
  return [
    there,
    await once(
      { name: `… ${back}`, harm, from: to, to: from },
      run({ ...(again === undefined ? {} : { concerned: again }), bystander: change.bystanderBack ?? bystander }),
      pace,
      site,
    ),
  ];
}

interface Once {
  readonly name: string;
  readonly harm: boolean;
  readonly from: Edit;
  readonly to: Edit;
}

async function once({ name, harm, from, to }: Once, run: Run, pace: Pace, site: Site): Promise<Measured> {
  for (let tries = 1; ; tries++) {
    const busy = new BusyHost(pace, site);
    try {
      busy.settle(busy.spec(from), guestsOf(run.concerned, run.bystander));
      const one = { name, harm, ran: await busy.change(busy.spec(to), run) };
      if (!isInvalid(one) || tries === TRIES) return one;
    } finally {
      busy.close();
    }
  }
}
