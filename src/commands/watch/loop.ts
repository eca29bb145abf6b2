// commands/watch/loop.ts — the life of a watch: waits for a reason to look, takes its turn on the host, and minds what came of it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ref } from '../../core/resource.ts';
import type { Sign } from '../../core/sign.ts';
import { MASS_DELETE } from '../../guards/mass-delete.ts';
import type { Fetched, Origin } from '../../origin/origin.ts';
import type { Placed } from '../../spec/model.ts';
import type { Watcher } from '../../watch/events.ts';
import { Pace } from '../../watch/pace.ts';
import { pause, Patience } from '../../watch/patience.ts';
import type { Cause, MonitorState, WatchState } from '../../watch/state.ts';
import { readHere } from '../prepare.ts';
import type { Read } from '../prepare.ts';
import { Exit } from '../world.ts';
import type { World } from '../world.ts';
import { Account } from './account.ts';
import type { LastGood } from './last-good.ts';
import { keepLearnt, look, planAgain, repair } from './round.ts';
import type { Known, Looked } from './round.ts';
import { messageOf, orThrow, rendered, revisionOf } from './words.ts';

/** The host for as long as one round takes: nobody else changes it. */
export interface Turn {
  readonly world: World;
  /** No other netctl was at work since the last turn. */
  readonly alone: boolean;
  end(): void;
}

export interface LoopOptions {
  readonly origin: Origin;
  readonly lastGood: LastGood;
  /** Which of the spec's hosts this is. */
  readonly host: Pick<World, 'host' | 'hostname'>;
  takeTurn(): Promise<Turn>;
  /** Milliseconds. */
  readonly resync: number;
  readonly allowMassDelete: boolean;
  readonly tell: Watcher;
  /** A turn has ended. Whether daemons may have been started in it. */
  ended(mayHaveStarted: boolean): void;
  readonly signal: AbortSignal;
}

/** A spec that could be read, and is not known to be fit. */
interface Candidate {
  readonly fetched: Fetched;
  readonly read: Read;
  /** It was in force before this watch began; what is wanted now may be another. */
  readonly recalled: boolean;
  /** How often the host was found unfit for it, and until when it is not asked again. */
  readonly tries: number;
  readonly until: number;
}

export class Loop {
  private readonly options: LoopOptions;
  private readonly pace: Pace;
  private readonly patience = new Patience();
  private readonly account: Account;
  private candidate: Candidate | undefined;
  private target: Read | undefined;
  private known: Known | undefined;
  private signs: Sign[] = [];
  /** The texts of the spec in force. */
  private good: Fetched | undefined;
  private wake: () => void = () => undefined;

  constructor(options: LoopOptions) {
    this.options = options;
    this.pace = new Pace({ resync: options.resync, chance: Math.random });
    this.account = new Account(options.tell, options.origin.from);
  }

  /** Until the signal says otherwise. A step that was begun is done to its end. */
  async run(): Promise<void> {
    const { signal, origin, tell } = this.options;
    signal.addEventListener('abort', () => { this.wake(); });
    tell({ event: 'begins', from: origin.from });
    // An unreachable repository must not keep a host from what it had when it was last good.
    await Promise.race([this.refetch(), sleep(FIRST_FETCH, undefined, { signal }).catch(() => undefined)]);
    if (this.candidate === undefined && this.target === undefined) this.recall();
    const watching = await origin.watch(() => { void this.refetch(); }, (message) => { tell({ event: 'monitor', name: 'spec', what: message }); });
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
    this.pace.signed(performance.now());
    this.wake();
  }

  /** The operator's word: the spec is read again, everything is looked at, and what waits is tried. */
  reload(): void {
    this.options.tell({ event: 'reload' });
    this.patience.tryAll();
    this.pace.demand('reload');
    void this.refetch();
    this.wake();
  }

  state(): WatchState {
    return this.account.state(this.patience);
  }

  /** What was last seen of the host, for whoever asks how it is. */
  seen(): Known | undefined {
    return this.known;
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
    const { busySince } = this.pace;
    const busy = busySince === undefined ? 0 : performance.now() - busySince;
    return busy < HUNG ? undefined : `it has been at one thing for ${Math.round(busy / 1000)} s`;
  }

  private async reason(): Promise<Cause | undefined> {
    const now = performance.now();
    const due = this.pace.due(now, { hasTarget: this.target !== undefined || this.candidate !== undefined, hasSigns: this.signs.length > 0, retry: earliest(this.patience.next(now), this.candidate?.until) });
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
    this.pace.begins(now);
    const signs = cause === 'drift' || cause === 'spec' ? this.takeSigns() : [{ part: 'everything' as const }, ...this.takeSigns()];
    let found = false;
    let whole = false;
    try {
      turn = await this.options.takeTurn();
      const round = await this.round(turn.world, cause, turn.alone ? signs : [{ part: 'everything' }, ...signs]);
      ({ found, whole } = round);
      this.account.unhindered();
    } catch (error) {
      if (this.options.signal.aborted) return;
      // What is known may be wrong now.
      this.known = undefined;
      whole = true;
      this.pace.hindered(performance.now());
      this.account.hindered(messageOf(error), this.pace.retryAt ?? 0);
    } finally {
      turn?.end();
      this.pace.ended(performance.now(), { found, whole });
      this.options.ended(found || whole);
    }
  }

