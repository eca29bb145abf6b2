// durable/directories.ts — directories, made one after the other: node's own way to make several does not end where the
// kernel makes none.
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes what is missing of a path, each with exactly this mode, whatever the umask. What is there keeps its own. Throws
 * the system's error.
 */
export function makeDirectories(path: string, mode: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path && statSync(above, { throwIfNoEntry: false }) === undefined) makeDirectories(above, mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another made it meanwhile.
    if (isCalled(error, 'EEXIST') && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    throw error;
  }
  chmodSync(path, mode);
}

function isCalled(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
