// core/review.ts — asks every guard what it thinks of a plan.
import type { Diagnostic, Guard, Kinds, Plan, State, Wanted } from './resource.ts';

export function review(
  plan: Plan,
  observed: State,
  wanted: Wanted,
  kinds: Kinds,
  guards: readonly Guard[],
): readonly Diagnostic[] {
  return guards.flatMap((guard) => [...guard(plan, observed, wanted, kinds)]);
}
