// core/compose.ts — what all features want becomes one state, or who contradicts whom.
import equal from 'fast-deep-equal';
import { kindOf, refOf } from './resource.ts';
import type { Checked, Diagnostic, Kinds, Path, Ref, Resource, Waiting, Want, Wanted } from './resource.ts';

/** Unites wants of one key; two that cannot both hold are an error that shows both places. */
export function compose(wants: Iterable<Want | Waiting>, kinds: Kinds): Checked<Wanted> {
  const state = new Map<Ref, Resource>();
  const because = new Map<Ref, Path[]>();
  const after = new Map<Ref, Ref[]>();
  const waiting: Waiting[] = [];
  const problems: Diagnostic[] = [];
  for (const want of wants) {
    if ('waiting' in want) {
      waiting.push(want);
      continue;
    }
    const ref = refOf(want.resource, kinds);
    const there = state.get(ref);
    const merged = there === undefined ? want.resource : merge(there, want.resource, kinds);
    if (merged === undefined) {
      problems.push(contradiction(ref, because.get(ref) ?? [], want.because));
      continue;
    }
    state.set(ref, merged);
    append(because, ref, want.because);
    append(after, ref, want.after ?? []);
  }
  problems.push(...claimedTwice(state, because, kinds));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: { state, because, after, waiting }, warnings: [] };
}

/** In place: one resource may be wanted thousands of times. */
function append<T>(lists: Map<Ref, T[]>, ref: Ref, items: readonly T[]): void {
  const list = lists.get(ref);
  if (list !== undefined) for (const item of items) list.push(item);
  else if (items.length > 0) lists.set(ref, [...items]);
}

function merge(a: Resource, b: Resource, kinds: Kinds): Resource | undefined {
  if (equal(a, b)) return a;
  return kindOf(a, kinds).merge?.(a, b);
}

function contradiction(ref: Ref, first: readonly Path[], second: readonly Path[]): Diagnostic {
  return {
    severity: 'error', code: 'contradiction', message: `${ref} is wanted in two ways`,
    at: [...second.slice(0, 1), ...first.slice(0, 1)], hint: 'make the two agree, or give one of them another name',
  };
}

function* claimedTwice(state: ReadonlyMap<Ref, Resource>, because: ReadonlyMap<Ref, readonly Path[]>, kinds: Kinds): Iterable<Diagnostic> {
  const holders = new Map<string, Ref>();
  for (const [ref, resource] of state) for (const claim of kindOf(resource, kinds).claims?.(resource) ?? []) {
    const holder = holders.get(claim);
    if (holder === undefined) holders.set(claim, ref);
    else yield {
      severity: 'error', code: 'claimed-twice', message: `${ref} and ${holder} both want ${claim}`,
      at: [...(because.get(ref) ?? []).slice(0, 1), ...(because.get(holder) ?? []).slice(0, 1)], hint: 'only one can have it: change or remove the other',
    };
  }
}
