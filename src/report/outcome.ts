// report/outcome.ts — when an apply did not settle: what was done, what was not, and what still differs.
import type { Outcome } from '../core/execute.ts';
import type { Change, Kinds, Plan, Wanted } from '../core/resource.ts';
import type { Locate } from '../spec/model.ts';
import { describe, renderPath } from './plan.ts';

interface View {
  readonly kinds: Kinds;
  readonly wanted: Wanted;
  readonly locate: Locate;
}

/** Counts what was done, and lists what was not: the resource, the line of the spec it serves, and what the host said to which command. */
export function renderFailures(plan: Plan, outcomes: readonly Outcome[], refused: ReadonlyMap<number, Error>, { kinds, wanted, locate }: View): string {
  const left = plan.steps.flatMap(({ changes }, i) => (outcomes[i] === 'done' ? [] : changes.map((change) => ({ change, outcome: outcomes[i] ?? 'stopped', error: refused.get(i) }))));
  if (left.length === 0) return '';
  const lines = left.map(({ change, outcome, error }) => {
    const path = wanted.because.get(change.ref)?.[0];
    const place = path === undefined ? undefined : locate(path, 'key');
    return `  ${outcome}: ${change.verb} ${change.ref.split(' ', 1)[0] ?? ''} ${describe(change, kinds)}${place === undefined || path === undefined ? '' : `   ${place.file}:${place.line} ${renderPath(path)}`}\n${error === undefined ? '' : `    ${error.message.trim().replaceAll('\n', '\n    ')}\n`}`;
  });
  const done = outcomes.filter((outcome) => outcome === 'done').length;
  return `${done} of ${outcomes.length} steps were done; not done:\n${lines.join('')}`;
}

export function renderResidual(residual: readonly Change[], kinds: Kinds): string {
  if (residual.length === 0) return '';
  return `done, and yet different when looked at again:\n${residual.map((change) => `  ${change.verb} ${change.ref.split(' ', 1)[0] ?? ''} ${describe(change, kinds)}\n`).join('')}`;
}
