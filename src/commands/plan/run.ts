// commands/plan/run.ts — says what apply would do, and does nothing.
import { MASS_DELETE } from '../../guards/mass-delete.ts';
import { prepare } from '../../pipeline/prepare.ts';
import type { Prepared } from '../../pipeline/plan-from.ts';
import { say } from '../../report/say.ts';
import { missingFor } from '../../transaction/tools.ts';
import { exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { showPlan } from '../../pipeline/show-plan.ts';

export interface PlanOptions {
  readonly detailedExitcode: boolean;
  /** The exact commands instead of their meaning. */
  readonly commands: boolean;
  /** Does it on a copy of the host. */
  readonly rehearse?: boolean;
  readonly netns: string | undefined;
}

/** Prints the plan even when a guard stands against it: then the reader sees why. */
export async function plan(world: World, options: PlanOptions): Promise<ExitCode> {
  const planned = await withTools(world, await prepare(world));
  const prepared =
    options.rehearse === true && !isRefused(withoutMassDelete(planned))
      ? await (await import('../../rehearsal/rehearse.ts')).rehearsed(world, planned)
      : planned;
  showPlan(world, prepared, options.commands ? options : undefined);
  say(world, prepared.problems);
  say(world, prepared.conflicts);
  if (prepared.rehearsal !== undefined)
    (await import('../../rehearsal/rehearse.ts')).showRehearsal(world, prepared, options.commands ? 'err' : 'out');
  if (isRefused(prepared))
    return prepared.problems.some(({ severity, code }) => severity === 'error' && code !== TOOL_MISSING)
      ? exit.failed
      : exit.unavailable;
  if (prepared.rehearsal?.passed === false) return exit.failed;
  return options.detailedExitcode && prepared.plan.changes.length > 0 ? exit.differs : exit.ok;
}

const TOOL_MISSING = 'tool-missing';

/** What an apply would end with before its first step, said with all else that stands against the plan. */
async function withTools(world: World, prepared: Prepared): Promise<Prepared> {
  const missing = prepared.plan.steps.length === 0 ? [] : await missingFor(world, prepared, 'there and back');
  return {
    ...prepared,
    problems: [
      ...prepared.problems,
      ...missing.map((message) => ({ severity: 'error' as const, code: TOOL_MISSING, message, at: [] })),
    ],
  };
}

/** That it removes much is for the operator to allow, and no reason not to know how it would go. */
function withoutMassDelete({ problems }: Prepared): Pick<Prepared, 'problems'> {
  return { problems: problems.filter(({ code }) => code !== MASS_DELETE) };
}

function isRefused({ problems }: Pick<Prepared, 'problems'>): boolean {
  return problems.some(({ severity }) => severity === 'error');
}
