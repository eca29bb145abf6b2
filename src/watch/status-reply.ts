// watch/status-reply.ts — what a watch says to `netctl status`: its own state, and the host as it saw it last.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../core/resource.ts';
import { renderWatch } from '../report/watch.ts';
import { strangersBehind } from '../pipeline/preflight/behind.ts';
import { planFrom } from '../pipeline/plan-from.ts';
import { conflictsWith } from '../pipeline/prepare.ts';
import { isBlocked, statusData, statusText } from '../pipeline/status.ts';
import { exit } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import type { Settings } from '../pipeline/settings.ts';
import type { Loop } from './loop.ts';
import { rendered } from './explain.ts';

/** Of one document on a socket. */
export interface StatusReply {
  readonly version: 2;
  /** The specs that it was told, as absolute paths; none: from Git, or the usual place. */
  readonly files: readonly string[];
  readonly host: string | null;
  readonly pid: number;
  /** Where the spec comes from, for people. */
  readonly from: string;
  readonly exit: ExitCode;
  readonly text: string;
  readonly data: object;
}

export function socketOf(run: string): string {
  return `${run}/watch.sock`;
}

export async function replyFor(loop: Loop, settings: Settings, world: World, now: number): Promise<StatusReply> {
  const state = loop.state();
  const known = loop.seen();
  const head = renderWatch(state, new Date(now));
  const asked = {
    version: 2 as const,
    files: settings.files.map((file) => resolve(file)),
    host: settings.host ?? null,
    pid: process.pid,
    from: loop.from,
  };
  const wrong = state.refused !== undefined || state.obstacle !== undefined;
  if (known === undefined)
    return {
      ...asked,
      exit: wrong ? exit.failed : state.settled ? exit.ok : exit.differs,
      text: head,
      data: { apiVersion: 'netctl/v1', kind: 'Status', settled: state.settled, watch: state },
    };
  // Asked for now: nothing of the host's tells that a bridge has heard somebody, and what others have there is else
  // looked at with everything.
  world.driver.invalidate();
  const warnings: string[] = [];
  const conflicts = await Promise.race([conflictsWith(known.desired, world.driver, known.wanted), late()]).catch(
    (error: unknown) => {
      if (!(error instanceof DriverError)) throw error;
      warnings.push(`what others have on the host is told as of the last look at everything: ${error.message}\n`);
      return known.conflicts;
    },
  );
  const planned = planFrom(world, known.desired, known.wanted, known.observed, true, { conflicts });
  const view = {
    ...planned,
    strangers: await strangersBehind(world.driver, planned, (why) => {
      warnings.push(`${why}\n`);
    }),
  };
  const isAsWanted = state.settled && view.strangers.size === 0 && !isBlocked(planned);
  return {
    ...asked,
    exit: wrong ? exit.failed : isAsWanted ? exit.ok : exit.differs,
    text: `${head}\n${statusText(view, world)}${warnings.join('')}${conflicts.length === 0 ? '' : `\n${rendered(conflicts)}\n`}`,
    data: { ...statusData(view, world), watch: state },
  };
}

/** A tool that hangs must not keep the rest from whoever asks. */
async function late(): Promise<never> {
  await sleep(LOOK_LIMIT, undefined, { ref: false });
  throw new DriverError('looking at it', { exitCode: 1, stderr: `had not ended after ${LOOK_LIMIT / 1000} s` });
}

/** Milliseconds; whoever asks waits for three seconds. */
const LOOK_LIMIT = 1_500;

/** Whether the answer is of the spec that is asked about: one that is named must be the one that is watched. */
export function isAbout(answer: StatusReply, { files, host }: Pick<Settings, 'files' | 'host'>): boolean {
  const sameSpec = files.length === 0 || files.map((file) => resolve(file)).join('\0') === answer.files.join('\0');
  return sameSpec && (host === undefined || host === answer.host);
}

/** What came over the socket is an answer, and of a watch of this version. */
export function isStatusReply(value: unknown): value is StatusReply {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 2 &&
    'files' in value &&
    Array.isArray(value.files) &&
    'from' in value &&
    typeof value.from === 'string' &&
    'host' in value &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'exit' in value &&
    typeof value.exit === 'number' &&
    'text' in value &&
    typeof value.text === 'string' &&
    'data' in value &&
    typeof value.data === 'object' &&
    value.data !== null
  );
}
