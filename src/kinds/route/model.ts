// kinds/route/model.ts — one route of the main table.
import type { Resource } from '../../core/resource.ts';

export interface Route extends Resource {
  readonly kind: 'route';
  /** `default` or a network. */
  readonly to: string;
  readonly family: 4 | 6;
  readonly via?: string;
  readonly link: string;
  readonly metric?: number;
  readonly source?: string;
  readonly scope?: string;
  /** As `ip -N` prints it; ours are 117. Borrowed ones keep their own. */
  readonly protocol: string;
  readonly onlink?: true;
  /** The interface it was moved from. All its routes but the kernel's own are borrowed. */
  readonly movedFrom?: string;
}
