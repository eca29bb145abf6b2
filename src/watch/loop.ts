// watch/loop.ts — the life of a watch: waits for a reason to look, takes its turn on the host, and minds what came of
// it.
import type { Settings } from '../pipeline/settings.ts';
import type { Ref, Reporter } from '../core/resource.ts';
import type { Sign } from '../core/sign.ts';
import type { Watcher } from '../report/watch-events.ts';
import { Scheduler } from './scheduler.ts';
import { Backoff } from './backoff.ts';
import type { Cause, MonitorState, WatchState } from '../report/watch-state.ts';
import { renderRolledBack } from '../transaction/bundles.ts';
import { begin, nowSilent, silence } from '../transaction/begin.ts';
import type { Begun } from '../transaction/begin.ts';
import { rollBack } from '../transaction/revert.ts';
import type { World } from '../pipeline/world.ts';
import { Account } from './account.ts';
import { keepLearnt, look, planAgain, repair } from './round.ts';
import type { Known } from './round.ts';
import { Specs } from './specs.ts';
import type { SpecsOptions } from './specs.ts';
import { messageOf, orThrow, rendered } from './words.ts';

/** The host for as long as one round takes: nobody else changes it. */
export interface Turn {
  readonly world: World;
  /** No other netctl was running since the last turn. */
  readonly alone: boolean;
  end(): void;
}

/** What a turn tells whoever takes it: tools that it starts, whom it waits for, what it has to say, and each step. */
export interface TurnListener {
  onSpawn(pid: number, argv: readonly string[]): void;
  waitsFor(holder: string): void;
  says(text: string): void;
  readonly report: Reporter;
}

export type TakingTurns = (settings: Settings, signal: AbortSignal, told: TurnListener) => () => Promise<Turn>;

export interface LoopOptions extends SpecsOptions {
  takeTurn(): Promise<Turn>;
  /** Milliseconds. */
  readonly resync: number;
  readonly tell: Watcher;
  /** A turn has ended. Whether daemons may have been started in it. */
  ended(mayHaveStarted: boolean): void;
  readonly signal: AbortSignal;
}

export class Loop {
  private readonly options: LoopOptions;
  private readonly scheduler: Scheduler;
  private readonly backoff = new Backoff();
  private readonly account: Account;
  private readonly specs: Specs;
  private known: Known | undefined;
  /** What was last known, also when it may be wrong by now. */
  private shown: Known | undefined;
  private signs: Sign[] = [];
  /** When the last turn began: what was left alone then is still to be tried, however late the timer for it is. */
  private turnedAt = 0;
  private wake: () => void = () => undefined;

  constructor(options: LoopOptions) {
    this.options = options;
    this.scheduler = new Scheduler({ resync: options.resync, chance: Math.random });
    this.account = new Account(options.tell, options.origin.from);
    this.specs = new Specs(options, this.account, () => {
      this.scheduler.demand('spec');
      this.wake();
    });
  }

