// kinds/flow/model.ts — the connections that a floating address may have with an instance. Those of a pair that is
// wanted no more are cut.
import type { Resource } from '../../core/resource.ts';

export interface Flow extends Resource {
  readonly kind: 'flow';
  readonly floating: string;
  /** The instance's own address. */
  readonly fixed: string;
}
