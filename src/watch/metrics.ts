// watch/metrics.ts — the metrics of a watch over HTTP, counted as things happen and measured when they are asked for.
import type { Gauges, Metrics } from '../report/metrics.ts';
import { serveMetrics } from '../service/http.ts';
import type { WatchState } from '../report/watch-state.ts';
import { networkOccupancy, poolOccupancy } from '../pipeline/occupancy/occupancy.ts';
import { countsOf } from '../pipeline/occupancy/format.ts';
import type { Known } from './round.ts';

/** What is asked when somebody asks. */
export interface Measured {
  state(): WatchState;
  seen(): Known | undefined;
  /** Why the watch does not do its work, if so: what a supervisor could mend by starting it anew. */
  ailment(): string | undefined;
}

/** Listens. Throws an Error for the operator where it cannot. */
export async function publish(metrics: Metrics, listen: string, watch: Measured): Promise<{ close(): Promise<void> }> {
  return await serveMetrics(listen, {
    metrics: () => {
      metrics.set(watch.state(), gaugesOf(watch.seen()));
      return metrics.text();
    },
    health: () => {
      const ailment = watch.ailment();
      return {
        ok: ailment === undefined,
        text:
          ailment ??
          (watch.state().settled
            ? 'ok: the host is in sync with the spec'
            : 'ok: the host is not in sync with the spec, see netctl status'),
      };
    },
  });
}

function gaugesOf(known: Known | undefined): Gauges {
  if (known === undefined) return { pools: [], allocations: [] };
  const { spec, facts, requests, before: stored } = known.desired;
  const stands = { spec, facts, requests, stored, now: Date.now() };
  return {
    pools: [
      ...spec.networks.map((network) => ({
        pool: `networks.${network.name}`,
        ...countsOf(networkOccupancy(network, stands)),
      })),
      ...spec.pools.map((pool) => ({ pool: `pools.${pool.name}`, ...countsOf(poolOccupancy(pool, stands)) })),
    ].map(({ pool, used, free, reserved, quarantined }) => ({ name: pool, used, free, reserved, quarantined })),
    allocations: Object.entries(stored.allocations).map(([pool, holders]) => ({
      pool,
      held: Object.keys(holders).length,
    })),
  };
}
