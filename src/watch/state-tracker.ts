// watch/state-tracker.ts — the state of a watch: it tells each change of it as an event, and the whole when asked.
import { kindIn, nameIn } from '../core/ref.ts';
import type { Change, Event, Plan, Ref } from '../core/resource.ts';
import type { Hint } from '../core/hint.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';
import type { Watcher } from '../report/watch-events.ts';
import type { Backoff } from './backoff.ts';
import type {
  Applied,
  Cause,
  Difference,
  Failure,
  DriftConflict,
  MonitorState,
  Obstacle,
  WatchState,
} from '../report/watch-state.ts';
import type { World } from '../pipeline/world.ts';
import type { Looked, Repaired } from './round.ts';
import { culprit, differenceAt, differenceOf } from './differences.ts';
import { iso } from './instants.ts';
import type { SpecState } from './spec-state.ts';
import { rendered } from './explain.ts';

/** Milliseconds that a round may take before `status` shows it. */
const BUSY = 1_000;

export class StateTracker {
  private readonly tell: Watcher;
  private readonly spec: SpecState;
  private readonly since = iso();
  private settled: { readonly is: boolean; readonly since: string } | undefined;
  private isReady = false;
  private lastCheck: string | undefined;
  private lastFullCheck: string | undefined;
  private lastApply: Applied | undefined;
  private differing = new Map<Ref, Difference>();
  private preventing: ReadonlyMap<Ref, Difference> = new Map();
  private obstacle: Obstacle | undefined;
  private monitors: readonly MonitorState[] = [];
  private plan: Plan | undefined;
  private doing: string | undefined;

  constructor(tell: Watcher, spec: SpecState) {
    this.tell = tell;
    this.spec = spec;
  }

  monitored(monitors: readonly MonitorState[], message?: { readonly name: string; readonly what: string }): void {
    this.monitors = monitors;
    if (message !== undefined) this.tell({ event: 'monitor', ...message });
  }

  headline(): string {
    const differing = this.differing.size;
    if (this.obstacle !== undefined)
      return `cannot look after the host: ${this.obstacle.message.split('\n', 1).join('')}`;
    if (this.settled === undefined) return this.spec.refused === undefined ? 'beginning' : 'no good spec yet';
    const host = this.settled.is
      ? 'the host is in sync with the spec'
      : `${differing} ${differing === 1 ? 'thing differs' : 'things differ'} from the spec`;
    return this.spec.refused === undefined ? host : `${host}; a newer spec is refused`;
  }

  blocked(message: string, retryAt: number): void {
    const { since = iso(), tries = 0, message: before } = this.obstacle ?? {};
    this.obstacle = { message, since, tries: tries + 1, nextTry: iso(retryAt) };
    this.unsettle();
    if (before !== message) this.tell({ event: 'obstacle', message, nextTry: this.obstacle.nextTry });
  }

  unblocked(): void {
    if (this.obstacle === undefined) return;
    this.tell({ event: 'recovered', what: this.obstacle.message });
    this.obstacle = undefined;
  }

  looked(cause: Cause, { whole, seconds, differs, prepared }: Looked, backoff: Backoff, world: World): void {
    this.tell({
      event: 'checked',
      cause,
      whole,
      differs: differs.length,
      seconds: { ...seconds, execute: 0, verify: 0 },
    });
    this.found(differs, whole, prepared, backoff, world);
  }

  /**
   * Takes the errors that keep resources from being changed: something of others is in the way, or something is missing
   * that only others can provide. An empty list ends the earlier ones.
   */
  prevented({ prepared }: Looked, errors: readonly LocatedDiagnostic[], backoff: Backoff, world: World): void {
    this.preventing = new Map(
      errors.flatMap((error) => (error.against ?? []).map((ref) => [ref, differenceAt(ref, prepared, world)] as const)),
    );
    for (const error of errors)
      for (const ref of error.against ?? [])
        if (!backoff.holds(ref, performance.now()))
          this.failed(differenceAt(ref, prepared, world), rendered([error]), backoff);
  }

  /**
   * Takes what became of a plan. Unless it `counts`, what failed is no failure yet: it is looked at once more. Hints
   * that came `meanwhile` tell who has undone a change.
   */
  applied(
    cause: Cause,
    looked: Looked,
    repaired: Repaired,
    hints: { readonly before: readonly Hint[]; readonly meanwhile: readonly Hint[] },
    backoff: Backoff,
    counts: boolean,
    world: World,
  ): void {
    const { prepared, whole } = looked;
    const seconds = { ...looked.seconds, ...repaired.seconds };
    const residual = new Set(repaired.residual.map(({ ref }) => ref));
    const done = prepared.plan.steps.flatMap(({ changes }, i) => (repaired.outcomes[i] === 'done' ? changes : []));
    const made = prepared.plan.changes.filter(
      (change) => done.some(({ ref }) => ref === change.ref) && !residual.has(change.ref),
    );
    this.lastApply = {
      at: iso(),
      cause,
      changes: made.length,
      seconds: Object.values(seconds).reduce((a, b) => a + b, 0),
    };
    for (const change of made) {
      const by = culprit(change.ref, [...hints.before, ...hints.meanwhile], world);
      const { what, place } = differenceOf(change, prepared, world);
      this.tell({
        event: 'changed',
        cause,
        kind: kindIn(change.ref),
        verb: change.verb,
        what,
        ...(place === undefined ? {} : { place }),
        ...(by === undefined ? {} : { by }),
      });
      // A retry of what failed repairs nothing that anybody has changed.
      if (cause === 'drift' || cause === 'resync' || (cause === 'retry' && !backoff.failures().has(change.ref)))
        this.conflicting(change, by, prepared, backoff, world);
    }
    this.tell({ event: 'applied', cause, changes: made.length, settled: repaired.differs.length === 0, seconds });
    const failed = new Set<Ref>();
    for (const [i, { changes }] of prepared.plan.steps.entries()) {
      const message = repaired.outcomes[i] === 'done' ? undefined : repaired.refused.get(i)?.message;
      if (message === undefined) continue;
      for (const change of changes) {
        failed.add(change.ref);
        if (counts) this.failed(differenceOf(change, prepared, world), message, backoff);
      }
    }
    // A replacement is a removal and a creation of one ref: it is told once.
    for (const change of new Map(done.map((one) => [one.ref, one])).values()) {
      if (residual.has(change.ref) && !failed.has(change.ref))
        this.undone(change, culprit(change.ref, hints.meanwhile, world), prepared, backoff, counts, world);
    }
    this.found(repaired.differs, whole, prepared, backoff, world);
  }

