// kinds/flow/model.ts — the connections that a floating address may have with an instance. Those of a pair that is
// wanted no more are cut.
import type { HostReader, Resource } from '../../core/resource.ts';

export interface Flow extends Resource, Pair {
  readonly kind: 'flow';
}

export interface Pair {
  readonly floating: string;
  /** The instance's own address. */
  readonly fixed: string;
}

/** Which pairs the rules of a host translate, be they wanted or not. Whoever knows rules tells it. */
export interface Pairs {
  all(host: HostReader): Promise<readonly Pair[]>;
  /** In these chains, by key; undefined where all have to be read. */
  inChains(host: HostReader, names: readonly string[]): Promise<readonly Pair[] | undefined>;
}
