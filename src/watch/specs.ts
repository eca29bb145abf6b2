// watch/specs.ts — which spec the host is held to: the newest that could be read and that the host is fit for, else the
// last that was.
import { setTimeout as sleep } from 'node:timers/promises';
import { MASS_DELETE } from '../guards/mass-delete.ts';
import type { Fetched, Origin } from '../origin/origin.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';
import { pause } from './backoff.ts';
import { rolledBackBefore } from '../transaction/begin.ts';
import { readHere } from '../pipeline/read.ts';
import type { Reading } from '../pipeline/read.ts';
import type { Read } from '../pipeline/read.ts';
import { missingBack } from '../transaction/tools.ts';
import { Exit } from '../report/exit-codes.ts';
import type { World } from '../pipeline/world.ts';
import type { LastGood } from './last-good.ts';
import { look } from './round.ts';
import type { Looked } from './round.ts';
import type { SpecState } from './spec-state.ts';
import { messageOf, rendered, revisionOf } from './explain.ts';

export interface SpecsOptions {
  readonly origin: Origin;
  readonly lastGood: LastGood;
  /** Which of the spec's hosts this is. */
  readonly host: Reading & Pick<World, 'generations'>;
  readonly allowMassDelete: boolean;
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

export class Specs {
  /** What the host is held to. */
  inForce: Read | undefined;
  private readonly options: SpecsOptions;
  private readonly state: SpecState;
  /** Says that there is one to be tried. */
  private readonly offer: () => void;
  private candidate: Candidate | undefined;
  /** The texts of the one in force. */
  private texts: Fetched | undefined;
  /** What was in force before it. */
  private before: { readonly read: Read; readonly texts: Fetched | undefined } | undefined;
  /** The newest, where it was rolled back: it stays so unless an operator has it kept. */
  private rolledBack: Fetched | undefined;
  private fetching: Promise<void> | undefined;
  /** It is to be read again, since it may have changed while it was read. */
  private isAsked = false;

  constructor(options: SpecsOptions, state: SpecState, offer: () => void) {
    this.options = options;
    this.state = state;
    this.offer = offer;
  }

  get isAny(): boolean {
    return this.inForce !== undefined || this.candidate !== undefined || this.rolledBack !== undefined;
  }

  /** When the host is asked again whether it is fit for the newest. */
  get retryAt(): number | undefined {
    return this.candidate?.until;
  }

  /**
   * Reads the first one. A repository that is out of reach must not keep a host from what it had when it was last good.
   */
  async begin(signal: AbortSignal): Promise<void> {
    await Promise.race([this.fetch(), sleep(FIRST_FETCH, undefined, { signal }).catch(() => undefined)]);
    if (this.inForce === undefined && this.candidate === undefined) this.recall();
  }

  /**
   * Reads the newest. One after the other: of two that read at once the older may end last, and would be taken for the
   * newest.
   */
  async fetch(): Promise<void> {
    this.isAsked = true;
    this.fetching ??= this.fetchWhileAsked();
    await this.fetching;
  }

  private async fetchWhileAsked(): Promise<void> {
    while (this.isAsked) {
      this.isAsked = false;
      await this.fetchOnce();
    }
    this.fetching = undefined;
  }

  private async fetchOnce(): Promise<void> {
    try {
      const fetched = await this.options.origin.read();
      if (fetched.revision === this.state.inForce?.revision) {
        // Whatever was wrong with a newer one, it is gone.
        this.candidate = undefined;
        this.state.offeredAgain();
      } else this.consider(fetched);
    } catch (error) {
      // Who is to end has stopped reading: nothing is wrong with the spec.
      if (error instanceof Error && error.name === 'AbortError') return;
      this.state.refuse(revisionOf(error), [messageOf(error)]);
    }
  }

