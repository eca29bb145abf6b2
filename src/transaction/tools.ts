// transaction/tools.ts — the tools that a plan needs, those that the way back from it needs, and those that tell
// whether to go it: looked for before the first step.
import type { Change, Kinds, Op, Plan } from '../core/resource.ts';
import { done, leftToUndo, undoOf } from '../core/undo.ts';
import type { Probe } from '../probes/model.ts';
import type { Prepared } from '../pipeline/plan-from.ts';
import { probesOf } from './probes.ts';
import { exit, Exit } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';

/** Whoever does a plan that he may want to roll back should not learn only then that he cannot. */
export async function toolsOrExit(world: World, prepared: Prepared, way: 'there' | 'there and back'): Promise<void> {
  const missing = await missingFor(world, prepared, way);
  if (missing.length > 0) throw new Exit(exit.unavailable, `${missing.join('\n')}\nnothing was changed`);
}

/** What is said of each tool that is not there. */
export async function missingFor(
  world: World,
  prepared: Prepared,
  way: 'there' | 'there and back',
): Promise<readonly string[]> {
  return [...world.missingTools(opsOf(prepared.plan)), ...(way === 'there' ? [] : await missingBack(world, prepared))];
}

/**
 * Says which tools only the way back needs. Its ops are those that would roll the plan back, were it done: what only
 * may come to be by it, connections and leases, is cut and released by them, too. Without what asks probes, nobody
 * would know that it has to go back.
 */
export async function missingBack(world: World, prepared: Prepared): Promise<readonly string[]> {
  const { plan, wanted, observed } = prepared;
  const undo = await undoOf(plan.changes, wanted, observed, world.driver, world.kinds);
  const back = world.missingTools(opsFor(leftToUndo(undo, done(plan.changes, observed), world.kinds), world.kinds));
  const there = world.missingTools(opsOf(plan));
  const only = back.filter((message) => !there.includes(message));
  const toAsk = plan.steps.length === 0 ? [] : world.missingTools((await probesOf(world, prepared)).flatMap(askedBy));
  return [
    ...only.map((message) => `${message}; without it what this plan makes could not be removed`),
    ...toAsk
      .filter((message) => ![...back, ...there].includes(message))
      .map((message) => `${message}; without it nobody could tell whether what replies now replies afterwards`),
  ];
}

/** What netctl asks by itself needs no tool. */
function askedBy({ target: { kind } }: Probe): readonly Op[] {
  const tool = { ping: 'ping', session: 'ss', way: 'ip', tcp: undefined, dns: undefined, http: undefined }[kind];
  return tool === undefined ? [] : [{ op: 'run', argv: [tool] }];
}

/** In no order: there is no host yet on which one could be found. */
function opsFor(changes: readonly Change[], kinds: Kinds): readonly Op[] {
  const parts = changes.flatMap((change): readonly Change[] =>
    change.verb === 'replace'
      ? [
          { ...change, verb: 'delete' },
          { ...change, verb: 'create' },
        ]
      : [change],
  );
  return kinds.flatMap((kind) => {
    const own = parts.filter(({ ref }) => ref.startsWith(`${kind.kind} `));
    return own.length === 0 ? [] : kind.steps(own).flatMap(({ ops }) => ops);
  });
}

function opsOf({ steps }: Plan): readonly Op[] {
  return steps.flatMap(({ ops }) => ops);
}
