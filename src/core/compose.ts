// core/compose.ts — what all features want becomes one state, or who contradicts whom.
import { expand } from './expand.ts';
import { kindOf, refOf } from './resource.ts';
import type { Checked, Diagnostic, Kinds, Path, Ref, Resource, Waiting, Want, Wanted } from './resource.ts';
import { unite } from './unite.ts';

/** Unites wants of one key; two that cannot both hold are an error that shows both places. */
export function compose(wants: Iterable<Want | Waiting>, kinds: Kinds): Checked<Wanted> {
  const expanded = expand(wants, kinds);
  const byRef = new Map<Ref, [Want, ...Want[]]>();
  const waiting: Waiting[] = [];
  for (const want of expanded.wants) {
    if ('waiting' in want) {
      waiting.push(want);
      continue;
    }
    const ref = refOf(want.resource, kinds);
    const own = byRef.get(ref);
    if (own === undefined) byRef.set(ref, [want]);
    else own.push(want);
  }
  const state = new Map<Ref, Resource>();
  const because = new Map<Ref, Path[]>();
  const after = new Map<Ref, Ref[]>();
  const problems: Diagnostic[] = [...expanded.problems];
  for (const [ref, own] of byRef) {
    const united = unite(ref, own, kindOf(own[0].resource, kinds));
    state.set(ref, united.resource);
    for (const want of united.agreeing) {
      append(because, ref, want.because);
      append(after, ref, want.after ?? []);
    }
    problems.push(...united.problems);
  }
  problems.push(...claimedTwice(state, because, kinds));
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { state, because, after, waiting }, warnings: [] };
}

/** In place: one resource may be wanted thousands of times. */
function append<T>(lists: Map<Ref, T[]>, ref: Ref, items: readonly T[]): void {
  const list = lists.get(ref);
  if (list !== undefined) for (const item of items) list.push(item);
  else if (items.length > 0) lists.set(ref, [...items]);
}

function* claimedTwice(
  state: ReadonlyMap<Ref, Resource>,
  because: ReadonlyMap<Ref, readonly Path[]>,
  kinds: Kinds,
): Iterable<Diagnostic> {
  const holders = new Map<string, Ref>();
  for (const [ref, resource] of state)
    for (const claim of kindOf(resource, kinds).claims?.(resource) ?? []) {
      const holder = holders.get(claim);
      if (holder === undefined) holders.set(claim, ref);
      else
        yield {
          severity: 'error',
          code: 'claimed-twice',
          message: `${ref} and ${holder} both want ${claim}`,
          at: [...(because.get(ref) ?? []).slice(0, 1), ...(because.get(holder) ?? []).slice(0, 1)],
          hint: 'only one can have it: change or remove the other',
        };
    }
}
