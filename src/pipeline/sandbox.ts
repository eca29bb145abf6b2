// pipeline/sandbox.ts — what a sandbox is told and what it answers: a copy of the host to be made, a plan to be done on
// it, what came of it.
import type { Outcome } from '../core/execute.ts';
import type { Memories } from '../core/observe.ts';
import type { Change, Plan, Ref, Resource } from '../core/resource.ts';
import type { Refusal } from '../report/rehearsal-result.ts';
import type { Family } from '../net/ip.ts';

/** One process by which a part of the host is made again. */
export type Try =
  /** Lines of `ip`. Each that is refused is told, and the others are done. */
  | { readonly lines: readonly string[]; readonly netns?: string; readonly family?: Family }
  /** Done whole or not at all; `what` names it for a reader. */
  | { readonly argv: readonly string[]; readonly stdin: string; readonly what: string; readonly netns?: string };

/** How a host is made again in a namespace of its own. */
export interface Rebuilding {
  /** Named namespaces of guests, and netctl's own. */
  readonly namespaces: readonly string[];
  /**
   * Holds the far ends of what is on the host by a cable or in a namespace that nobody touches. Loses its name when all
   * is made.
   */
  readonly elsewhere: string;
  readonly devices: readonly Try[];
  /** Beside the devices, of which they need none. */
  readonly rules: readonly Try[];
  /** After the devices, by which they may be hooked. */
  readonly tables: readonly Try[];
  /** Daemons of ours that the plan speaks of. */
  readonly daemons: readonly { readonly argv: readonly string[]; readonly pidFile: string; readonly netns?: string }[];
  /** TCP sockets of others that a daemon of the plan could meet. */
  readonly listening: readonly { readonly address: string; readonly port: number }[];
}

export interface Request {
  /** By this name the plan calls the host itself. */
  readonly netns?: string;
  readonly paths: { readonly state: string; readonly run: string; readonly netns?: string };
  readonly rebuilding: Rebuilding;
  readonly plan: Plan;
  readonly wanted: readonly (readonly [Ref, Resource])[];
  readonly after: readonly (readonly [Ref, readonly Ref[]])[];
  readonly observed: readonly (readonly [Ref, Resource])[];
  readonly memories: Memories;
  /** Not to be done, since it could be seen outside. */
  readonly avoided: readonly Ref[];
}

export interface Answer {
  /** Of each step; undefined where it was left out. */
  readonly outcomes: readonly (Outcome | 'left out')[];
  readonly refused: readonly Refusal[];
  /** What differs from the spec though its step was done. */
  readonly residual: readonly Change[];
  /** What of the copy is not like the host. */
  readonly unlike: readonly Ref[];
  /** What could not be made again, in words. */
  readonly lost: readonly string[];
}

/** Makes the copy, does the plan on it, and throws it away. */
export type Sandbox = (request: Request) => Promise<Answer>;
