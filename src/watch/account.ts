// watch/account.ts — what a watch knows of itself: it tells each thing as it happens, and all of it when asked.
import type { Change, Event, Plan, Ref } from '../core/resource.ts';
import type { Sign } from '../core/sign.ts';
import type { Fetched } from '../origin/origin.ts';
import { describe, howItDiffers, renderPlace } from '../report/plan.ts';
import type { Placed } from '../specfile/model.ts';
import type { Watcher } from '../report/watch-events.ts';
import type { Backoff } from './backoff.ts';
import type {
  Applied,
  Cause,
  Difference,
  Failure,
  Fight,
  InForce,
  MonitorState,
  Obstacle,
  Refused,
  WatchState,
} from '../report/watch-state.ts';
import type { World } from '../pipeline/world.ts';
import type { Looked, Repaired } from './round.ts';
import { rendered } from './words.ts';

/** Milliseconds that a turn may take before it is worth a word. */
const BUSY = 1_000;

export class Account {
  private readonly tell: Watcher;
  private readonly from: string;
  private readonly since = iso();
  private spec: InForce | undefined;
  private notInForce: Refused | undefined;
  private settled: { readonly is: boolean; readonly since: string } | undefined;
  private isReady = false;
  private lastLook: string | undefined;
  private lastWholeLook: string | undefined;
  private lastApply: Applied | undefined;
  private differing = new Map<Ref, Difference>();
  private preventing: ReadonlyMap<Ref, Difference> = new Map();
  private obstacle: Obstacle | undefined;
  private monitors: readonly MonitorState[] = [];
  private conflicts: ReadonlySet<string> = new Set();
  private questions: ReadonlySet<string> = new Set();
  private plan: Plan | undefined;
  private doing: string | undefined;

  constructor(tell: Watcher, from: string) {
    this.tell = tell;
    this.from = from;
  }

  /** Of the spec in force. */
  get revision(): string | undefined {
    return this.spec?.revision;
  }

  /** `recalled`: it was in force before, and what stands against a newer one still does. */
  inForce({ revision }: Fetched, warnings: readonly string[], recalled: boolean): void {
    this.spec = { revision, from: this.from, since: iso() };
    if (!recalled) this.notInForce = undefined;
    this.tell({ event: 'spec-in-force', spec: this.spec, warnings });
  }

  /** None is in force any more. */
  withdrawn(): void {
    this.spec = undefined;
  }

  /** Said once, however often it is found. */
  refused(revision: string | undefined, problems: readonly string[]): void {
    const before = this.notInForce;
    if (before?.revision === revision && before?.problems.join('\n') === problems.join('\n')) return;
    this.notInForce = { since: iso(), problems, ...(revision === undefined ? {} : { revision }) };
    this.tell({ event: 'spec-refused', refused: this.notInForce });
  }

  /** What is offered is what is in force. */
  accepted(): void {
    if (this.notInForce === undefined) return;
    this.notInForce = undefined;
    this.tell({ event: 'recovered', what: 'the spec is the one in force again' });
  }

  monitored(monitors: readonly MonitorState[], message?: { readonly name: string; readonly what: string }): void {
    this.monitors = monitors;
    if (message !== undefined) this.tell({ event: 'monitor', ...message });
  }

