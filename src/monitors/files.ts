// monitors/files.ts — hints of files that came, changed or went below some directories.
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import type { watch } from 'node:fs';
import { join } from 'node:path';
import type { Subsystem, Hint } from '../core/hint.ts';
import type { MonitorEntry } from './status.ts';
import { Dedup } from './dedup.ts';
import { DirectoryWatcher } from './directory-watcher.ts';

/** Milliseconds that events are gathered. */
const GATHER = 10;
/** Events at once from which on the kernel may have thrown some away: half of what it keeps by default. */
const FLOOD = 8_192;
/**
 * Milliseconds between two looks where the kernel refuses to watch, of how many looks' time one may be, and looks until
 * it is asked again.
 */
const [LEAST, TIMES, ROUNDS] = [2_000, 200, 30];

export interface FileHints {
  readonly subsystem: Subsystem;
  readonly roots: readonly string[];
  readonly deep: boolean;
  readonly entry: MonitorEntry;
  readonly nameOf: (path: string) => string;
  readonly onHints: (hints: readonly Hint[]) => void;
  readonly watch?: typeof watch;
}

export class FileMonitor {
  private readonly files: FileHints;
  private readonly hints = new Dedup();
  private readonly directories: DirectoryWatcher;
  private events = 0;
  private gathering: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private known = '';
  private rounds = 0;

  constructor(files: FileHints) {
    const { subsystem, roots, deep, nameOf } = files;
    this.files = files;
    files.entry.runs();
    this.directories = new DirectoryWatcher({
      roots,
      deep,
      onChange: (path) => this.add(path === undefined ? { subsystem } : { subsystem, name: nameOf(path) }),
      onBlind: (error) => this.blind(error),
      ...(files.watch === undefined ? {} : { watch: files.watch }),
    });
  }

  close(): void {
    clearTimeout(this.gathering);
    clearTimeout(this.looking);
    this.directories.close();
  }

  private add(hint: { readonly subsystem: Subsystem; readonly name?: string }): void {
    this.hints.add(hint);
    this.events++;
    this.gathering ??= setTimeout(() => this.tell(), GATHER);
  }

  private tell(): void {
    this.gathering = undefined;
    if (this.events >= FLOOD) this.directories.survey();
    this.events = 0;
    this.files.onHints(this.hints.take());
  }

  private blind(error: Error | undefined): void {
    clearTimeout(this.looking);
    this.looking = undefined;
    const { entry, subsystem } = this.files;
    if (error === undefined) {
      entry.runs({ what: 'the kernel watches its directories again' });
      this.add({ subsystem });
      return;
    }
    const poorly = `looks every ${LEAST / 1000} s, since the kernel does not watch more directories: ${error.message}`;
    entry.runs({ poorly, what: poorly });
    this.known = this.digest();
    this.rounds = 0;
    this.looking = setTimeout(() => this.look(), LEAST);
  }

  private look(): void {
    const begun = performance.now();
    const digest = this.digest();
    if (digest !== this.known) this.add({ subsystem: this.files.subsystem });
    this.known = digest;
    this.looking = setTimeout(() => this.look(), Math.max(LEAST, TIMES * (performance.now() - begun)));
    if (++this.rounds % ROUNDS === 0) this.directories.survey();
  }

  private digest(): string {
    const hash = createHash('sha256');
    for (const root of this.files.roots)
      for (const path of below(root, this.files.deep)) hash.update(`${path} ${lookOf(path)}\n`);
    return hash.digest('base64');
  }
}

function below(root: string, deep: boolean): readonly string[] {
  try {
    return readdirSync(root, { recursive: deep, encoding: 'utf8' }).map((name) => join(root, name));
  } catch {
    return [];
  }
}

function lookOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return '';
  }
}
