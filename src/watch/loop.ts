// watch/loop.ts — the life of a watch: it waits for a reason to look, leases the host for a round, and schedules the
// next by what came of it.
import type { Ref, Reporter } from '../core/resource.ts';
import type { Hint } from '../core/hint.ts';
import type { Watcher } from '../report/watch-events.ts';
import { Scheduler } from './scheduler.ts';
import { Backoff } from './backoff.ts';
import type { Cause, MonitorState, WatchState } from '../report/watch-state.ts';
import { renderRolledBack } from '../transaction/atomic-groups.ts';
import { begin } from '../transaction/begin.ts';
import type { World } from '../pipeline/world.ts';
import type { HostLock } from './host-lock.ts';
import { keepOrRollBack } from './keep-or-roll-back.ts';
import { Notices } from './notices.ts';
import { keepLearnt, look, planAgain, repair } from './round.ts';
import type { Known } from './round.ts';
import { SpecState } from './spec-state.ts';
import { Specs } from './specs.ts';
import type { SpecsOptions } from './specs.ts';
import { StateTracker } from './state-tracker.ts';
import { messageOf, orThrow, rendered } from './explain.ts';

export interface LoopOptions extends SpecsOptions {
  lock(): Promise<HostLock>;
  /** Milliseconds between two looks at everything, where nothing asks for one. */
  readonly resync: number;
  readonly tell: Watcher;
  /** Called when a round has ended, with whether daemons may have been started in it. */
  ended(mayHaveStarted: boolean): void;
  readonly signal: AbortSignal;
}

export class Loop {
  private readonly options: LoopOptions;
  private readonly scheduler: Scheduler;
  private readonly backoff = new Backoff();
  private readonly tracker: StateTracker;
  private readonly notices: Notices;
  private readonly specs: Specs;
  private known: Known | undefined;
  /** What was last known of the host, for `status`: kept also where a failed round makes it doubtful. */
  private shown: Known | undefined;
  private hints: Hint[] = [];
  /** When the last round began: what was held back then is retried next, also where its timer is late. */
  private roundBegan = 0;
  private wake: () => void = () => undefined;

  constructor(options: LoopOptions) {
    this.options = options;
    this.scheduler = new Scheduler({ resync: options.resync, chance: Math.random });
    const spec = new SpecState(options.tell, options.origin.from);
    this.tracker = new StateTracker(options.tell, spec);
    this.notices = new Notices(options.tell);
    this.specs = new Specs(options, spec, () => {
      this.scheduler.demand('spec');
      this.wake();
    });
  }

  /** Runs until the signal aborts. A step that has begun is executed to its end. */
  async run(): Promise<void> {
    const { signal, origin, tell } = this.options;
    signal.addEventListener('abort', () => {
      this.wake();
    });
    tell({ event: 'begins', from: origin.from });
    await this.specs.begin(signal);
    const watching = await origin.watch(
      () => {
        void this.fetch();
      },
      (message) => {
        tell({ event: 'monitor', name: 'spec', what: message });
      },
    );
    try {
      while (!signal.aborted) {
        const cause = await this.reason();
        if (cause !== undefined) await this.runRound(cause);
      }
    } finally {
      await watching.close();
    }
  }

  /** Takes a hint that the host may have changed, from the monitors. */
  hint(hint: Hint): void {
    // So many at once: everything is looked at in any case, so none of them needs to be kept.
    if (this.hints.length > MOST) this.hints = [{ subsystem: 'everything', why: 'very much changed at once' }];
    else this.hints.push(hint);
    this.scheduler.hinted(performance.now());
    this.wake();
  }

  /** On SIGHUP: the spec is read again, everything is looked at, and what is held back is retried. */
  reload(): void {
    this.options.tell({ event: 'reload' });
    this.backoff.tryAll();
    this.scheduler.demand('reload');
    void this.fetch();
    this.wake();
  }

  state(): WatchState {
    return this.tracker.state(this.backoff, this.scheduler.busySince);
  }

  /** What was last seen of the host, for `netctl status`. */
  seen(): Known | undefined {
    return this.shown;
  }

  monitored(monitors: readonly MonitorState[], message?: { readonly name: string; readonly what: string }): void {
    this.tracker.monitored(monitors, message);
  }

  get from(): string {
    return this.options.origin.from;
  }

  /** The state in one line, for systemd: `the host is in sync with the spec`. */
  headline(): string {
    return this.tracker.headline();
  }

  /** Why the watch counts as hung, where a restart by systemd could help. */
  ailment(): string | undefined {
    const { busySince } = this.scheduler;
    const busy = busySince === undefined ? 0 : performance.now() - busySince;
    return busy < HUNG ? undefined : `it has been at one thing for ${Math.round(busy / 1000)} s`;
  }