  headline(): string {
    const differing = this.differing.size;
    if (this.obstacle !== undefined)
      return `cannot look after the host: ${this.obstacle.message.split('\n', 1).join('')}`;
    if (this.settled === undefined) return this.notInForce === undefined ? 'beginning' : 'no good spec yet';
    const host = this.settled.is
      ? 'the host is in sync with the spec'
      : `${differing} ${differing === 1 ? 'thing differs' : 'things differ'} from the spec`;
    return this.notInForce === undefined ? host : `${host}; a newer spec is refused`;
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

  /** What others have on the host that stops traffic: each is said when it is first found, and when it is gone. */
  blockedBy(conflicts: readonly Placed[]): void {
    const found = new Set(
      conflicts.map(({ message, hint }) => (hint === undefined ? message : `${message}\nhint: ${hint}`)),
    );
    for (const what of found) if (!this.conflicts.has(what)) this.tell({ event: 'conflict', what });
    for (const what of this.conflicts)
      if (!found.has(what)) this.tell({ event: 'recovered', what: what.split('\n', 1).join('') });
    this.conflicts = found;
  }

  /**
   * What an operator would be asked about before it is done. Nobody is there: each is said, once while it is tried
   * again.
   */
  wouldAsk(problems: readonly Placed[]): void {
    const found = new Set(
      problems
        .filter(({ asks }) => asks)
        .map(({ message, hint }) => (hint === undefined ? message : `${message}\nhint: ${hint}`)),
    );
    for (const what of found) if (!this.questions.has(what)) this.tell({ event: 'monitor', name: 'plan', what });
    this.questions = found;
  }

  /** What somebody has changed of what came along to a bridge, and is left as it is. */
  changedBy(changed: readonly Placed[]): void {
    for (const { message, hint = '' } of changed)
      this.tell({ event: 'monitor', name: 'uplink', what: `${message}\nhint: ${hint}` });
  }

  looked(cause: Cause, { whole, seconds, differs, prepared }: Looked, backoff: Backoff, world: World): void {
    this.tell({
      event: 'looked',
      cause,
      whole,
      differs: differs.length,
      seconds: { ...seconds, execute: 0, verify: 0 },
    });
    this.found(differs, whole, prepared, backoff, world);
  }

  /**
   * Somebody else's thing is in the way, or one is missing that only somebody else can bring. None: nothing is any
   * more.
   */
  prevented({ prepared }: Looked, errors: readonly Placed[], backoff: Backoff, world: World): void {
    this.preventing = new Map(
      errors.flatMap((error) => (error.against ?? []).map((ref) => [ref, differenceAt(ref, prepared, world)] as const)),
    );
    for (const error of errors)
      for (const ref of error.against ?? [])
        if (!backoff.holds(ref, performance.now()))
          this.failed(differenceAt(ref, prepared, world), rendered([error]), backoff);
  }

  /**
   * `counts`: what failed is a failure; else it is looked at once more before it is called so. Signs that came
   * `meanwhile` tell who undid it.
   */
  applied(
    cause: Cause,
    looked: Looked,
    repaired: Repaired,
    signs: { readonly before: readonly Sign[]; readonly meanwhile: readonly Sign[] },
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
      const by = culprit(change.ref, [...signs.before, ...signs.meanwhile], world);
      const { what, place } = differenceOf(change, prepared, world);
      this.tell({
        event: 'changed',
        cause,
        kind: kindName(change),
        verb: change.verb,
        what,
        ...(place === undefined ? {} : { place }),
        ...(by === undefined ? {} : { by }),
      });
      // One more try of what failed is no repair.
      if (cause === 'drift' || cause === 'resync' || (cause === 'retry' && !backoff.failures().has(change.ref)))
        this.fought(change, by, prepared, backoff, world);
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
    // What is replaced is removed and made, and is one thing.
    for (const change of new Map(done.map((one) => [one.ref, one])).values()) {
      if (residual.has(change.ref) && !failed.has(change.ref))
        this.undone(change, culprit(change.ref, signs.meanwhile, world), prepared, backoff, counts, world);
    }
    this.found(repaired.differs, whole, prepared, backoff, world);
  }

  /** What is being done. */
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
    const fights = [...backoff.fights(now)].map(([ref, { times, since, until, by }]): Fight => ({
      ...this.known(ref),
      times,
      since: iso(since),
      nextTry: iso(until),
      ...(by === undefined ? {} : { by }),
    }));
    return {
      pid: process.pid,
      since: this.since,
      ...(this.spec === undefined ? {} : { spec: this.spec }),
      ...(this.notInForce === undefined ? {} : { refused: this.notInForce }),
      settled: this.settled?.is === true,
      ...(this.settled === undefined
        ? {}
        : { [this.settled.is ? 'settledSince' : 'unsettledSince']: this.settled.since }),
      ...(this.lastWholeLook === undefined ? {} : { lastWholeLook: this.lastWholeLook }),
      ...(this.lastLook === undefined ? {} : { lastLook: this.lastLook }),
      ...(this.lastApply === undefined ? {} : { lastApply: this.lastApply }),
      differs: [...this.differing.values()],
      failures,
      fights,
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
    this.lastLook = iso();
    if (whole) this.lastWholeLook = this.lastLook;
    this.differing = new Map([
      ...this.preventing,
      ...differs.map((change) => [change.ref, differenceOf(change, view, world)] as const),
    ]);
    // Somebody else has mended it.
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

  private fought(
    change: Change,
    by: string | undefined,
    view: Looked['prepared'],
    backoff: Backoff,
    world: World,
  ): void {
    const fought = backoff.repaired(change.ref, performance.now(), Math.random(), by);
    if (fought === undefined) return;
    const { times, since, until, by: who } = fought;
    this.tell({
      event: 'fight',
      fight: {
        ...differenceOf(change, view, world),
        times,
        since: iso(since),
        nextTry: iso(until),
        ...(who === undefined ? {} : { by: who }),
      },
    });
  }

  /**
   * Done, and different again before we could look: by somebody of whom the kernel tells; else it may as well not last
   * by itself.
   */
  private undone(
    change: Change,
    by: string | undefined,
    view: Looked['prepared'],
    backoff: Backoff,
    counts: boolean,
    world: World,
  ): void {
    if (by !== undefined) this.fought(change, by, view, backoff, world);
    else if (counts)
      this.failed(
        differenceOf(change, view, world),
        'applied, but verification found differences: somebody changes it back at once, or it does not last',
        backoff,
      );
  }

  private failed(difference: Difference, message: string, backoff: Backoff): void {
    const { since, tries, until } = backoff.failed(difference.ref, message, performance.now(), Math.random());
    this.tell({ event: 'failed', failure: { ...difference, message, since: iso(since), tries, nextTry: iso(until) } });
  }

  private known(ref: Ref): Difference {
    return this.differing.get(ref) ?? { ref, how: 'as it should be', what: ref.slice(ref.indexOf(' ') + 1) };
  }
}

function differenceOf(change: Change, { wanted, locate }: Looked['prepared'], { kinds }: World): Difference {
  const path = wanted.because.get(change.ref)?.[0];
  return {
    ref: change.ref,
    how: howItDiffers(change),
    what: describe(change, kinds),
    ...(path === undefined ? {} : { place: renderPlace(path, locate) }),
  };
}

/** Of what is wanted, whether or not there is anything to be done for it. */
function differenceAt(ref: Ref, view: Looked['prepared'], world: World): Difference {
  const change = view.plan.changes.find((one) => one.ref === ref);
  const after = view.wanted.state.get(ref);
  if (change !== undefined) return differenceOf(change, view, world);
  return after === undefined
    ? { ref, how: 'differs', what: ref.slice(ref.indexOf(' ') + 1) }
    : differenceOf({ verb: 'create', ref, after }, view, world);
}

/** Who changed just this, else who changed something of its part of the host. */
function culprit(ref: Ref, signs: readonly Sign[], { kinds }: World): string | undefined {
  const at = ref.indexOf(' ');
  const [kind, name] = [kinds.find((one) => one.kind === ref.slice(0, at)), ref.slice(at + 1)];
  const concern = signs.filter(
    ({ part, by }) => by !== undefined && part !== 'everything' && kind?.watches.includes(part) === true,
  );
  return (concern.find((sign) => sign.name === name) ?? concern.find((sign) => sign.name === undefined))?.by;
}

function kindName({ ref }: Change): string {
  return ref.slice(0, ref.indexOf(' '));
}

/** An instant of the clock that is never turned, as people read it; now, where none is said. */
function iso(instant?: number): string {
  return new Date(Date.now() + (instant === undefined ? 0 : instant - performance.now())).toISOString();
}
