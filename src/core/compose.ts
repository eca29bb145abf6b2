// core/compose.ts — what all features want becomes one state, or who contradicts whom.
import equal from 'fast-deep-equal';
import { kindOf, refOf } from './resource.ts';
import type { Checked, Diagnostic, Kinds, Path, Ref, Resource, Waiting, Want, Wanted } from './resource.ts';

/** Unites wants of one key; two that cannot both hold are an error that shows both places. */
export function compose(wants: Iterable<Want | Waiting>, kinds: Kinds): Checked<Wanted> {
  const byRef = new Map<Ref, Want[]>();
  const waiting: Waiting[] = [];
  for (const want of wants) {
    if ('waiting' in want) waiting.push(want);
    else append(byRef, refOf(want.resource, kinds), [want]);
  }
  const state = new Map<Ref, Resource>();
  const because = new Map<Ref, Path[]>();
  const after = new Map<Ref, Ref[]>();
  const problems: Diagnostic[] = [];
  for (const [ref, own] of byRef) {
    const united = unite(
      own.map(({ resource }) => resource),
      kinds,
    );
    const agreeing = new Set(united === undefined ? agreeingOf(own, kinds) : own);
    const resource =
      united ??
      unite(
        [...agreeing].map((want) => want.resource),
        kinds,
      );
    if (resource !== undefined) state.set(ref, resource);
    for (const want of agreeing) {
      append(because, ref, want.because);
      append(after, ref, want.after ?? []);
    }
    for (const want of own)
      if (!agreeing.has(want)) {
        const why = resource === undefined ? undefined : kindOf(resource, kinds).conflict?.(resource, want.resource);
        problems.push(contradiction(ref, because.get(ref) ?? [], want.because, why));
      }
  }
  problems.push(...claimedTwice(state, because, kinds));
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { state, because, after, waiting }, warnings: [] };
}

/** In halves, since thousands of networks may have a rule each in one chain. Undefined: they contradict each other. */
function unite(all: readonly Resource[], kinds: Kinds): Resource | undefined {
  if (all.length < 2) return all[0];
  const half = all.length >> 1;
  const [a, b] = [unite(all.slice(0, half), kinds), unite(all.slice(half), kinds)];
  return a === undefined || b === undefined ? undefined : merge(a, b, kinds);
}

/** The first, and whoever does not contradict those before him. */
function agreeingOf(wants: readonly Want[], kinds: Kinds): readonly Want[] {
  const agreeing: Want[] = [];
  let united: Resource | undefined;
  for (const want of wants) {
    const merged = united === undefined ? want.resource : merge(united, want.resource, kinds);
    if (merged === undefined) continue;
    united = merged;
    agreeing.push(want);
  }
  return agreeing;
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

/** `why` it cannot be for both: they do not differ in how it is to be, but in whose it is. */
function contradiction(ref: Ref, first: readonly Path[], second: readonly Path[], why?: string): Diagnostic {
  const at = [...second.slice(0, 1), ...first.slice(0, 1)];
  return why === undefined
    ? {
        severity: 'error',
        code: 'contradiction',
        message: `${ref} is wanted in two ways`,
        at,
        hint: 'make the two agree, or give one of them another name',
      }
    : {
        severity: 'error',
        code: 'claimed-twice',
        message: `${ref} ${why}`,
        at,
        hint: 'only one can have it: change or remove the other',
      };
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
