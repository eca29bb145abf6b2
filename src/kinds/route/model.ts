// kinds/route/model.ts — one route of the main table.
import type { Ref, Resource } from '../../core/resource.ts';

export interface Route extends Resource {
  readonly kind: 'route';
  /** `default` or a network. */
  readonly to: string;
  readonly family: 4 | 6;
  readonly via?: string;
  readonly link: string;
  readonly metric?: number;
  readonly source?: string;
  /** As a number: 253 is `link`. */
  readonly scope?: string;
  /** As `ip -N` prints it; ours are 117. Borrowed ones keep their own. */
  readonly protocol: string;
  readonly onlink?: true;
  /** The interface it was moved from. All its routes but the kernel's own are borrowed. */
  readonly movedFrom?: string;
  /** Observed only: the addresses it falls with, so that it goes before them and comes back after. */
  readonly standsOn?: readonly Ref[];
  /** Observed only, and foreign: its several ways. */
  readonly hops?: readonly { readonly via?: string; readonly link: string }[];
}
