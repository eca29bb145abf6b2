// transaction/apply-plan.ts — does a reviewed plan: save, execute, look again, save what was learnt. apply and destroy
// share it.
import { commit } from './commit.ts';
import type { CommitOptions } from './commit.ts';
import { showPlan } from '../pipeline/show-plan.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import { say } from '../report/say.ts';
import { toolsOrExit } from './tools.ts';
import { exit, Exit, Stopped } from '../report/exit-codes.ts';
import type { ExitCode } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import { keep, settledStore, executePlan, tellUnsettled } from './execute.ts';

export interface Consent {
  readonly yes: boolean;
  /** Codes of guards that the operator overrules. */
  readonly overrules: readonly string[];
  /** On a copy of the host first; what fails there is not begun here. */
  readonly rehearses?: boolean;
}

/**
 * Ends with what stands against the plan, or asks, or does it: `as` a generation that can be rolled back. Says 0 only
 * when the host was looked at again and nothing differs.
 */
export async function applyPlan(
  world: World,
  prepared: Prepared,
  consent: Consent,
  question: string,
  as?: CommitOptions,
): Promise<ExitCode> {
  const problems = prepared.problems.filter(({ code }) => !consent.overrules.includes(code));
  const reviewed = { ...prepared, problems };
  const isRefused = problems.some(({ severity }) => severity === 'error');
  if (isRefused || world.output === 'text') showPlan(world, reviewed);
  say(world, problems);
  say(world, prepared.conflicts);
  if (isRefused) throw new Exit(exit.failed, 'nothing was changed');
  if (prepared.plan.steps.length === 0) {
    await keep(world, prepared, settledStore(prepared, prepared.observed, world.kinds));
    if (world.output !== 'text') showPlan(world, reviewed);
    return exit.ok;
  }
  // What is not a generation has no way back.
  const way = as === undefined ? 'there' : 'there and back';
  if (consent.rehearses === true) await toolsOrExit(world, prepared, way);
  const ready =
    consent.rehearses === true
      ? await (await import('../rehearsal/rehearse.ts')).rehearsedOrExit(world, reviewed)
      : reviewed;
  await consentOrExit(world, reviewed, consent, question);
  await toolsOrExit(world, prepared, way);
  return as === undefined ? await perform(world, ready) : await asGeneration(world, ready, as);
}

async function asGeneration(world: World, prepared: Prepared, as: CommitOptions): Promise<ExitCode> {
  const code = await commit(world, prepared, as);
  if (world.output !== 'text') showPlan(world, prepared);
  return code;
}

async function perform(world: World, prepared: Prepared): Promise<ExitCode> {
  const executed = await executePlan(world, prepared);
  if (world.output !== 'text') showPlan(world, prepared);
  tellUnsettled(world, prepared, executed);
  return executed.settled && executed.unlike.length === 0 ? exit.ok : exit.failed;
}

async function consentOrExit(
  world: World,
  { plan, problems }: Prepared,
  { yes }: Consent,
  question: string,
): Promise<void> {
  if (yes) return;
  if (world.ask !== undefined) {
    await yesOrExit(world, world.ask, question);
    return;
  }
  const asking = problems.filter(({ asks }) => asks).map(({ code }) => code);
  if (asking.length > 0)
    throw new Exit(
      exit.failed,
      `the plan needs confirmation (${[...new Set(asking)].join(', ')}), and there is nobody to ask: pass --yes. Nothing was changed`,
    );
  if (plan.changes.some(({ verb }) => verb === 'delete' || verb === 'replace')) {
    throw new Exit(
      exit.failed,
      'the plan removes something, and there is nobody to ask: pass --yes. Nothing was changed',
    );
  }
}

/** Who says nothing, or stops it, has not said yes. */
export async function yesOrExit(
  { signal }: World,
  ask: Exclude<World['ask'], undefined>,
  question: string,
): Promise<void> {
  if ((await ask(question, { signal })) === true) return;
  throw signal.aborted ? new Stopped('nothing was changed') : new Exit(exit.failed, 'nothing was changed');
}
