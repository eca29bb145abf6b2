// watch/explain.ts — what went wrong, in words for the operator.
import { OriginError } from '../origin/origin.ts';
import { renderDiagnostics } from '../report/diagnostics.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';
import type { Located } from '../pipeline/read.ts';

export function orThrow<T>(found: Located<T>): T {
  if (found.ok) return found.value;
  throw new Error(rendered(found.problems));
}

export function rendered(problems: readonly LocatedDiagnostic[]): string {
  return renderDiagnostics(problems, { color: false }).trimEnd();
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function revisionOf(error: unknown): string | undefined {
  return error instanceof OriginError ? error.revision : undefined;
}
