// origin/directories.ts — watches directories, each for the names in it that matter: one watch of the kernel's for each, whatever it holds.
import { join } from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { Place } from './way.ts';

export interface Directories {
  /** Watches these and no others. Says whether one came anew, since what happened just before its watch began was not seen. */
  follow(places: ReadonlyMap<string, Place>): Promise<Followed>;
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
  names: Place['names'];
  readonly watcher: FSWatcher;
  failed?: string;
  stands: boolean;
  /** Its name came to be another's, or was away for a moment: the watch may be of what is there no more, or of nothing. */
  lost: boolean;
}

/** Milliseconds until a watch that says neither that it stands nor that it cannot counts as one that cannot. */
const PATIENCE = 2000;

export function watchDirectories(noticed: () => void): Directories {
  const watched = new Map<string, Watched>();

  const open = async (directory: string, { id, names }: Place): Promise<string | undefined> => {
    // Of what is inside nothing is read or watched: the raw signs of the directory itself name every file that is written, moved or removed in it.
    const watcher = watch(directory, { depth: 0, followSymlinks: false, ignoreInitial: true, atomic: false, ignored: (path) => path !== directory });
    const entry: Watched = { id, names, watcher, stands: false, lost: false };
    watched.set(directory, entry);
    watcher.on('raw', (_, name: string | null) => {
      const inside = name === null ? undefined : watched.get(join(directory, name));
      if (inside !== undefined) inside.lost = true;
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

  const drop = async (directory: string, entry: Watched): Promise<void> => {
    watched.delete(directory);
    await entry.watcher.close();
  };

  return {
    follow: async (places) => {
      for (const [directory, entry] of [...watched]) {
        const place = places.get(directory);
        if (place?.id !== entry.id || entry.lost || entry.failed !== undefined) await drop(directory, entry);
        else entry.names = place.names;
      }
      const fresh = [...places].filter(([directory]) => !watched.has(directory));
      const failures = await Promise.all(fresh.map(async ([directory, place]) => ({ directory, failed: await open(directory, place) })));
      const blind = failures.find(({ failed }) => failed !== undefined);
      return { anew: failures.some(({ failed }) => failed === undefined), ...(blind?.failed === undefined ? {} : { blind: `${blind.directory} cannot be watched: ${blind.failed}` }) };
    },
    doubt: () => {
      for (const entry of watched.values()) entry.lost = true;
    },
    close: async () => {
      for (const [directory, entry] of [...watched]) await drop(directory, entry);
    },
  };
}
