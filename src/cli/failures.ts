// cli/failures.ts — what went wrong outside, in words and as an exit code.
import { lstatSync, statSync } from 'node:fs';
import { DriverError } from '../core/resource.ts';
import { StoreError, Taken } from '../core/stored.ts';
import { MissingTool } from '../driver/missing-tool.ts';
import { GENERATIONS } from '../generations/file.ts';
import type { Settings } from '../pipeline/settings.ts';
import { Exit, exit } from '../report/exit-codes.ts';
import { SourceError } from '../specfile/sources.ts';

/** What the host refused while it was only read, a store that cannot be trusted, a spec that is not there. */
export function inWords(error: unknown, { files, stateDir }: Settings): unknown {
  if (error instanceof MissingTool) return new Exit(exit.unavailable, error.message);
  if (error instanceof SourceError && isForbidden(error.cause))
    return new Exit(exit.noPrivilege, `${error.message}\nreading this spec needs root, or whoever may`);
  if (error instanceof SourceError)
    return new Exit(
      exit.noInput,
      files.length > 0 ? error.message : `${error.message}; name another spec with -f or $NETCTL_SPEC`,
    );
  if (error instanceof Taken)
    return new Exit(exit.failed, `${error.message}. Nothing was claimed: run it again, and it gets another`);
  if (error instanceof StoreError && isForbidden(error.cause))
    return new Exit(exit.noPrivilege, `${error.message}\nreading what netctl keeps needs root`);
  if (error instanceof StoreError && isNoDirectory(stateDir))
    return new Exit(
      exit.failed,
      `${error.message}\n${stateDir} is no directory: name another one with --state-dir or $NETCTL_STATE_DIR`,
    );
  if (error instanceof StoreError && error.path.endsWith(`/${GENERATIONS[0]}`) && isNoDirectory(error.path, lstatSync))
    return new Exit(
      exit.failed,
      `${error.message}\nMove it away: it tells nothing of past applies, and netctl goes on without them.`,
    );
  if (error instanceof StoreError)
    return new Exit(
      exit.failed,
      `${error.message}\nIt is left as it is. Mend it, or move it away: then what it held is gathered from the host.`,
    );
  if (error instanceof DriverError)
    return new Exit(
      process.getuid?.() === 0 ? exit.failed : exit.noPrivilege,
      `${error.message}${process.getuid?.() === 0 ? '' : '\nreading a host needs root too'}`,
    );
  return error;
}

/** There is something, and it is none. */
export function isNoDirectory(path: string, look: typeof statSync = statSync): boolean {
  try {
    return look(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch {
    return false;
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && (('code' in error && error.code === 'EACCES') || isForbidden(error.cause));
}
