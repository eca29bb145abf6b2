// report/metrics.ts — a watch in numbers, for Prometheus.
import { kindIn } from '../core/ref.ts';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Watcher } from './watch-events.ts';
import type { WatchState } from './watch-state.ts';

/** What only the spec and the store can tell. */
export interface Gauges {
  readonly pools: readonly {
    readonly name: string;
    readonly used: number;
    readonly free: number;
    readonly reserved: number;
    readonly quarantined: number;
  }[];
  readonly allocations: readonly { readonly pool: string; readonly held: number }[];
}

export interface Metrics {
  /** Counts what happens. */
  readonly watcher: Watcher;
  /** How it stands. */
  set(state: WatchState, counts: Gauges): void;
  text(): Promise<string>;
  readonly contentType: string;
}

/** Values of a label that come from a spec or a host; those beyond are one, so that no spec makes Prometheus choke. */
const MOST = 200;
const OTHERS = '(others)';
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** Gauges that are named like counters, which Prometheus' linter objects to. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];
const PHASES = ['read', 'plan', 'execute', 'verify'] as const;

/** Numbers of one watch, in a registry of their own. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  // A timer of 10 ms, the default, would wake an idle host a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 250 });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const at = { registers: [registry] };
  new Gauge({
    ...at,
    name: 'netctl_build_info',
    help: 'Which netctl runs, always 1.',
    labelNames: ['version', 'node'],
  }).set({ version, node: process.version }, 1);
  return { watcher: counting(at), set: setting(at), text: () => registry.metrics(), contentType: registry.contentType };
}

interface At {
  readonly registers: Registry[];
}

function counting(at: At): Watcher {
  const apply = new Histogram({
    ...at,
    name: 'netctl_apply_duration_seconds',
    help: 'How long a phase of an apply took, by what made it necessary.',
    labelNames: ['phase', 'cause'],
    buckets: SECONDS,
  });
  const check = new Histogram({
    ...at,
    name: 'netctl_check_duration_seconds',
    help: 'How long a check took that found nothing to do, of everything (whole) or of what events named.',
    labelNames: ['whole'],
    buckets: SECONDS,
  });
  const checks = new Counter({
    ...at,
    name: 'netctl_checks_total',
    help: 'Checks that found nothing to do, by why the host was checked.',
    labelNames: ['cause', 'whole'],
  });
  const applies = new Counter({
    ...at,
    name: 'netctl_applies_total',
    help: 'Applies, by what made them necessary and whether the host was in sync with the spec afterwards.',
    labelNames: ['cause', 'settled'],
  });
  const changes = new Counter({
    ...at,
    name: 'netctl_changes_total',
    help: 'Changes made to the host, by kind of thing, verb, and what made them necessary.',
    labelNames: ['kind', 'verb', 'cause'],
  });
  const repaired = new Counter({
    ...at,
    name: 'netctl_drift_repaired_total',
    help: 'Things that another process had changed and that were repaired.',
    labelNames: ['kind'],
  });
  const failures = new Counter({
    ...at,
    name: 'netctl_failures_total',
    help: 'Times that a thing could not be made as the spec says.',
    labelNames: ['kind'],
  });
  const driftConflicts = new Counter({
    ...at,
    name: 'netctl_drift_conflicts_total',
    help: 'Times that repairs of a thing were put off, since another process keeps changing it back.',
    labelNames: ['kind'],
  });
  const obstacles = new Counter({
    ...at,
    name: 'netctl_obstacles_total',
    help: 'Times that a check or an apply was prevented as a whole.',
  });
  const specs = new Counter({
    ...at,
    name: 'netctl_specs_total',
    help: 'Specs that came, by what became of them: in force or refused.',
    labelNames: ['outcome'],
  });
  for (const outcome of ['in-force', 'refused']) specs.inc({ outcome }, 0);
  const kindNamed = bounded();
  return (event) => {
    switch (event.event) {
      case 'checked':
        checks.inc({ cause: event.cause, whole: String(event.whole) });
        check.observe({ whole: String(event.whole) }, event.seconds.read + event.seconds.plan);
        break;
      case 'applied':
        applies.inc({ cause: event.cause, settled: String(event.settled) });
        for (const phase of PHASES) apply.observe({ phase, cause: event.cause }, event.seconds[phase]);
        break;
      case 'changed': {
        const kind = kindNamed(event.kind);
        changes.inc({ kind, verb: event.verb, cause: event.cause });
        if (event.cause === 'drift') repaired.inc({ kind });
        break;
      }
      case 'failed':
        failures.inc({ kind: kindNamed(kindIn(event.failure.ref)) });
        break;
      case 'drift-conflict':
        driftConflicts.inc({ kind: kindNamed(kindIn(event.conflict.ref)) });
        break;
      case 'obstacle':
        obstacles.inc();
        break;
      case 'spec-in-force':
        specs.inc({ outcome: 'in-force' });
        break;
      case 'spec-refused':
        specs.inc({ outcome: 'refused' });
        break;
      case 'begins':
      case 'ready':
      case 'conflict':
      case 'recovered':
      case 'monitor':
      case 'reload':
      case 'ends':
        break;
    }
  };
}

function setting(at: At): Metrics['set'] {
  const gauge = (name: string, help: string): Gauge => new Gauge({ ...at, name, help });
  const settled = gauge('netctl_settled', 'Whether the host was in sync with the spec when it was last checked.');
  const differing = gauge('netctl_differing', 'Things of the host that are not as the spec says.');
  const failing = gauge('netctl_failing', 'Things that could not be made as the spec says, and are tried again.');
  const conflicting = gauge('netctl_drift_conflicts_active', 'Things that another process keeps changing back.');
  const obstructed = gauge('netctl_obstructed', 'Whether something prevents checks or applies as a whole.');
  const refused = gauge('netctl_spec_refused', 'Whether the newest spec is refused, and an older one is in force.');
  const since = gauge('netctl_start_time_seconds', 'When the watch began.');
  const success = gauge('netctl_last_success_timestamp_seconds', 'When the host was last seen in sync with the spec.');
  const whole = gauge('netctl_last_full_check_timestamp_seconds', 'When all of the host was last checked.');
  const applied = gauge('netctl_last_apply_timestamp_seconds', 'When something was last changed.');
  const spec = new Gauge({
    ...at,
    name: 'netctl_spec_info',
    help: 'Which spec is in force, always 1.',
    labelNames: ['revision', 'from'],
  });
  const up = new Gauge({
    ...at,
    name: 'netctl_monitor_up',
    help: 'Whether it runs, which tells of changes of the host.',
    labelNames: ['monitor'],
  });
  const restarts = new Counter({
    ...at,
    name: 'netctl_monitor_restarts_total',
    help: 'How often it had to be started again.',
    labelNames: ['monitor'],
  });
  const addresses = new Gauge({
    ...at,
    name: 'netctl_pool_addresses',
    help: 'Addresses of a network or pool.',
    labelNames: ['pool', 'state'],
  });
  const allocations = new Gauge({
    ...at,
    name: 'netctl_allocations',
    help: 'What is given out of a pool.',
    labelNames: ['pool'],
  });
  return (state, { pools, allocations: held }) => {
    settled.set(Number(state.settled));
    differing.set(state.differs.length);
    failing.set(state.failures.length);
    conflicting.set(state.driftConflicts.length);
    obstructed.set(Number(state.obstacle !== undefined));
    refused.set(Number(state.refused !== undefined));
    since.set(secondsOf(state.since));
    if (state.settled && state.lastCheck !== undefined) success.set(secondsOf(state.lastCheck));
    if (state.lastFullCheck !== undefined) whole.set(secondsOf(state.lastFullCheck));
    if (state.lastApply !== undefined) applied.set(secondsOf(state.lastApply.at));
    for (const each of [spec, up, restarts, addresses, allocations]) each.reset();
    if (state.spec !== undefined) spec.set({ revision: state.spec.revision, from: state.spec.from }, 1);
    for (const monitor of state.monitors) {
      // How often it looks changes, and is no part of what it is.
      const name = { monitor: monitor.name.replace(/ every .*/, '') };
      up.set(name, Number(monitor.state === 'running'));
      restarts.inc(name, monitor.restarts);
    }
    const poolNamed = bounded();
    for (const { name, ...counts } of pools) {
      const pool = poolNamed(name);
      for (const condition of ['used', 'free', 'reserved', 'quarantined'] as const)
        addresses.inc({ pool, state: condition }, counts[condition]);
    }
    const heldNamed = bounded();
    for (const each of held) allocations.inc({ pool: heldNamed(each.pool) }, each.held);
  };
}

/** The name itself, for the first so many of them. */
function bounded(): (name: string) => string {
  const known = new Set<string>();
  return (name) => {
    if (known.size < MOST) known.add(name);
    return known.has(name) ? name : OTHERS;
  };
}

function secondsOf(instant: string): number {
  return Date.parse(instant) / 1000;
}
