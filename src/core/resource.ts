// core/resource.ts — the words of the house: what a host can hold, what is wanted, what changes, and what the driver is
// told.

import type { Diagnostic, Path } from './diagnostic.ts';
import type { Subsystem } from './hint.ts';
import type { HostReader } from './host-reader.ts';
import type { Ref } from './ref.ts';

export type { Checked, Diagnostic, Path } from './diagnostic.ts';
export { DriverError } from './driver-error.ts';
export type { HostReader, Running } from './host-reader.ts';
export type { Ref } from './ref.ts';

/** Anything netctl can put on a host. `kind` names the folder that knows how. */
export interface Resource {
  readonly kind: string;
  /** Not ours: the spec names it, we change it in part, and restore it. Its former state is kept in the originals. */
  readonly borrowed?: true;
  /** Observed only: somebody else's, and in the way of one that is wanted. Never changed; a guard says so. */
  readonly foreign?: true;
}

export type State = ReadonlyMap<Ref, Resource>;

/** A resource that a feature wants, and for whose sake. */
export interface Want<R extends Resource = Resource> {
  readonly resource: R;
  readonly because: readonly Path[];
  /** Order that the resource itself cannot know: after whatever happens to these, making or removal. */
  readonly after?: readonly Ref[];
}

/**
 * What the spec asks for and only somebody else can bring: a hypervisor's device, a guest's namespace. Not an error.
 */
export interface Waiting {
  readonly waiting: Ref;
  readonly why: string;
  readonly because: readonly Path[];
}

export interface Wanted {
  readonly state: State;
  readonly because: ReadonlyMap<Ref, readonly Path[]>;
  readonly after: ReadonlyMap<Ref, readonly Ref[]>;
  readonly waiting: readonly Waiting[];
}

export type Change<R extends Resource = Resource> =
  | { readonly verb: 'create'; readonly ref: Ref; readonly after: R }
  | { readonly verb: 'update' | 'replace'; readonly ref: Ref; readonly before: R; readonly after: R }
  | { readonly verb: 'delete'; readonly ref: Ref; readonly before: R };

/** What the driver is told. Data, so it can be printed, compared, exported, faked and replayed. */
export type Op =
  /**
   * Lines for a tool that reads one command a line and stops at the first that fails (`ip -batch -`). Neighbours are
   * joined.
   */
  | {
      readonly op: 'batch';
      readonly tool: readonly string[];
      readonly lines: readonly string[];
      readonly netns?: string;
    }
  /**
   * `until`: the tool only asks a daemon, which then takes the text out of this file; waits for that, some seconds at
   * most.
   */
  | {
      readonly op: 'run';
      readonly argv: readonly string[];
      readonly stdin?: string;
      readonly netns?: string;
      readonly until?: { readonly path: string; readonly lacks: string };
      /** Other tools that this one, a shell or perl, starts. */
      readonly calls?: readonly string[];
    }
  /** Replaces the file atomically; makes its directories (0700 unless `directoryMode`). */
  | {
      readonly op: 'write';
      readonly path: string;
      readonly text: string;
      readonly mode?: number;
      readonly directoryMode?: number;
    }
  /** Takes lines out of a file of sorted lines and puts lines in, atomically (core/lines.ts). */
  | {
      readonly op: 'edit';
      readonly path: string;
      readonly remove: readonly string[];
      readonly add: readonly string[];
      readonly mode?: number;
    }
  | { readonly op: 'remove'; readonly path: string }
  /**
   * Runs a daemon that puts itself in the background and writes `pidFile`. `before`: ran until now, and is run again
   * where this one does not start.
   */
  | {
      readonly op: 'start';
      readonly argv: readonly string[];
      readonly pidFile: string;
      readonly netns?: string;
      readonly before?: readonly string[];
    }
  /**
   * To the process that runs with `pidFile` among its arguments; `TERM` waits until it is gone, be it stopped. None
   * there: nothing to do.
   */
  | { readonly op: 'signal'; readonly pidFile: string; readonly signal: 'HUP' | 'TERM' | 'CONT' };

