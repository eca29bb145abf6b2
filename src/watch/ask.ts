// watch/ask.ts — asks the watch of this host how it is.
import { askStatus } from '../service/socket.ts';
import { pathsOf } from '../pipeline/settings.ts';
import type { Settings } from '../pipeline/settings.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import { isAbout, isStatusReply, socketOf } from './status-reply.ts';
import type { StatusReply } from './status-reply.ts';

/** Milliseconds. A watch answers between two things that it does. */
const PATIENCE = 3_000;

/** The watch that runs on this host, as an operator reads it: `netctl watch, process 4711,`. */
export async function watcher(settings: Settings): Promise<string | undefined> {
  return (await watchHere(settings))?.name;
}

/** Why what an apply does will not last. */
export async function contradiction(settings: Settings): Promise<string | undefined> {
  const watch = await watchHere(settings);
  return watch === undefined || watch.agrees
    ? undefined
    : `${watch.name} holds this host to ${watch.from}, and will change back what differs from that`;
}

interface Watch {
  readonly name: string;
  readonly from: string;
  /** It holds the host to the spec that is meant here. */
  readonly agrees: boolean;
}

async function watchHere(settings: Settings): Promise<Watch | undefined> {
  const asked = await askStatus(socketOf(pathsOf(settings).run), PATIENCE);
  if (asked.state === 'absent') return undefined;
  if (asked.state === 'forbidden') throw mayNot(asked.why);
  const answer = asked.state === 'answers' && isStatusReply(asked.answer) ? asked.answer : undefined;
  const pid = answer?.pid ?? (asked.state === 'silent' ? asked.pid : undefined);
  return {
    name: `netctl watch${pid === undefined ? '' : `, process ${pid},`}`,
    from: answer?.from ?? 'a spec it does not tell',
    agrees: answer !== undefined && isAbout(answer, settings),
  };
}

function mayNot(why: string): Exit {
  return new Exit(exit.noPrivilege, `whether a watch runs cannot be asked: ${why}\nasking it needs root`);
}

/**
 * Its answer, where there is one about the spec that is meant. One that does not answer, or is about another spec, is
 * spoken of on standard error.
 */
export async function askWatch(settings: Settings, { print }: Pick<World, 'print'>): Promise<StatusReply | undefined> {
  const asked = await askStatus(socketOf(pathsOf(settings).run), PATIENCE);
  if (asked.state === 'absent') return undefined;
  if (asked.state === 'forbidden') throw mayNot(asked.why);
  if (asked.state === 'silent') {
    print.err(
      `a watch runs${asked.pid === undefined ? '' : ` as process ${asked.pid}`} and does not respond; this is what the host shows\n`,
    );
    return undefined;
  }
  if (!isStatusReply(asked.answer)) {
    print.err('a watch of another version runs; this is what the host shows\n');
    return undefined;
  }
  if (isAbout(asked.answer, settings)) return asked.answer;
  print.err(`a watch runs, and holds this host to another spec: ${asked.answer.from}\n`);
  return undefined;
}