  /** Takes the events of an execution, to show the step that is under way. */
  step(event: Event): void {
    if (event.event === 'planned') this.plan = event.plan;
    this.doing =
      event.event === 'started'
        ? this.plan?.steps[event.step]?.changes.map(({ verb, ref }) => `${verb} ${ref}`).join(', ')
        : undefined;
  }

  state(backoff: Backoff, busySince: number | undefined): WatchState {
    const now = performance.now();
    const failures = [...backoff.failures()].map(([ref, { message, since, tries, until }]): Failure => ({
      ...this.known(ref),
      message,
      since: iso(since),
      tries,
      nextTry: iso(until),
    }));
    const driftConflicts = [...backoff.driftConflicts(now)].map(
      ([ref, { times, since, until, by }]): DriftConflict => ({
        ...this.known(ref),
        times,
        since: iso(since),
        nextTry: iso(until),
        ...(by === undefined ? {} : { by }),
      }),
    );
    return {
      pid: process.pid,
      since: this.since,
      ...(this.spec.inForce === undefined ? {} : { spec: this.spec.inForce }),
      ...(this.spec.refused === undefined ? {} : { refused: this.spec.refused }),
      settled: this.settled?.is === true,
      ...(this.settled === undefined
        ? {}
        : { [this.settled.is ? 'settledSince' : 'unsettledSince']: this.settled.since }),
      ...(this.lastFullCheck === undefined ? {} : { lastFullCheck: this.lastFullCheck }),
      ...(this.lastCheck === undefined ? {} : { lastCheck: this.lastCheck }),
      ...(this.lastApply === undefined ? {} : { lastApply: this.lastApply }),
      differs: [...this.differing.values()],
      failures,
      driftConflicts,
      ...(this.obstacle === undefined ? {} : { obstacle: this.obstacle }),
      ...(busySince === undefined || now - busySince < BUSY
        ? {}
        : { busy: { since: iso(busySince), ...(this.doing === undefined ? {} : { step: this.doing }) } }),
      monitors: this.monitors,
    };
  }

  private found(
    differs: readonly Change[],
    whole: boolean,
    view: Looked['prepared'],
    backoff: Backoff,
    world: World,
  ): void {
    this.lastCheck = iso();
    if (whole) this.lastFullCheck = this.lastCheck;
    this.differing = new Map([
      ...this.preventing,
      ...differs.map((change) => [change.ref, differenceOf(change, view, world)] as const),
    ]);
    // What failed and differs no more, somebody else has put right.
    for (const ref of [...backoff.failures().keys()]) if (!this.differing.has(ref)) this.succeeded(ref, backoff);
    if (this.differing.size > 0) this.unsettle();
    else if (this.settled?.is !== true) this.settled = { is: true, since: iso() };
    if (this.differing.size > 0 || this.isReady) return;
    this.isReady = true;
    this.tell({ event: 'ready' });
  }

  private unsettle(): void {
    if (this.settled?.is !== false) this.settled = { is: false, since: iso() };
  }

  private succeeded(ref: Ref, backoff: Backoff): void {
    if (backoff.succeeded(ref) !== undefined) this.tell({ event: 'recovered', what: ref });
  }

  private conflicting(
    change: Change,
    by: string | undefined,
    view: Looked['prepared'],
    backoff: Backoff,
    world: World,
  ): void {
    const found = backoff.repaired(change.ref, performance.now(), Math.random(), by);
    if (found === undefined) return;
    const { times, since, until, by: who } = found;
    this.tell({
      event: 'drift-conflict',
      conflict: {
        ...differenceOf(change, view, world),
        times,
        since: iso(since),
        nextTry: iso(until),
        ...(who === undefined ? {} : { by: who }),
      },
    });
  }

  /**
   * Applied, but verification found a difference. Where the kernel tells who made it, it is a drift conflict; else it is a
   * failure, for the change may as well not last by itself.
   */
  private undone(
    change: Change,
    by: string | undefined,
    view: Looked['prepared'],
    backoff: Backoff,
    counts: boolean,
    world: World,
  ): void {
    if (by !== undefined) this.conflicting(change, by, view, backoff, world);
    else if (counts)
      this.failed(
        differenceOf(change, view, world),
        'applied, but verification found differences: another process changes it back at once, or it does not last',
        backoff,
      );
  }

  private failed(difference: Difference, message: string, backoff: Backoff): void {
    const { since, tries, until } = backoff.failed(difference.ref, message, performance.now(), Math.random());
    this.tell({ event: 'failed', failure: { ...difference, message, since: iso(since), tries, nextTry: iso(until) } });
  }

  private known(ref: Ref): Difference {
    return this.differing.get(ref) ?? { ref, how: 'as it should be', what: nameIn(ref) };
  }
}
