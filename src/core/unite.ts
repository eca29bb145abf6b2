// core/unite.ts — several wants of one thing become one, or who contradicts whom.
import equal from 'fast-deep-equal';
import type { Diagnostic, Kind, Path, Ref, Resource, Want } from './resource.ts';

export interface United {
  readonly resource: Resource;
  /** Whose wants it unites. */
  readonly agreeing: readonly Want[];
  readonly problems: readonly Diagnostic[];
}

type Uniting = Pick<Kind, 'merge' | 'mergeAll' | 'conflict'>;

/** Unites all wants of one ref; of those that contradict each other, the first has its way. */
export function unite(ref: Ref, wants: readonly [Want, ...Want[]], kind: Uniting): United {
  const united = unitedOf(
    wants.map(({ resource }) => resource),
    kind,
  );
  if (united !== undefined) return { resource: united, agreeing: wants, problems: [] };
  const { resource, agreeing } = agreeingOf(wants, kind);
  const because = agreeing.flatMap((want) => want.because);
  const agree = new Set(agreeing);
  return {
    resource,
    agreeing,
    problems: wants
      .filter((want) => !agree.has(want))
      .map((want) => contradiction(ref, because, want.because, kind.conflict?.(resource, want.resource))),
  };
}

/**
 * At once where the kind can; else in halves, since thousands of networks may want one thing. Undefined: they
 * contradict each other.
 */
function unitedOf(all: readonly Resource[], kind: Uniting): Resource | undefined {
  if (all.length < 2) return all[0];
  if (kind.mergeAll !== undefined) return kind.mergeAll(all);
  const half = all.length >> 1;
  const [a, b] = [unitedOf(all.slice(0, half), kind), unitedOf(all.slice(half), kind)];
  return a === undefined || b === undefined ? undefined : merge(a, b, kind);
}

/** The first, and whoever does not contradict those before him. */
function agreeingOf(
  [first, ...more]: readonly [Want, ...Want[]],
  kind: Uniting,
): Pick<United, 'resource' | 'agreeing'> {
  const agreeing: Want[] = [first];
  let { resource } = first;
  for (const want of more) {
    const merged = merge(resource, want.resource, kind);
    if (merged === undefined) continue;
    resource = merged;
    agreeing.push(want);
  }
  return { resource, agreeing };
}

function merge(a: Resource, b: Resource, kind: Uniting): Resource | undefined {
  return equal(a, b) ? a : kind.merge?.(a, b);
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