  /** Takes the newest for the one in force, unless something stands against it. Says how the host looks to it. */
  async adopt(world: World): Promise<Looked | undefined> {
    const asked = this.rolledBack ?? this.candidate?.fetched;
    if (asked !== undefined) this.reconsider(asked);
    const { candidate } = this;
    if (candidate === undefined || performance.now() < candidate.until) return undefined;
    const looked = await look(world, candidate.read, undefined, [], () => false);
    const problems = looked.ok ? this.errorsOf(looked.value) : looked.problems;
    const missing = looked.ok && problems.length === 0 ? await missingBack(world, looked.value.prepared) : [];
    if (!looked.ok || problems.length > 0 || missing.length > 0) {
      // What the host lacks today it may have in a while.
      const tries = candidate.tries + 1;
      this.candidate = { ...candidate, tries, until: performance.now() + pause(UNFIT, tries, Math.random()) };
      this.state.refuse(candidate.fetched.revision, missing.length > 0 ? missing : [rendered(problems)]);
      return undefined;
    }
    this.candidate = undefined;
    if (this.inForce !== undefined) this.before = { read: this.inForce, texts: this.texts };
    this.inForce = candidate.read;
    this.texts = candidate.fetched;
    this.state.adopted(
      candidate.fetched,
      looked.warnings.map((warning) => rendered([warning])),
      candidate.recalled,
    );
    return looked.value;
  }

  /** The one in force was rolled back: what was in force before is so again. */
  withdraw(): void {
    const fetched = this.texts;
    this.inForce = this.before?.read;
    this.texts = this.before?.texts;
    this.before = undefined;
    if (this.texts === undefined) this.state.withdrawn();
    else this.state.adopted(this.texts, [], true);
    if (fetched !== undefined) this.consider(fetched);
  }

  /** Of the one in force. */
  get revision(): string | undefined {
    return this.texts?.revision;
  }

  /** For the next start, also where somebody has removed what was kept. */
  keep(): void {
    if (this.texts !== undefined) this.options.lastGood.save(this.texts);
  }

  /** What stands against a plan, but for what the operator allows. */
  errorsOf({ prepared }: Looked): readonly LocatedDiagnostic[] {
    return prepared.problems.filter(
      ({ severity, code }) => severity === 'error' && !(this.options.allowMassDelete && code === MASS_DELETE),
    );
  }

  private consider(fetched: Fetched, recalled?: 'recalled'): void {
    try {
      const read = readHere(fetched.sources, this.options.host);
      if (recalled === undefined && this.isUnwanted(fetched)) return;
      this.rolledBack = undefined;
      if (read.ok) {
        this.candidate = { fetched, read: read.value, recalled: recalled !== undefined, tries: 0, until: 0 };
        this.offer();
      } else if (recalled === undefined) this.refuse(fetched, rendered(read.problems));
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      if (recalled === undefined) this.refuse(fetched, error.message);
    }
  }

  /** Somebody may have rolled it back meanwhile, or have it kept. */
  private reconsider(fetched: Fetched): void {
    if (this.rolledBack !== undefined) this.consider(fetched);
    else if (this.candidate?.recalled !== true && this.isUnwanted(fetched) && this.inForce === undefined) this.recall();
  }

  /** What was in force when a watch last looked after this host. */
  private recall(): void {
    const kept = this.options.lastGood.load();
    if (kept !== undefined) this.consider(kept, 'recalled');
  }

  /** It was rolled back: it is refused until it changes, or is kept after all. */
  private isUnwanted(fetched: Fetched): boolean {
    const why = rolledBackBefore(fetched.sources, this.options.host.generations);
    if (why === undefined) return false;
    const isKnown = this.rolledBack?.revision === fetched.revision;
    this.rolledBack = fetched;
    this.candidate = undefined;
    if (!isKnown) this.state.refuse(fetched.revision, [why]);
    return true;
  }

  private refuse(fetched: Fetched, why: string): void {
    // An older one that was still to be tried is not what the operator wants any more, but better than nothing.
    if (this.inForce !== undefined) this.candidate = undefined;
    this.state.refuse(fetched.revision, [why]);
  }
}

/** Milliseconds that a start waits for the spec before it goes on with the last good one. */
const FIRST_FETCH = 15_000;
/** Milliseconds between two tries of a spec that the host is not fit for. */
const UNFIT = { first: 1_000, most: 60_000 } as const;
