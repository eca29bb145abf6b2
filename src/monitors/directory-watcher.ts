// monitors/directory-watcher.ts — what happens below directories, whether they are there yet or not. One inotify watch
// for each directory: that names every file in it, where a watcher of files would take thousands.
import { readdirSync, statSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface DirectoryWatcherOptions {
  readonly roots: readonly string[];
  /** Whether directories below count too. */
  readonly deep: boolean;
  /** Called with what was made, changed or removed; with nothing where whole directories came or went. */
  onChange(path?: string): void;
  /** The kernel refuses to watch a directory, or does again. */
  onBlind(error: Error | undefined): void;
  readonly watch?: typeof watch;
}

interface Watched {
  readonly watcher: FSWatcher;
  readonly inode: number;
}

export class DirectoryWatcher {
  private readonly options: DirectoryWatcherOptions;
  private readonly watched = new Map<string, Watched>();
  private refused: Error | undefined;

  constructor(options: DirectoryWatcherOptions) {
    this.options = options;
    this.survey();
  }

  /** Brings what is watched in line with what is there. */
  survey(): void {
    const was = this.refused;
    this.refused = undefined;
    for (const root of this.options.roots) this.reach(root);
    this.compare(was);
  }

  close(): void {
    for (const path of [...this.watched.keys()]) this.drop(path);
  }

  /**
   * Watches a root with all below it, and what stands above: the root's parent, or what is nearest to it while that is
   * missing.
   */
  private reach(root: string): void {
    for (let round = 0; round < 8; round++) {
      const nearest = nearestTo(root);
      this.hold(dirname(root) === root ? root : nearest === root ? dirname(root) : nearest);
      if (nearest === root) this.enter(root);
      // What was made before its parent was watched has no event.
      if (nearestTo(root) === nearest) return;
    }
  }

  private enter(directory: string): void {
    if (!this.hold(directory) || !this.options.deep) return;
    for (const name of directoriesIn(directory)) this.enter(join(directory, name));
  }

  /** Says whether the directory is there and watched, since now or before. */
  private hold(path: string): boolean {
    const inode = inodeOf(path);
    if (inode === this.watched.get(path)?.inode) return inode !== undefined;
    this.drop(path);
    if (inode === undefined) return false;
    try {
      const watcher = (this.options.watch ?? watch)(path, (event, name) => this.happened(path, event, name));
      watcher.on('error', () => this.drop(path));
      this.watched.set(path, { watcher, inode });
      return true;
    } catch (error) {
      // It was removed meanwhile; or there are no watches left.
      if (inodeOf(path) !== undefined) this.stumble(error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  private compare(was: Error | undefined): void {
    if (was !== undefined && this.refused === undefined) this.options.onBlind(undefined);
  }

  private stumble(error: Error): void {
    if (this.refused === undefined) this.options.onBlind(error);
    this.refused = error;
  }

  private happened(directory: string, event: string, name: string | null): void {
    // What happens to a directory itself is told by its own name, as if that were in it.
    const isItself = name === null || name === basename(directory);
    const path = name === null ? directory : join(directory, name);
    const isOurs = this.isOurs(path);
    if (event === 'change') {
      if (isOurs) this.tell(isItself ? undefined : path);
      return;
    }
    const news = [...(isItself ? [this.follow(directory, 'itself')] : []), this.follow(path)];
    if (news.includes(true)) this.tell(undefined);
    else if (isOurs) this.tell(isItself ? undefined : path);
  }

  /**
   * Says whether it is a directory that came or went, with what is watched below it. A number is soon given to another
   * directory.
   */
  private follow(path: string, itself?: 'itself'): boolean {
    const was = this.watched.get(path)?.inode;
    const is = inodeOf(path);
    const differs = was !== is || (itself !== undefined && was !== undefined);
    if (differs && was !== undefined) this.dropBelow(path);
    if (is !== undefined && this.isOurs(path) && (this.options.deep || this.options.roots.includes(path)))
      this.enter(path);
    for (const root of this.options.roots) if (isWithin(root, path)) this.reach(root);
    return (
      differs &&
      (was !== undefined ||
        this.isOurs(path) ||
        this.options.roots.some((root) => isWithin(root, path) && this.watched.has(root)))
    );
  }

  private isOurs(path: string): boolean {
    return this.options.roots.some((root) => isWithin(path, root));
  }

  private tell(path: string | undefined): void {
    if (path === undefined) this.options.onChange();
    else this.options.onChange(path);
  }

  private dropBelow(path: string): void {
    for (const one of [...this.watched.keys()]) if (isWithin(one, path)) this.drop(one);
  }

  private drop(path: string): void {
    this.watched.get(path)?.watcher.close();
    this.watched.delete(path);
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root === '/' ? root : `${root}/`);
}

function nearestTo(path: string): string {
  let nearest = path;
  while (inodeOf(nearest) === undefined && dirname(nearest) !== nearest) nearest = dirname(nearest);
  return nearest;
}

/** Of a directory; undefined of what is none. */
function inodeOf(path: string): number | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true ? found.ino : undefined;
}

function directoriesIn(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
