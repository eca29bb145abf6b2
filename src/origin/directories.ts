// origin/directories.ts — watches directories, each for the names in it that matter: one watch of the kernel's for
// each, whatever it holds.
import { join } from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { WatchedNames } from './way.ts';

export interface Directories {
  /**
   * Watches these and no others. Says whether a directory or a name in one came anew, since what happened to it just
   * before was not seen.
   */
  follow(asked: ReadonlyMap<string, WatchedNames>): Promise<Followed>;
  /** Trusts none of its watches: the next time each begins anew. */
  doubt(): void;
  close(): Promise<void>;
}

export interface Followed {
  readonly anew: boolean;
  /** Why one or more cannot be watched. */
  readonly blind?: string;
}

interface Watched {
  readonly id: string;
  names: WatchedNames['names'];
  readonly watcher: FSWatcher;
  failed?: string;
  stands: boolean;
  /**
   * Its name came to be another's, or was away for a moment: the watch may be of what is there no more, or of nothing.
   */
  lost: boolean;
}

/** Milliseconds until a watch that says neither that it stands nor that it cannot counts as one that cannot. */
const PATIENCE = 2000;

export function watchDirectories(noticed: () => void): Directories {
  const watched = new Map<string, Watched>();

  const open = async (directory: string, { id, names }: WatchedNames): Promise<string | undefined> => {
    // Of what is inside nothing is read or watched: the raw signs of the directory itself name every file that is
    // written, moved or removed in it.
    const watcher = watch(directory, {
      depth: 0,
      followSymlinks: false,
      ignoreInitial: true,
      atomic: false,
      ignored: (path) => path !== directory,
    });
    const entry: Watched = { id, names, watcher, stands: false, lost: false };
    watched.set(directory, entry);
    watcher.on('raw', (_, name: string | null) => {
      if (name !== null) lose(join(directory, name));
      if (name === null || entry.names === 'any' || entry.names.has(name)) noticed();
    });
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        entry.failed = 'no watch began in time';
        resolve();
      }, PATIENCE);
      watcher.on('ready', () => {
        clearTimeout(late);
        entry.stands = true;
        resolve();
      });
      watcher.on('error', (error) => {
        entry.failed ??= error instanceof Error ? error.message : String(error);
        // One that never began is tried again when there is a reason to look, not at once and for ever.
        if (entry.stands) noticed();
      });
    });
    return entry.failed;
  };

  /** What stands below it came by this path, too. */
  const lose = (path: string): void => {
    for (const [directory, entry] of watched)
      if (directory === path || directory.startsWith(`${path}/`)) entry.lost = true;
  };

  const drop = async (directory: string, entry: Watched): Promise<void> => {
    watched.delete(directory);
    await entry.watcher.close();
  };

  return {
    follow: async (asked) => {
      let anew = false;
      for (const [directory, entry] of [...watched]) {
        const found = asked.get(directory);
        if (found?.id !== entry.id || entry.lost || entry.failed !== undefined) await drop(directory, entry);
        else {
          anew ||= gains(entry.names, found.names);
          entry.names = found.names;
        }
      }
      let blind: string | undefined;
      // From the top down: of a directory that is away for the moment in which its watch begins, chokidar says nothing,
      // but the one that holds it does.
      const fresh = [...asked]
        .filter(([directory]) => !watched.has(directory))
        .map(([directory, found]) => ({ directory, found, depth: depthOf(directory) }));
      for (const level of new Set(fresh.map(({ depth }) => depth).sort((one, other) => one - other))) {
        await Promise.all(
          fresh
            .filter(({ depth }) => depth === level)
            .map(async ({ directory, found }) => {
              const failed = await open(directory, found);
              if (failed === undefined) anew = true;
              else blind ??= `${directory} cannot be watched: ${failed}`;
            }),
        );
      }
      return { anew, ...(blind === undefined ? {} : { blind }) };
    },
    doubt: () => {
      for (const entry of watched.values()) entry.lost = true;
    },
    close: async () => {
      for (const [directory, entry] of [...watched]) await drop(directory, entry);
    },
  };
}

function gains(before: WatchedNames['names'], after: WatchedNames['names']): boolean {
  if (before === 'any') return false;
  return after === 'any' || [...after].some((name) => !before.has(name));
}

function depthOf(directory: string): number {
  return directory.split('/').filter((name) => name !== '').length;
}
