// kinds/file/model.ts — one file below the state directory.
import type { Resource } from '../../core/resource.ts';

export interface File extends Resource {
  readonly kind: 'file';
  readonly path: string;
  /** Absent: a process writes it; we make it empty, and remove it when nobody wants it any more. */
  readonly text?: string;
  /** Its lines are a set, in the order of their bytes: a change says only the lines that differ. */
  readonly sorted?: true;
  /** Default 0600. */
  readonly mode?: number;
}

export function isFile(resource: { readonly kind: string }): resource is File {
  return resource.kind === 'file';
}
