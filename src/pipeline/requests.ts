// pipeline/requests.ts — what a spec asks to be held: addresses and MACs.
import type { Request } from '../allocate/allocate.ts';
import type { Facts } from '../core/facts.ts';
import type { Feature } from '../features/feature.ts';
import type { Spec } from '../specfile/model.ts';

export function requestsOf(features: readonly Feature[], spec: Spec, facts: Facts): readonly Request[] {
  return features.flatMap((feature) => [...(feature.requests?.(spec, facts) ?? [])]);
}
