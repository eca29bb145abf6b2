// monitors/files.ts — signs of files that came, changed or went below some directories.
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import type { watch } from 'node:fs';
import { join } from 'node:path';
import type { Part, Sign } from '../core/sign.ts';
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

export interface FileSigns {
  readonly part: Part;
  readonly roots: readonly string[];
  readonly deep: boolean;
  readonly entry: MonitorEntry;
  readonly nameOf: (path: string) => string;
  readonly onSigns: (signs: readonly Sign[]) => void;
  readonly watch?: typeof watch;
}

export class FileMonitor {
  private readonly files: FileSigns;
  private readonly signs = new Dedup();
  private readonly directories: DirectoryWatcher;
  private events = 0;
  private gathering: NodeJS.Timeout | undefined;
  private looking: NodeJS.Timeout | undefined;
  private known = '';
  private rounds = 0;

  constructor(files: FileSigns) {
    const { part, roots, deep, nameOf } = files;
    this.files = files;
    files.entry.runs();
    this.directories = new DirectoryWatcher({
      roots,
      deep,
      onChange: (path) => this.add(path === undefined ? { part } : { part, name: nameOf(path) }),
      onBlind: (error) => this.blind(error),
      ...(files.watch === undefined ? {} : { watch: files.watch }),
    });
  }

  close(): void {
    clearTimeout(this.gathering);
    clearTimeout(this.looking);
    this.directories.close();
  }

  private add(sign: { readonly part: Part; readonly name?: string }): void {
    this.signs.add(sign);
    this.events++;
    this.gathering ??= setTimeout(() => this.tell(), GATHER);
  }

  private tell(): void {
    this.gathering = undefined;
    if (this.events >= FLOOD) this.directories.survey();
    this.events = 0;
    this.files.onSigns(this.signs.take());
  }

  private blind(error: Error | undefined): void {
    clearTimeout(this.looking);
    this.looking = undefined;
    const { entry, part } = this.files;
    if (error === undefined) {
      entry.runs({ what: 'the kernel watches its directories again' });
      this.add({ part });
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
    if (digest !== this.known) this.add({ part: this.files.part });
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
