// uplinks/uplinks.ts — what hangs on the interfaces that a plan is about to borrow: how they were found, and which rules of others name them.
import type { HostReader } from '../core/resource.ts';
import type { Picture } from './picture.ts';
import { readPictures } from './read.ts';

export interface Uplinks {
  /** By name. */
  readonly pictures: ReadonlyMap<string, Picture>;
}

export const NO_UPLINKS: Uplinks = { pictures: new Map() };

/** Of no names nothing is read. */
export async function readUplinks(host: HostReader, names: readonly string[]): Promise<Uplinks> {
  if (names.length === 0) return NO_UPLINKS;
  return { pictures: await readPictures(host, names) };
}