/** The smallest thing done whole or not at all. One `iptables-restore` is one step however many chains it changes. */
export interface Step {
  readonly changes: readonly Change[];
  readonly ops: readonly Op[];
}

/**
 * `changes` as a reader thinks of them, in order; `steps` as they are done (a replaced resource is removed in one, made
 * in another).
 */
export interface Plan {
  readonly changes: readonly Change[];
  readonly steps: readonly (Step & { readonly waitsFor: readonly number[] })[];
}

/**
 * What an observed host taught us that no mark can hold; kept in the store, advisory. Keys and values are the kind's
 * own.
 */
export type Memory = Readonly<Record<string, string>>;

/** What a change does to packets, from the least to the most. */
export type Disruption =
  /** `makes`: a device that carries nothing before, whatever other changes do to it. */
  | { readonly class: 'none'; readonly makes?: string }
  /** Established ones pass on; new ones may fail for a moment, or go elsewhere than before. */
  | { readonly class: 'new-connections' }
  /**
   * Established flows of these are cut or interrupted: an address, a device, an instance, as the kind can name them.
   */
  | { readonly class: 'flows'; readonly of: readonly string[] }
  /** Everything over this link is interrupted for a moment, or for good where it goes. */
  | { readonly class: 'link'; readonly link: string };

/** Of a kind: what a watch asks. */
interface WatchedKind<R extends Resource> {
  /** Of which parts of the host a hint calls for `observe` again. */
  readonly watches: readonly Subsystem[];
  /** Looks again at what hints name, and at nothing else; `before` is what was observed of all. Default: `observe`. */
  again?(
    host: HostReader,
    wanted: readonly R[],
    memory: Memory,
    names: readonly string[],
    before: readonly R[],
  ): Promise<readonly R[]>;
  /** What hints call it. Default: its key. */
  signed?(resource: R): string;
}

/** What the store keeps for it, because no mark can hold it. */
interface RememberingKind<R extends Resource> {
  /** What of an observed state is worth remembering until the next run. */
  remember?(observed: readonly R[]): Memory;
  /** What has to stand in the store before the steps run, because no creating call can mark it. */
  recordBefore?(changes: readonly Change<R>[]): Memory;
}

/** What is asked before a plan is done, so that it can be undone. */
interface UndoneKind<R extends Resource> {
  /**
   * What is to be wanted to have it again as it was found; undefined: there is no way back to it. `made`: what of this
   * kind is about to be made.
   * Default: just that.
   */
  asFound?(observed: R, made: readonly R[]): R | undefined;
  /** Made again it would be another, whatever it is called: whoever had it open has lost it. Default: none is. */
  irrevocable?(resource: R): boolean;
  /**
   * Said where `observe` counts what is wanted as there, since it may be: connections, leases. Of what it counts, what
   * could be there as the host is now.
   */
  mayBe?(host: HostReader, counted: readonly R[]): Promise<readonly R[]>;
  /**
   * What is found of this kind on what is about to be removed or replaced, and goes with it, though nothing wants it.
   * Default: nothing.
   */
  goesWith?(host: HostReader, removed: readonly Resource[], memory?: Memory): Promise<readonly R[]>;
}

/** What is asked where interfaces of others are borrowed. */
interface BorrowingKind<R extends Resource> {
  /** The foreign device it lives on, and is gone with: nothing to restore then. */
  livesOn?(resource: R): string | undefined;
  /**
   * The interface whose move into or out of a bridge it is part of: what moves one is done whole or not at all.
   * Default: of none.
   */
  moves?(change: Change<R>): string | undefined;
}

/**
 * What features want as one value, each what it knows of it, and a host holds as several resources of one kind: a
 * lookup of addresses, for which chains stand. It is nowhere but in wants; what is planned, found and remembered are
 * its parts.
 */
export interface Composite<C extends Resource = Resource, R extends Resource = Resource> {
  readonly kind: C['kind'];
  key(composite: C): string;
  /** Default: equal, or a contradiction. */
  merge?(a: C, b: C): C | undefined;
  /** What stands for it, in the order in which it is wanted. */
  partsOf(composite: C): Iterable<Part<R>>;
}

