// guards/foreign.ts — what somebody else made is never taken over, however well its name fits.
import { kindOf } from '../core/resource.ts';
import type { Diagnostic, Guard, Kinds, Ref, Wanted } from '../core/resource.ts';

/** Refuses a plan that needs a name or an address which somebody else has on this host. */
export const foreign: Guard = function* (_plan, observed, wanted, kinds) {
  const others = [...observed].filter(([, resource]) => resource.foreign);
  if (others.length === 0) return;
  const claims = claimsWanted(wanted, kinds);
  for (const [ref, resource] of others) {
    const claimed = (kindOf(resource, kinds).claims?.(resource) ?? []).find((claim) => claims.has(claim));
    const rival = wanted.state.has(ref) ? ref : claimed === undefined ? undefined : claims.get(claimed);
    if (rival !== undefined) yield inTheWay(ref, rival, resource.kind, wanted);
  }
};

function claimsWanted(wanted: Wanted, kinds: Kinds): ReadonlyMap<string, Ref> {
  return new Map(
    [...wanted.state].flatMap(([ref, resource]) =>
      (kindOf(resource, kinds).claims?.(resource) ?? []).map((claim) => [claim, ref] as const),
    ),
  );
}

function inTheWay(ref: Ref, rival: Ref, kind: string, wanted: Wanted): Diagnostic {
  return {
    severity: 'error',
    code: `${kind}-foreign`,
    against: [rival],
    at: (wanted.because.get(rival) ?? []).slice(0, 1),
    message:
      ref === rival
        ? `${ref} is there already and is not netctl's`
        : `${ref} is there already, is not netctl's, and conflicts with ${rival}`,
    hint: 'use another name or address in the spec, or remove it yourself if nobody needs it',
  };
}