  private async reason(): Promise<Cause | undefined> {
    const now = performance.now();
    const due = this.scheduler.due(now, {
      hasTarget: this.specs.isAny,
      hasHints: this.hints.length > 0,
      retry: earliest(this.backoff.next(this.roundBegan), this.specs.retryAt),
    });
    if (due !== undefined && due.at <= now) return due.cause;
    await new Promise<void>((resolve) => {
      const timer = due === undefined ? undefined : setTimeout(resolve, Math.min(due.at - now, 2 ** 30));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return undefined;
  }

  private async runRound(cause: Cause): Promise<void> {
    let lock: HostLock | undefined;
    const now = performance.now();
    this.scheduler.begins(now);
    this.roundBegan = now;
    const hints =
      cause === 'drift' || cause === 'spec'
        ? this.takeHints()
        : [{ subsystem: 'everything' as const }, ...this.takeHints()];
    let found = false;
    let whole = false;
    try {
      lock = await this.options.lock();
      const round = await this.round(
        observed(lock.world, (event) => {
          this.tracker.step(event);
        }),
        cause,
        lock.alone ? hints : [{ subsystem: 'everything' }, ...hints],
      );
      ({ found, whole } = round);
      this.tracker.unblocked();
    } catch (error) {
      if (this.options.signal.aborted) return;
      // The round may have failed halfway: the next one reads everything.
      this.known = undefined;
      whole = true;
      this.scheduler.blocked(performance.now());
      this.tracker.blocked(messageOf(error), this.scheduler.retryAt ?? 0);
    } finally {
      lock?.release();
      this.scheduler.ended(performance.now(), { found, whole });
      this.options.ended(found || whole);
    }
  }

  private takeHints(): readonly Hint[] {
    const hints = this.hints;
    this.hints = [];
    return hints;
  }

  private async round(
    world: World,
    cause: Cause,
    hints: readonly Hint[],
  ): Promise<{ readonly found: boolean; readonly whole: boolean }> {
    const isHeld = (ref: Ref): boolean => this.backoff.holds(ref, performance.now());
    const adopted = await this.specs.adopt(world);
    if (adopted !== undefined) this.backoff.tryAll();
    if (this.specs.inForce === undefined) return { found: false, whole: false };
    let looked = adopted ?? orThrow(await look(world, this.specs.inForce, this.known, hints, isHeld));
    this.knows(looked.known);
    if (looked.whole) this.specs.keep();
    if (looked.whole) this.notices.conflictsWith(looked.known.conflicts);
    this.notices.leftAsChanged(looked.changed);
    this.backoff.keepOnly((ref) => looked.known.wanted.state.has(ref) || looked.known.observed.has(ref));
    const errors = this.specs.errorsOf(looked);
    const whollyAgainst = errors.filter(({ against }) => against === undefined);
    if (whollyAgainst.length > 0) {
      this.tracker.looked(cause, looked, this.backoff, world);
      throw new Error(rendered(whollyAgainst));
    }
    this.tracker.prevented(looked, errors, this.backoff, world);
    // What the errors do not concern is executed all the same.
    if (errors.length > 0) looked = planAgain(world, looked, isHeld);
    if (looked.prepared.plan.steps.length === 0) {
      if (looked.whole || looked.prepared.isOutdated) this.knows(await keepLearnt(world, looked));
      this.tracker.looked(cause, looked, this.backoff, world);
      return { found: false, whole: looked.whole };
    }
    this.notices.wouldAsk(looked.prepared.problems);
    const begun =
      adopted === undefined
        ? undefined
        : await begin(
            world,
            looked.prepared,
            this.specs.revision === undefined ? {} : { revision: this.specs.revision },
          );
    const during: Hint[] = [];
    const repaired = await repair(world, looked, () => {
      during.push(...this.takeHints());
      return during;
    });
    this.knows(repaired.known);
    if (begun !== undefined && !(await keepOrRollBack(world, begun, repaired.settled, this.options.tell))) {
      this.known = undefined;
      this.specs.withdraw();
      this.scheduler.demand('spec');
      return { found: true, whole: true };
    }
    // After a partial look, what failed is no failure yet: the hints of one change may come one after the other, so
    // everything is looked at first.
    const mayErr = !looked.whole && !repaired.settled;
    this.tracker.applied(
      cause,
      looked,
      repaired,
      { before: hints, meanwhile: [...during, ...this.hints] },
      this.backoff,
      !mayErr,
      world,
    );
    for (const one of repaired.rolledBack)
      this.options.tell({ event: 'monitor', name: 'uplink', what: renderRolledBack([one]).trim() });
    // Where the move of an interface was rolled back, the rest of the plan does not wait for its retry.
    if (mayErr || repaired.rolledBack.length > 0) {
      this.hints.push({
        subsystem: 'everything',
        why: mayErr ? 'a part of the host was not enough' : 'the rest is still to be done',
      });
      this.scheduler.demand('drift');
    }
    return { found: true, whole: looked.whole };
  }

  private knows(known: Known): void {
    this.known = known;
    this.shown = known;
  }

  private async fetch(): Promise<void> {
    await this.specs.fetch();
    this.wake();
  }
}

/** More hints than this are replaced by one for everything. */
const MOST = 10_000;
/** Milliseconds that a round may take before the watch counts as hung: twice the longest that one tool may. */
const HUNG = 600_000;

function observed(world: World, see: Reporter): World {
  return {
    ...world,
    report: (event) => {
      see(event);
      world.report(event);
    },
  };
}

function earliest(...instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