export interface Part<R extends Resource = Resource> extends Omit<Want<R>, 'after'> {
  /** By what others name it in `after`, who know the composite only: `lookup nat/netctl-dnat/203.0.113.10`. */
  readonly names?: readonly Ref[];
}

export interface Kind<R extends Resource = Resource>
  extends WatchedKind<R>, RememberingKind<R>, UndoneKind<R>, BorrowingKind<R> {
  readonly kind: R['kind'];
  /** Two with one key are one object. */
  key(resource: R): string;
  /** What must exist first and must outlive it. */
  needs(resource: R): readonly Ref[];
  /** Ours; and what is wanted by name without being ours: `borrowed`, or `foreign` and in the way. */
  observe(host: HostReader, wanted: readonly R[], memory: Memory): Promise<readonly R[]>;
  /**
   * Pure. A replaced resource arrives here as a delete and a create. `apart`: what it does at once otherwise would wait
   * for itself by way of others.
   */
  steps(changes: readonly Change<R>[], apart?: boolean): readonly Step[];
  // said only where the default does not fit:
  /** What `observe` reads whatever is wanted. Default: nothing. */
  readonly reads?: readonly (readonly string[])[];
  /** What its resources stand for, where features want that. Default: nothing. */
  readonly composite?: Composite<Resource, R>;
  /** Default: equal, or a contradiction. */
  merge?(a: R, b: R): R | undefined;
  /** The same of any number, where they never contradict each other. Default: two and two. */
  mergeAll?(all: readonly R[]): R | undefined;
  /** Of two that `merge` does not unite: why one thing cannot be for both. Default: they want it otherwise. */
  conflict?(a: R, b: R): string | undefined;
  /** What comes and goes with it by another name: the far end of a veth, in its namespace. Default: nothing. */
  provides?(resource: R): readonly Ref[];
  /** What only one may hold: an IP, a device's name. The old holder lets go before the new one takes. */
  claims?(resource: R): readonly string[];
  /** Default: deep equality. */
  same?(observed: R, wanted: R): boolean;
  /** Default: never. */
  mustReplace?(observed: R, wanted: R): boolean;
  /** An update of what it needs takes it away: it is made again after that. Default: none does. */
  fallsWith?(observed: R, before: Resource, after: Resource): boolean;
  /**
   * What the change does to packets. Default: nothing where it only creates what is ours, else the flows of what it
   * changes.
   */
  disrupts?(change: Change<R>): Disruption;
  /** One line for a person, without the kind: `br100 bridge`. `before` when it changes. */
  describe(resource: R, before?: R): string;
}
export type Kinds = readonly Kind[];

/** What to think of a whole plan before it is done. Pure. */
export type Guard = (plan: Plan, observed: State, wanted: Wanted, kinds: Kinds) => Iterable<Diagnostic>;

export interface Driver extends HostReader {
  /**
   * Throws a DriverError that carries the command, its exit code and stderr; for a batch, also the index of the line.
   */
  perform(op: Op): Promise<void>;
  /** Forgets what was read: what follows sees the host as it is from here on. */
  invalidate(): void;
}

export type Event =
  | { readonly event: 'planned'; readonly plan: Plan }
  | { readonly event: 'started' | 'done'; readonly step: number }
  | { readonly event: 'failed'; readonly step: number; readonly op: Op; readonly error: Error }
  | { readonly event: 'skipped'; readonly step: number; readonly waitingFor: number }
  | { readonly event: 'stopped'; readonly step: number }
  | { readonly event: 'settled'; readonly residual: readonly Change[] };
export type Reporter = (event: Event) => void;

/** Makes a resource's name on the host. */
export function refOf(resource: Resource, kinds: Kinds): Ref {
  return `${resource.kind} ${kindOf(resource, kinds).key(resource)}`;
}

/** Finds the kind that knows a resource. A resource of no known kind is our own mistake. */
export function kindOf(resource: Resource, kinds: Kinds): Kind {
  const kind = kinds.find((k) => k.kind === resource.kind);
  if (kind === undefined) throw new Error(`no kind knows ${resource.kind}`);
  return kind;
}
