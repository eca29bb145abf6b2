// report/watch-lines.ts — what happens in a watch, each in one line for a person: what was repaired, who had broken it,
// which line of the spec.
import { kindIn } from '../core/ref.ts';
import type { Phases, WatchEvent } from './watch-events.ts';
import type { Cause, Difference } from './watch-state.ts';
import { counted, durationOf, timeOf } from './format.ts';

export type Level = 'error' | 'warn' | 'info' | 'debug';

export interface Line {
  readonly level: Level;
  readonly text: string;
}

/** What it says for each cause: `applied after drift`. */
export const AFTER: Readonly<Record<Cause, string>> = {
  start: 'at the start',
  spec: 'for a new spec',
  drift: 'after drift',
  resync: 'at a regular check',
  retry: 'at another try',
  reload: 'after a reload',
};

/** The line, and further ones where there is an excerpt or what a command said. */
export function lineFor(event: WatchEvent): Line {
  switch (event.event) {
    case 'begins':
      return { level: 'info', text: `begins: holds this host to ${event.from}` };
    case 'ready':
      return { level: 'info', text: 'ready: the host is in sync with the spec' };
    case 'spec-in-force':
      return {
        level: event.warnings.length === 0 ? 'info' : 'warn',
        text: [`spec ${event.spec.revision} from ${event.spec.from} is in force`, ...event.warnings.map(indented)].join(
          '\n',
        ),
      };
    case 'spec-refused': {
      const { revision, problems } = event.refused;
      return {
        level: 'error',
        text: [
          `refused the spec${revision === undefined ? '' : ` ${revision}`}; what was in force stays so`,
          ...problems.map(indented),
        ].join('\n'),
      };
    }
    case 'checked':
      return {
        level: 'debug',
        text: `checked ${event.whole ? 'everything ' : ''}${AFTER[event.cause]}: ${event.differs === 0 ? 'in sync' : `${counted(event.differs, 'thing')} left alone for now`} (${durationOf(event.seconds.read + event.seconds.plan)})`,
      };
    case 'changed':
      return {
        level: 'info',
        text: `${doneBy(event.verb, event.cause)} ${event.kind} ${event.what}${aside(event.place, event.by === undefined ? undefined : `changed by ${event.by}`)}`,
      };
    case 'applied':
      return {
        level: event.settled ? 'info' : 'warn',
        text: `applied ${AFTER[event.cause]}: ${counted(event.changes, 'change')} in ${durationOf(sumOf(event.seconds))}${event.settled ? '' : '; the host is not yet in sync with the spec'}`,
      };
    case 'failed': {
      const { failure } = event;
      return {
        level: 'error',
        text: `failed: ${named(failure)} (${counted(failure.tries, 'try', 'tries')} since ${timeOf(failure.since)}, next at ${timeOf(failure.nextTry)})\n${indented(failure.message)}`,
      };
    }
    case 'drift-conflict': {
      const { conflict } = event;
      return {
        level: 'warn',
        text: `drift conflict: ${named(conflict)} was repaired ${counted(conflict.times, 'time')} since ${timeOf(conflict.since)}, and another process changes it back${conflict.by === undefined ? '' : `: ${conflict.by}`}; next repair at ${timeOf(conflict.nextTry)}`,
      };
    }
    case 'obstacle':
      return { level: 'error', text: `cannot work, next try at ${timeOf(event.nextTry)}: ${event.message}` };
    case 'conflict':
      return { level: 'warn', text: `blocked: ${event.what.replaceAll('\n', '\n  ')}` };
    case 'recovered':
      return { level: 'info', text: `recovered: ${event.what}` };
    case 'monitor':
      return { level: 'warn', text: `${event.name}: ${event.what}` };
    case 'reload':
      return { level: 'info', text: 'reload: reads the spec again and checks everything' };
    case 'ends':
      return { level: 'info', text: `ends: ${event.why}` };
  }
}

/** `missing: link br-lab bridge  (spec.yaml:31 networks.lab)` */
export function named({ ref, how, what, place }: Difference): string {
  return `${how}: ${kindIn(ref)} ${what}${aside(place)}`;
}

/** What nobody asked for by a spec is a repair; else it is said what was done. */
export function doneBy(verb: string, cause: Cause): string {
  if ((cause === 'drift' || cause === 'resync') && verb !== 'delete') return 'repaired';
  return { create: 'created', update: 'changed', replace: 'replaced', delete: 'removed' }[verb] ?? verb;
}

export function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ');
}

function aside(...parts: readonly (string | undefined)[]): string {
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? '' : `  (${said.join('; ')})`;
}

function sumOf({ read, plan, execute, verify }: Phases): number {
  return read + plan + execute + verify;
}
