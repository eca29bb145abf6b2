// commands/dare.ts — does a plan that can be taken back: puts down how things were, has it guarded, and takes it back where it does not go well.
import { createHash } from 'node:crypto';
import type { Outcome } from '../core/execute.ts';
import { DriverError } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import { undoOf } from '../core/undo.ts';
import type { Record } from '../generations/model.ts';
import { namesOf } from '../report/disruption.ts';
import { renderFailures, renderResidual } from '../report/outcome.ts';
import { askedAgain, lost } from '../probes/compare.ts';
import type { Answer } from '../probes/model.ts';
import { renderPlan, summary } from '../report/plan.ts';
import type { Source } from '../spec/sources.ts';
import { carry, unexplained } from './carry-out.ts';
import type { Carried } from './carry-out.ts';
import { awaitConfirmation } from './confirm.ts';
import type { Prepared } from './prepare.ts';
import { probesOf } from './probes.ts';
import { look, takeBack } from './take-back.ts';
import { exit } from './world.ts';
import type { ExitCode, World } from './world.ts';

export interface Dare {
  /** All of it, or nothing. */
  readonly atomic: boolean;
  /** Seconds in which it has to be confirmed. It is atomic, too. */
  readonly confirm?: number;
  /** A rollback: see Generation. */
  readonly restores?: number;
  /** Of a spec from a repository. */
  readonly revision?: string;
}

/** Does the plan as a generation. */
export async function dare(world: World, prepared: Prepared, { atomic, confirm, ...of }: Dare): Promise<ExitCode> {
  const { safety, generations } = world;
  const isGuarded = atomic || confirm !== undefined;
  const record = await recordOf(world, prepared);
  const answered = await askFirst(world, prepared);
  const begun = generations.begin({ when: world.now().toISOString(), who: safety.who, host: prepared.title, digest: digestOf(prepared.sources), summary: summary(prepared.plan), ...of }, record);
  const until = confirm === undefined ? undefined : safety.uptime() + confirm;
  // Before the first step: whatever becomes of us, somebody takes back what we began.
  if (isGuarded) {
    generations.arm({ generation: begun.number, phase: 'applying', start: safety.start, ...safety.self, ...(until === undefined ? {} : { until }) });
    await safety.guard(begun.number);
  }
  const attempt = await attempted(world, prepared, until);
  const why = whyNot(world, attempt, until);
  report(world, prepared, attempt, isGuarded);
  if (why !== undefined && isGuarded) return asUnconfirmed(await takeBack(world, begun, record, why), why);
  const silent = await nowSilent(world, answered, until);
  if (silent.length > 0) {
    const because = until !== undefined && safety.uptime() >= until ? UNCONFIRMED : `${silent.join(' and ')} no longer answers`;
    const code = asUnconfirmed(await takeBack(world, begun, record, because), because);
    for (const still of await nowSilent(world, answered, undefined)) world.print.err(`${still} does not answer yet\n`);
    return code;
  }
  if (until !== undefined) return await awaitConfirmation(world, begun, record, until);
  generations.end(begun.number, { is: 'kept', settled: why === undefined });
  generations.disarm();
  return why === undefined ? exit.ok : exit.failed;
}

/** What was found, in a form that outlives this process. */
async function recordOf(world: World, prepared: Prepared): Promise<Record> {
  const { plan, wanted, observed, sources, before, stored } = prepared;
  return {
    sources, ...(world.host === undefined ? {} : { host: world.host }),
    plan: renderPlan({ ...prepared, kinds: world.kinds, names: namesOf(prepared) }, false),
    undo: await undoOf(plan.changes, wanted, observed, world.driver, world.kinds),
    before: before ?? null, allocations: stored.allocations, memories: stored.memories,
    image: await look(world),
  };
}

function digestOf(sources: readonly Source[]): string {
  const digest = createHash('sha256');
  for (const { text } of sources) digest.update(`${text.length}\n${text}`);
  return digest.digest('hex');
}

export const UNCONFIRMED = 'not confirmed in time';

/** It failed by not being confirmed. */
export function asUnconfirmed(code: ExitCode, why: string): ExitCode {
  return code === exit.takenBack && why === UNCONFIRMED ? exit.unconfirmed : code;
}

/** What must still answer afterwards is known only from before. */
async function askFirst(world: World, prepared: Prepared): Promise<readonly Answer[]> {
  const probes = await probesOf(world, prepared);
  return probes.length === 0 ? [] : await world.probe(probes);
}

/** Says what answered before and does not now. Nobody is asked longer than there is time. */
async function nowSilent(world: World, before: readonly Answer[], until: number | undefined): Promise<readonly string[]> {
  const left = until === undefined ? Infinity : Math.max(1, (until - world.safety.uptime()) * 1000);
  const again = askedAgain(before).map((one) => ({ ...one, timeout: Math.min(one.timeout, left) }));
  return again.length === 0 ? [] : lost(before, await world.probe(again)).map((answer) => answer.probe.name);
}

type Attempt = { readonly carried: Carried } | { readonly broken: Error };

/** `until`: no tool runs longer, and no step begins later. */
async function attempted(world: World, prepared: Prepared, until: number | undefined): Promise<Attempt> {
  world.safety.hurry(until);
  const signal = until === undefined ? world.signal : AbortSignal.any([world.signal, AbortSignal.timeout(Math.max(0, Math.ceil((until - world.safety.uptime()) * 1000)))]);
  try {
    return { carried: await carry({ ...world, signal }, prepared) };
  } catch (error) {
    // The host could not be looked at again, or what was learnt not be kept.
    if (error instanceof DriverError || error instanceof StoreError) return { broken: error };
    throw error;
  } finally {
    world.safety.hurry(undefined);
  }
}

function whyNot({ safety, signal }: World, attempt: Attempt, until: number | undefined): string | undefined {
  if ('carried' in attempt && attempt.carried.settled) return undefined;
  if (until !== undefined && safety.uptime() >= until) return UNCONFIRMED;
  if (signal.aborted) return 'it was stopped by a signal';
  if ('broken' in attempt) return 'what came of it could not be looked at';
  const has = (outcome: Outcome): boolean => attempt.carried.outcomes.includes(outcome);
  return has('failed') || has('skipped') ? 'a step failed' : 'looked at again, it was not as it was to be';
}

function report(world: World, { plan, wanted, locate }: Prepared, attempt: Attempt, isGuarded: boolean): void {
  if ('broken' in attempt) {
    world.print.err(`${attempt.broken.message}\n`);
    return;
  }
  const { settled, outcomes, refused, residual } = attempt.carried;
  if (settled) return;
  const view = { kinds: world.kinds, wanted, locate };
  world.print.err(renderFailures(plan, outcomes, refused, view, isGuarded ? 'What is done is taken back.' : undefined));
  world.print.err(renderResidual(unexplained(residual, plan, outcomes), view));
}
