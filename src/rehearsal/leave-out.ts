// rehearsal/leave-out.ts — which steps cannot be rehearsed: those on what the copy lacks, and those that wait for them.
import { kindIn } from '../core/ref.ts';
import { kindOf } from '../core/resource.ts';
import type { Kinds, Plan, Ref, State } from '../core/resource.ts';

export interface Rehearsable {
  readonly plan: Plan;
  /** Where each of its steps stood. */
  readonly numbers: readonly number[];
}

/** Parts of the kernel are never loaded for a rehearsal, and who waits for one does not wait. */
const NOT_HERE: readonly string[] = ['module'];

export function rehearsable(
  plan: Plan,
  unlike: ReadonlySet<Ref>,
  after: ReadonlyMap<Ref, readonly Ref[]>,
  kinds: Kinds,
): Rehearsable {
  const out = new Set<number>();
  const skipped = new Set<number>();
  for (const [i, { changes, waitsFor }] of plan.steps.entries()) {
    const dependsOn = changes.flatMap((change) =>
      change.verb === 'delete'
        ? []
        : [...kindOf(change.after, kinds).needs(change.after), ...(after.get(change.ref) ?? [])],
    );
    if (changes.length > 0 && changes.every(({ ref }) => NOT_HERE.includes(kindIn(ref)))) skipped.add(i);
    else if (
      changes.some(({ ref }) => unlike.has(ref)) ||
      dependsOn.some((ref) => unlike.has(ref)) ||
      waitsFor.some((earlier) => out.has(earlier))
    )
      out.add(i);
  }
  const numbers = [...plan.steps.keys()].filter((i) => !out.has(i) && !skipped.has(i));
  const place = new Map(numbers.map((number, i) => [number, i]));
  const steps = numbers.flatMap((number) => {
    const step = plan.steps[number];
    return step === undefined
      ? []
      : [{ ...step, waitsFor: step.waitsFor.flatMap((earlier) => place.get(earlier) ?? []) }];
  });
  return { plan: { changes: steps.flatMap(({ changes }) => changes), steps }, numbers };
}

/** What needs a daemon that the copy has not: nobody releases its leases. */
export function unserved(observed: State, unlike: readonly Ref[]): readonly Ref[] {
  const servers = unlike.flatMap((ref) => {
    const resource = observed.get(ref);
    return resource?.kind === 'process' && 'argv' in resource && Array.isArray(resource.argv)
      ? resource.argv.filter((word): word is string => typeof word === 'string')
      : [];
  });
  return [...observed].flatMap(([ref, resource]) =>
    resource.kind === 'lease' && 'link' in resource && servers.includes(`--interface=${String(resource.link)}`)
      ? [ref]
      : [],
  );
}

/**
 * What a kernel gives by itself, and nobody can ask for: numbers of taps, and addresses that it makes when it sees a
 * carrier.
 */
const OWN_CHOICE: readonly string[] = ['kernelAssigned', 'generated'];

/** What of two looks at one host, one of them at its copy, is not the same. */
export function unlikeIn(observed: State, copied: State): readonly Ref[] {
  const said = (state: State, ref: Ref): string | undefined => {
    const resource = state.get(ref);
    return resource === undefined
      ? undefined
      : JSON.stringify(resource, (name, value: unknown) => (OWN_CHOICE.includes(name) ? undefined : value));
  };
  return [...new Set([...observed.keys(), ...copied.keys()])].filter(
    (ref) => said(observed, ref) !== said(copied, ref),
  );
}
