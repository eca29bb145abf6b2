// transaction/await-confirmation.ts — an apply that waits to be confirmed: waiting for it, and saying the word.
import { order } from '../core/order.ts';
import type { Record } from '../generations/model.ts';
import { executePlan, tellUnsettled } from './execute.ts';
import { prepareAsThen } from '../pipeline/prepare.ts';
import { asUnconfirmed, claim, rollBack, UNCONFIRMED, untold } from './revert.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';

/** Milliseconds between two looks whether somebody has decided. */
const POLL = 100;

/** Keeps what waits, and does what was left for then. */
export async function confirm(world: World): Promise<ExitCode> {
  const { generations, safety } = world;
  const pending = generations.pending();
  if (pending === undefined)
    throw new Exit(exit.failed, 'nothing waits to be confirmed; netctl history says what was done');
  if (pending.phase === 'applying' && safety.lives(pending))
    throw new Exit(
      exit.locked,
      `generation ${pending.generation} is being applied as process ${pending.pid}: confirm it when that is done`,
    );
  if (pending.phase !== 'waiting' || isOver(world))
    throw new Exit(exit.failed, `generation ${pending.generation} is being rolled back: it is too late to confirm it`);
  generations.end(pending.generation, { is: 'kept', settled: true, confirmed: true });
  generations.disarm();
  world.print.out(`generation ${pending.generation} is confirmed\n`);
  return await finish(world, generations.record(pending.generation));
}

/** Removes what could not have been made again. That nobody can want it back is decided, whatever comes of it. */
async function finish(world: World, record: Record): Promise<ExitCode> {
  if (record.later.length === 0) return exit.ok;
  world.driver.invalidate();
  const prepared = await prepareAsThen(world, record);
  const changes = prepared.plan.changes.filter(({ verb, ref }) => verb === 'delete' && record.later.includes(ref));
  const rest = { ...prepared, plan: order(changes, prepared.wanted, world.kinds) };
  const executed = await executePlan(world, rest);
  tellUnsettled(world, rest, executed);
  return executed.settled ? exit.ok : exit.failed;
}

function isOver({ generations, safety }: World): boolean {
  const pending = generations.pending();
  return (
    pending === undefined ||
    pending.start !== safety.start ||
    (pending.until !== undefined && safety.uptime() >= pending.until)
  );
}

/**
 * Waits for the word, from here or from another session, and rolls back what it does not come for. Others may read the
 * host meanwhile. `waits: false`: leaves that to its guard.
 */
export async function awaitConfirmation(
  world: World,
  number: number,
  record: Record,
  until: number,
  waits = true,
): Promise<ExitCode> {
  const { generations, safety } = world;
  const reason = untold(() => {
    generations.end(number, { is: 'waiting' });
    generations.arm({ generation: number, phase: 'waiting', start: safety.start, ...safety.self, until });
  });
  // Nobody could confirm it.
  if (reason !== undefined) return await rollBack(world, number, record, reason);
  const left = (): string => `${Math.max(0, until - safety.uptime()).toFixed(0)} s`;
  const keeps =
    waits && world.ask !== undefined
      ? 'yes here, or netctl confirm in another session, keeps it'
      : 'netctl confirm keeps it';
  world.print.err(`generation ${number} is in place. ${keeps}; else it is rolled back in ${left()}\n`);
  if (record.later.length > 0)
    world.print.err(`until then these stay, since they could only be recreated: ${record.later.join(', ')}\n`);
  // Its guard waits.
  if (!waits) return exit.ok;
  const isMine = (): boolean => generations.pending()?.generation === number;
  const isWanted = await safety.aside(async () => {
    const answer = fromHere(world, number, left);
    while (isMine() && safety.uptime() < until && !world.signal.aborted && answer.said === undefined)
      await safety.sleep(Math.min(POLL, Math.max(1, (until - safety.uptime()) * 1000)));
    answer.end();
    return answer.said === true;
  });
  // The host is ours again: what is decided now is decided.
  if (!isMine()) return decided(world, number);
  if (isWanted && safety.uptime() < until) return await confirm(world);
  const why = safety.uptime() >= until ? UNCONFIRMED : 'it was declined';
  claim(world);
  return asUnconfirmed(await rollBack(world, number, record, why), why);
}

/** What others have made of it. */
function decided({ generations, print }: World, number: number): ExitCode {
  const outcome = generations.list().find((each) => each.number === number)?.outcome;
  if (outcome?.is === 'kept') {
    print.err(`generation ${number} is confirmed\n`);
    return exit.ok;
  }
  if (outcome?.is !== 'rolled back')
    throw new Exit(exit.notRolledBack, `nobody knows what became of generation ${number}`);
  print.err(`generation ${number} was rolled back: ${outcome.why}\n`);
  return outcome.left.length > 0 ? exit.notRolledBack : asUnconfirmed(exit.rolledBack, outcome.why);
}

interface Answer {
  /** Whether it is wanted; undefined: nobody has said. */
  readonly said: boolean | undefined;
  end(): void;
}

/** Whoever can still type here has not lost the host. Who only ends his input has decided nothing. */
function fromHere({ ask, print }: World, number: number, left: () => string): Answer {
  if (ask === undefined) return { said: undefined, end: () => undefined };
  const stop = new AbortController();
  const answer: { said: boolean | undefined; end(): void } = {
    said: undefined,
    end: () => {
      stop.abort();
    },
  };
  ask(`Keep generation ${number}?`, { signal: stop.signal, note: () => `${left()} left.` }).then(
    (yes) => {
      answer.said = yes;
      if (yes === undefined && !stop.signal.aborted)
        print.err(`nobody can answer here any more: without netctl confirm it is rolled back in ${left()}\n`);
    },
    () => undefined,
  );
  return answer;
}
