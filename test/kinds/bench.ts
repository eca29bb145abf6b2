// test/kinds/bench.ts — one or more kinds on a host, through the core: what is planned for a wanted state, and what it
// does.
import { diff } from '../../src/core/diff.ts';
import { observe } from '../../src/core/observe.ts';
import { order } from '../../src/core/order.ts';
import { refOf } from '../../src/core/resource.ts';
import type { Driver, Kinds, Op, Plan, Resource, State, Wanted } from '../../src/core/resource.ts';

export class Bench {
  readonly kinds: Kinds;
  readonly host: Driver;

  constructor(host: Driver, kinds: Kinds) {
    this.host = host;
    this.kinds = kinds;
  }

  async observe(wanted: readonly Resource[] = []): Promise<State> {
    this.host.invalidate();
    return await observe(this.host, this.stateOf(wanted), this.kinds, {});
  }

  async plan(resources: readonly Resource[]): Promise<Plan> {
    const wanted: Wanted = { state: this.stateOf(resources), because: new Map(), after: new Map(), waiting: [] };
    return order(diff(await this.observe(resources), wanted, this.kinds), wanted, this.kinds);
  }

  /** Says what was performed. */
  async apply(resources: readonly Resource[]): Promise<readonly Op[]> {
    const ops = (await this.plan(resources)).steps.flatMap((step) => step.ops);
    for (const op of ops) await this.host.perform(op);
    return ops;
  }

  private stateOf(resources: readonly Resource[]): State {
    return new Map(resources.map((resource) => [refOf(resource, this.kinds), resource]));
  }
}
