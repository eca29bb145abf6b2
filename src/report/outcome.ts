// report/outcome.ts — when an apply did not settle: what was done, what was not, and what still differs.
import { kindIn } from '../core/ref.ts';
import type { Outcome } from '../core/execute.ts';
import type { Change, Kinds, Plan, Wanted } from '../core/resource.ts';
import type { Locate } from '../specfile/model.ts';
import { describe, renderPosition } from './plan.ts';

export interface View {
  readonly kinds: Kinds;
  readonly wanted: Wanted;
  readonly locate: Locate;
}

/**
 * Counts what was done, and lists what was not: the resources, the line of the spec they serve, and what the host said
 * to which command.
 */
export function renderFailures(
  plan: Plan,
  outcomes: readonly Outcome[],
  refused: ReadonlyMap<number, Error>,
  view: View,
  ending = 'What is done stays done: the next apply does the rest.',
): string {
  const left = plan.steps.flatMap(({ changes }, i) =>
    outcomes[i] === 'done' ? [] : [{ changes, outcome: outcomes[i] ?? 'stopped', error: refused.get(i) }],
  );
  if (left.length === 0) return '';
  const lines = left.flatMap(({ changes, outcome, error }) => [
    ...changes.map((change) => `  ${outcome}: ${lineOf(change, view)}`),
    ...(error === undefined ? [] : [`    ${error.message.trim().replaceAll('\n', '\n    ')}`]),
  ]);
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  return `${done} of ${outcomes.length} steps were done; not done:\n${lines.map((line) => `${line}\n`).join('')}${ending}\n`;
}

/** What is to be done to what, and the line of the spec that asks for it. */
export function lineOf(change: Change, { kinds, wanted, locate }: View): string {
  const path = wanted.because.get(change.ref)?.[0];
  return `${change.verb} ${kindIn(change.ref)} ${describe(change, kinds)}${path === undefined ? '' : `   ${renderPosition(path, locate)}`}`;
}

/** What somebody else changes at the same time, or a kernel that takes a thing and says another. */
export function renderResidual(residual: readonly Change[], view: View): string {
  if (residual.length === 0) return '';
  return `applied, but verification found differences; still to be done:\n${residual.map((change) => `  ${lineOf(change, view)}\n`).join('')}`;
}
