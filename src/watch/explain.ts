// watch/explain.ts — what went wrong, in words for the operator.
import { OriginError } from '../origin/origin.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import type { Placed } from '../specfile/model.ts';
import type { Placing } from '../pipeline/read.ts';

export function orThrow<T>(placed: Placing<T>): T {
  if (placed.ok) return placed.value;
  throw new Error(rendered(placed.problems));
}

export function rendered(problems: readonly Placed[]): string {
  return renderDiagnostics(problems, { color: false }).trimEnd();
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function revisionOf(error: unknown): string | undefined {
  return error instanceof OriginError ? error.revision : undefined;
}