  /** Until the signal says otherwise. A step that was begun is done to its end. */
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
        if (cause !== undefined) await this.turn(cause);
      }
    } finally {
      await watching.close();
    }
  }

  /** Something tells that the host may have changed. */
  sign(sign: Sign): void {
    // So many at once that all is to be looked at in any case.
    if (this.signs.length > MOST) this.signs = [{ part: 'everything', why: 'very much changed at once' }];
    else this.signs.push(sign);
    this.scheduler.signed(performance.now());
    this.wake();
  }

  /** The operator's word: the spec is read again, everything is looked at, and what waits is tried. */
  reload(): void {
    this.options.tell({ event: 'reload' });
    this.backoff.tryAll();
    this.scheduler.demand('reload');
    void this.fetch();
    this.wake();
  }

  state(): WatchState {
    return this.account.state(this.backoff, this.scheduler.busySince);
  }

  /** What was last seen of the host, for whoever asks how it is. */
  seen(): Known | undefined {
    return this.shown;
  }

  monitored(monitors: readonly MonitorState[], message?: { readonly name: string; readonly what: string }): void {
    this.account.monitored(monitors, message);
  }

  get from(): string {
    return this.options.origin.from;
  }

  /** In a few words, for systemd. */
  headline(): string {
    return this.account.headline();
  }

  /** Why it does not do its work, where starting it anew could help. */
  ailment(): string | undefined {
    const { busySince } = this.scheduler;
    const busy = busySince === undefined ? 0 : performance.now() - busySince;
    return busy < HUNG ? undefined : `it has been at one thing for ${Math.round(busy / 1000)} s`;
  }

  private async reason(): Promise<Cause | undefined> {
    const now = performance.now();
    const due = this.scheduler.due(now, {
      hasTarget: this.specs.isAny,
      hasSigns: this.signs.length > 0,
      retry: earliest(this.backoff.next(this.turnedAt), this.specs.retryAt),
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

  private async turn(cause: Cause): Promise<void> {
    let turn: Turn | undefined;
    const now = performance.now();
    this.scheduler.begins(now);
    this.turnedAt = now;
    const signs =
      cause === 'drift' || cause === 'spec' ? this.takeSigns() : [{ part: 'everything' as const }, ...this.takeSigns()];
    let found = false;
    let whole = false;
    try {
      turn = await this.options.takeTurn();
      const round = await this.round(
        observed(turn.world, (event) => {
          this.account.step(event);
        }),
        cause,
        turn.alone ? signs : [{ part: 'everything' }, ...signs],
      );
      ({ found, whole } = round);
      this.account.unblocked();
    } catch (error) {
      if (this.options.signal.aborted) return;
      // What is known may be wrong now.
      this.known = undefined;
      whole = true;
      this.scheduler.blocked(performance.now());
      this.account.blocked(messageOf(error), this.scheduler.retryAt ?? 0);
    } finally {
      turn?.end();
      this.scheduler.ended(performance.now(), { found, whole });
      this.options.ended(found || whole);
    }
  }

  private takeSigns(): readonly Sign[] {
    const signs = this.signs;
    this.signs = [];
    return signs;
  }

  private async round(
    world: World,
    cause: Cause,
    signs: readonly Sign[],
  ): Promise<{ readonly found: boolean; readonly whole: boolean }> {
    const isHeld = (ref: Ref): boolean => this.backoff.holds(ref, performance.now());
    const adopted = await this.specs.adopt(world);
    if (adopted !== undefined) this.backoff.tryAll();
    if (this.specs.inForce === undefined) return { found: false, whole: false };
    let looked = adopted ?? orThrow(await look(world, this.specs.inForce, this.known, signs, isHeld));
    this.knows(looked.known);
    if (looked.whole) this.specs.keep();
    if (looked.whole) this.account.blockedBy(looked.known.conflicts);
    this.account.changedBy(looked.changed);
    this.backoff.keepOnly((ref) => looked.known.wanted.state.has(ref) || looked.known.observed.has(ref));
    const errors = this.specs.errorsOf(looked);
    const whollyAgainst = errors.filter(({ against }) => against === undefined);
    if (whollyAgainst.length > 0) {
      this.account.looked(cause, looked, this.backoff, world);
      throw new Error(rendered(whollyAgainst));
    }
    this.account.prevented(looked, errors, this.backoff, world);
    // The rest is done all the same.
    if (errors.length > 0) looked = planAgain(world, looked, isHeld);
    if (looked.prepared.plan.steps.length === 0) {
      if (looked.whole || looked.prepared.isOutdated) this.knows(await keepLearnt(world, looked));
      this.account.looked(cause, looked, this.backoff, world);
      return { found: false, whole: looked.whole };
    }
    this.account.wouldAsk(looked.prepared.problems);
    const begun =
      adopted === undefined
        ? undefined
        : await begin(
            world,
            looked.prepared,
            this.specs.revision === undefined ? {} : { revision: this.specs.revision },
          );
    const during: Sign[] = [];
    const repaired = await repair(world, looked, () => {
      during.push(...this.takeSigns());
      return during;
    });
    this.knows(repaired.known);
    if (begun !== undefined && !(await this.keeps(world, begun, repaired.settled))) return { found: true, whole: true };
    // What a part of the host led to is no failure before all of it was looked at: signs of one change may come one
    // after the other.
    const mayErr = !looked.whole && !repaired.settled;
    this.account.applied(
      cause,
      looked,
      repaired,
      { before: signs, meanwhile: [...during, ...this.signs] },
      this.backoff,
      !mayErr,
      world,
    );
    for (const one of repaired.rolledBack)
      this.options.tell({ event: 'monitor', name: 'uplink', what: renderRolledBack([one]).trim() });
    // What was stopped when the move of an interface failed need not wait until that is tried again.
    if (mayErr || repaired.rolledBack.length > 0) {
      this.signs.push({
        part: 'everything',
        why: mayErr ? 'a part of the host was not enough' : 'the rest is still to be done',
      });
      this.scheduler.demand('drift');
    }
    return { found: true, whole: looked.whole };
  }

  /** Whether a spec that has just been applied is one to stay with: what answered before must answer now. */
  private async keeps(world: World, begun: Begun, settled: boolean): Promise<boolean> {
    const silent = await nowSilent(world, begun);
    if (silent.length === 0) {
      world.generations.end(begun.generation.number, { is: 'kept', settled });
      return true;
    }
    await rollBack(
      {
        ...world,
        print: {
          out: () => undefined,
          err: (text) => {
            this.options.tell({ event: 'monitor', name: 'spec', what: text.trim() });
          },
        },
      },
      begun.generation.number,
      begun.record,
      silence(silent),
    );
    this.known = undefined;
    this.specs.withdraw();
    this.scheduler.demand('spec');
    return false;
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

/** Signs that are kept one by one. */
const MOST = 10_000;
/** Milliseconds that a turn may take before the watch counts as hung: the longest that one tool may, twice. */
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
