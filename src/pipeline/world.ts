// pipeline/world.ts — everything outside, made once in main.ts; a test hands in another.
import type { Facts } from '../core/facts.ts';
import type { Driver, HostReader, Kinds, Op, Reporter } from '../core/resource.ts';
import type { Store } from '../core/stored.ts';
import type { Asking } from '../driver/terminal.ts';
import type { Feature } from '../features/feature.ts';
import type { Generations, Pending } from '../generations/model.ts';
import type { Paths } from '../parts/context.ts';
import type { Answer, Operator, Probe } from '../probes/model.ts';
import type { Sandbox } from './sandbox.ts';
import type { Output } from '../report/printer.ts';
import type { Grammar } from '../specfile/grammar.ts';
import type { Source } from '../specfile/sources.ts';

export interface World extends Output {
  readonly driver: Driver;
  readonly store: Store;
  readonly generations: Generations;
  readonly safety: Safety;
  readonly kinds: Kinds;
  readonly features: readonly Feature[];
  /** How their specs are written. */
  readonly grammar: Grammar;
  readonly paths: Paths;
  /** The namespace that is taken for the host. */
  readonly netns?: string;
  readonly report: Reporter;
  /** Reads what of the host features may know. */
  facts(host?: HostReader): Promise<Facts>;
  /** The spec's files, as `-f` names them. */
  sources(): Promise<readonly Source[]>;
  /** `--host`, when given. */
  readonly host: string | undefined;
  readonly hostname: string;
  now(): Date;
  /** Says, one message each, which tools these ops need and the host does not have. */
  missingTools(ops: readonly Op[]): readonly string[];
  /** Removes the store and the directories of netctl's own, once nothing of ours is left. */
  forget(): Promise<void>;
  /** Where a plan is rehearsed; undefined where there can be no copy of the host. */
  readonly sandbox: Sandbox | undefined;
  /**
   * Asks the operator until he has said yes or no, or nobody can any more (undefined); undefined where there is nobody
   * to ask.
   */
  readonly ask: ((question: string, how?: Asking) => Promise<boolean | undefined>) | undefined;
  /** Asks all of them at once, from this host, each until it answers or its time is over. */
  probe(probes: readonly Probe[]): Promise<readonly Answer[]>;
  /** Who came by SSH to run this. */
  operator(): Operator | undefined;
  /** Aborted by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** What it takes to roll an apply back, whatever becomes of whoever began it. */
export interface Safety {
  /** The operator, as the history names him. */
  readonly who: string;
  /** Which start of the host this is. */
  readonly start: string;
  /** This process. */
  readonly self: Pick<Pending, 'pid' | 'began'>;
  lives(process: Pick<Pending, 'pid' | 'began'>): boolean;
  /** Seconds, by a clock that nobody sets. */
  uptime(): number;
  /** Returns when somebody watches over this generation. */
  guard(generation: number): Promise<void>;
  /** Tools are ended then (seconds of the uptime); undefined: they have as long as usual. */
  hurry(until: number | undefined): void;
  /** Lets others at the host meanwhile. */
  aside<T>(meanwhile: () => Promise<T>): Promise<T>;
  sleep(milliseconds: number): Promise<void>;
}
