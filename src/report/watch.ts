// report/watch.ts — what a running watch knows of its host, for somebody who was woken up: is it right, since when, and
// if not, why.
import { harmless } from '../core/sanitize.ts';
import type { Applied, MonitorState, WatchState } from './watch-state.ts';
import { AFTER, indented, named } from './watch-lines.ts';
import { ageOf, counted, durationOf, spanOf, whenOf } from './format.ts';

/** Of a kind of trouble so many are listed; all of them are in the data. */
const MOST = 20;

/** The head of `netctl status` while a watch runs. Times are UTC. */
export function renderWatch(state: WatchState, now: Date): string {
  const since = (instant: string): string => `since ${whenOf(instant, now)} (${ageOf(instant, now)})`;
  const next = (instant: string): string =>
    Date.parse(instant) <= now.getTime() ? 'now' : `in ${spanOf((Date.parse(instant) - now.getTime()) / 1000)}`;
  const { spec, refused, obstacle, failures, driftConflicts } = state;
  const told = new Set([...failures, ...driftConflicts].map(({ ref }) => ref));
  const rows: readonly (readonly [title: string, texts: readonly string[]])[] = [
    [
      'spec',
      [
        spec === undefined
          ? 'none is in force'
          : `${spec.revision} from ${spec.from}, in force since ${dateAndTime(spec.since)}`,
      ],
    ],
    [
      'refused',
      refused === undefined
        ? []
        : [
            `${refused.revision === undefined ? 'what came' : `spec ${refused.revision}`}, ${since(refused.since)}; ${spec === undefined ? 'there is none' : 'the one above stays'} in force\n${refused.problems.map(indented).join('\n')}`,
          ],
    ],
    [
      'last change',
      state.lastApply === undefined
        ? []
        : [`${whenOf(state.lastApply.at, now)}: ${whatOf(state.lastApply)}, in ${durationOf(state.lastApply.seconds)}`],
    ],
    [
      'busy',
      state.busy === undefined
        ? []
        : [`${since(state.busy.since)}${state.busy.step === undefined ? '' : `: ${state.busy.step}`}`],
    ],
    [
      'prevented',
      obstacle === undefined
        ? []
        : [`${since(obstacle.since)}, ${tries(obstacle.tries)}, next ${next(obstacle.nextTry)}: ${obstacle.message}`],
    ],
    [
      'failed',
      failures.map(
        (each) =>
          `${named(each)}, ${since(each.since)}, ${tries(each.tries)}, next ${next(each.nextTry)}\n${indented(each.message)}`,
      ),
    ],
    [
      'drift conflict',
      driftConflicts.map(
        (each) =>
          `${named(each)}, repaired ${counted(each.times, 'time')} ${since(each.since)}, changed back by ${each.by ?? 'another process'}; next repair ${next(each.nextTry)}`,
      ),
    ],
    ['differs', state.differs.filter(({ ref }) => !told.has(ref)).map(named)],
    [
      'not running',
      state.monitors.filter((each) => each.state !== 'running').map((each) => `${monitor(each)}, ${since(each.since)}`),
    ],
  ];
  return [`watch: ${headOf(state, now)}`, ...rows.flatMap(([title, texts]) => section(title, texts))]
    .map((line) => `${harmless(line).trimEnd()}\n`)
    .join('');
}

function headOf(state: WatchState, now: Date): string {
  const { lastCheck, lastFullCheck, settled, settledSince, unsettledSince, refused, since } = state;
  const sinceWhen = (instant = since): string => `since ${whenOf(instant, now)} UTC (${ageOf(instant, now)})`;
  if (lastCheck === undefined) return `has not checked the host yet; process ${state.pid}, ${sinceWhen()}`;
  const checked = `checked ${ageOf(lastCheck, now)} ago${lastFullCheck === undefined || lastFullCheck === lastCheck ? '' : `; everything ${ageOf(lastFullCheck, now)} ago`}`;
  if (!settled) return `the host is NOT in sync with the spec, ${sinceWhen(unsettledSince)}; ${checked}`;
  return `the host is in sync with ${refused === undefined ? 'the spec' : 'the former spec'}, ${sinceWhen(settledSince)}; ${checked}${refused === undefined ? '' : '; a newer spec is REFUSED'}`;
}

function whatOf({ cause, changes }: Applied): string {
  return cause === 'drift' || cause === 'resync'
    ? `${counted(changes, 'thing')} repaired ${AFTER[cause]}`
    : `${counted(changes, 'change')} ${AFTER[cause]}`;
}

function monitor({ name, why, restarts }: MonitorState): string {
  return `${name}${why === undefined ? '' : `: ${why}`}, started again ${counted(restarts, 'time')}`;
}

function tries(count: number): string {
  return counted(count, 'try', 'tries');
}

/** The title beside the first; what a text says in further lines is below it. */
function section(title: string, texts: readonly string[]): readonly string[] {
  const shown = texts.length > MOST ? [...texts.slice(0, MOST), `and ${texts.length - MOST} more`] : texts;
  return shown.map(
    (text, i) => `  ${(i === 0 ? title : '').padEnd(14)} ${text.trimEnd().replaceAll('\n', '\n                 ')}`,
  );
}

function dateAndTime(instant: string): string {
  return instant.slice(0, 19).replace('T', ' ');
}