  private takeSigns(): readonly Sign[] {
    const signs = this.signs;
    this.signs = [];
    return signs;
  }

  private async round(world: World, cause: Cause, signs: readonly Sign[]): Promise<{ readonly found: boolean; readonly whole: boolean }> {
    const isHeld = (ref: Ref): boolean => this.patience.holds(ref, performance.now());
    const adopted = await this.adopt(world);
    if (this.target === undefined) return { found: false, whole: false };
    let looked = adopted ?? orThrow(await look(world, this.target, this.known, signs, isHeld));
    this.known = looked.known;
    if (looked.whole && this.good !== undefined) this.options.lastGood.save(this.good);
    this.patience.keepOnly((ref) => looked.known.wanted.state.has(ref) || looked.known.observed.has(ref));
    const errors = this.standAgainst(looked.prepared.problems);
    const whollyAgainst = errors.filter(({ against }) => against === undefined);
    if (whollyAgainst.length > 0) {
      this.account.looked(cause, looked, this.patience, world);
      throw new Error(rendered(whollyAgainst));
    }
    this.account.prevented(looked, errors, this.patience, world);
    // The rest is done all the same.
    if (errors.length > 0) looked = planAgain(world, looked, isHeld);
    if (looked.prepared.plan.steps.length === 0) {
      if (looked.whole) this.known = await keepLearnt(world, looked);
      this.account.looked(cause, looked, this.patience, world);
      return { found: false, whole: looked.whole };
    }
    const during: Sign[] = [];
    const repaired = await repair(world, looked, () => {
      during.push(...this.takeSigns());
      return during;
    });
    this.known = repaired.known;
    // What a part of the host led to is no failure before all of it was looked at: signs of one change may come one after the other.
    const mayErr = !looked.whole && !repaired.settled;
    this.account.applied(cause, looked, repaired, { before: signs, meanwhile: [...during, ...this.signs] }, this.patience, !mayErr, world);
    if (mayErr) this.pace.demand('retry');
    return { found: true, whole: looked.whole };
  }

  /** Takes the candidate for the spec in force, unless something stands against it. Says how the host looks to it. */
  private async adopt(world: World): Promise<Looked | undefined> {
    const { candidate } = this;
    if (candidate === undefined || performance.now() < candidate.until) return undefined;
    const looked = await look(world, candidate.read, undefined, [], () => false);
    const problems = looked.ok ? this.standAgainst(looked.value.prepared.problems) : looked.problems;
    if (!looked.ok || problems.length > 0) {
      // What the host lacks today it may have in a while.
      const tries = candidate.tries + 1;
      this.candidate = { ...candidate, tries, until: performance.now() + pause(UNFIT, tries, Math.random()) };
      this.account.refused(candidate.fetched.revision, [rendered(problems)]);
      return undefined;
    }
    this.candidate = undefined;
    this.target = candidate.read;
    this.patience.tryAll();
    this.account.inForce(candidate.fetched, looked.warnings.map((warning) => rendered([warning])), candidate.recalled);
    this.good = candidate.fetched;
    return looked.value;
  }

  private standAgainst(problems: readonly Placed[]): readonly Placed[] {
    return problems.filter(({ severity, code }) => severity === 'error' && !(this.options.allowMassDelete && code === MASS_DELETE));
  }

  /** A start that finds only a broken spec goes on with the one it had. */
  private recall(): void {
    const kept = this.options.lastGood.load();
    if (kept === undefined) return;
    this.consider(kept, 'recalled');
  }

  private async refetch(): Promise<void> {
    try {
      const fetched = await this.options.origin.read();
      if (fetched.revision === this.account.revision) {
        // Whatever was wrong with a newer one, it is gone.
        this.candidate = undefined;
        this.account.accepted();
      } else this.consider(fetched);
    } catch (error) {
      this.account.refused(revisionOf(error), [messageOf(error)]);
    }
    this.wake();
  }

  private consider(fetched: Fetched, recalled?: 'recalled'): void {
    try {
      const read = readHere(fetched.sources, this.options.host);
      if (read.ok) {
        this.candidate = { fetched, read: read.value, recalled: recalled !== undefined, tries: 0, until: 0 };
        this.pace.demand('spec');
      } else if (recalled === undefined) this.refuse(fetched, rendered(read.problems));
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      if (recalled === undefined) this.refuse(fetched, error.message);
    }
  }

  private refuse(fetched: Fetched, why: string): void {
    // An older one that was still to be tried is not what the operator wants any more, but better than nothing.
    if (this.target !== undefined) this.candidate = undefined;
    this.account.refused(fetched.revision, [why]);
  }
}

/** Signs that are kept one by one. */
const MOST = 10_000;
/** Milliseconds that a turn may take before the watch counts as hung: the longest that one tool may, twice. */
const HUNG = 600_000;
/** Milliseconds that a start waits for the spec before it goes on with the last good one. */
const FIRST_FETCH = 15_000;
/** Milliseconds between two tries of a spec that the host is not fit for. */
const UNFIT = { first: 1_000, most: 60_000 } as const;

function earliest(...instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
