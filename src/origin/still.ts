// origin/still.ts — whether a file that is changed in place is whole: nobody has it open to write, and it has been left
// alone for a while.
import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import type { Source } from '../specfile/text.ts';

/**
 * Milliseconds that a file which was changed in place is left alone: one in which there is more than before, and one in
 * which something is missing.
 */
export interface Patience {
  readonly more: number;
  readonly less: number;
}

const PATIENCE: Patience = { more: 300, less: 2_000 };
/** Who has it open, and writes nothing for so long, is not waited for. */
const FORGOTTEN = 10_000;
/** What never comes to rest is taken as it is after so long. */
const LONGEST = 60_000;
/** Milliseconds between two looks at a file that somebody writes. */
const POLL = 250;

interface Version {
  /** Which file it is, whatever its name. */
  readonly id: string;
  readonly text: string;
  /** When it was first seen, by a clock that nobody sets. */
  readonly since: number;
}

/** Remembers what was taken, and how long what is there now has been there. */
export class Still {
  private readonly patience: Patience;
  private taken = new Map<string, Version>();
  private seen = new Map<string, Version>();
  /** Since when it has been waited for. */
  private since: number | undefined;

  constructor(patience: Patience = PATIENCE) {
    this.patience = patience;
  }

  /**
   * Milliseconds until it is worth another look; 0: all of it is whole. A file that took the place of another is taken
   * as it is, unless somebody writes it.
   */
  async wait(sources: readonly Source[]): Promise<number> {
    const now = performance.now();
    const versions = new Map(
      await Promise.all(
        sources.map(async ({ file, text }): Promise<readonly [string, Version]> => {
          const [id, before] = [await idOf(file), this.seen.get(file)];
          return [file, before?.id === id && before.text === text ? before : { id, text, since: now }];
        }),
      ),
    );
    this.seen = versions;
    const changed = [...versions].filter(
      ([file, { id, text }]) => this.taken.get(file)?.id !== id || this.taken.get(file)?.text !== text,
    );
    const written = changed.length === 0 ? new Set<string>() : await writtenNow(changed.map(([, { id }]) => id));
    const wait = Math.max(
      0,
      ...changed.map(([file, version]) => {
        const [before, age] = [this.taken.get(file), now - version.since];
        if (written.has(version.id) && age < FORGOTTEN) return POLL;
        return before?.id === version.id
          ? (isMore(before.text, version.text) ? this.patience.more : this.patience.less) - age
          : 0;
      }),
    );
    this.since = wait === 0 ? undefined : (this.since ?? now);
    return this.since !== undefined && now - this.since > LONGEST ? 0 : wait;
  }

  /** What is there now was taken. */
  take(): void {
    this.taken = this.seen;
    this.since = undefined;
  }
}

/** All that was there is, in its order, and the last line is whole. */
function isMore(before: string, now: string): boolean {
  if (!now.endsWith('\n')) return false;
  const lines = now.split('\n')[Symbol.iterator]();
  return before.split('\n').every((line) => {
    for (let next = lines.next(); next.done !== true; next = lines.next()) if (next.value === line) return true;
    return false;
  });
}

async function idOf(file: string): Promise<string> {
  return await stat(file, { bigint: true }).then(
    ({ dev, ino }) => `${dev.toString()} ${ino.toString()}`,
    () => '',
  );
}

/** Which of these files some process has open to write, as far as that may be looked at. */
async function writtenNow(ids: readonly string[]): Promise<ReadonlySet<string>> {
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    processes.map(async (pid) => {
      const open = await readdir(`/proc/${pid}/fd`).catch(() => []);
      return await Promise.all(
        open.map(async (number) => {
          const to = await readlink(`/proc/${pid}/fd/${number}`).catch(() => '');
          if (!to.startsWith('/') || to.startsWith('/dev/')) return '';
          const id = await idOf(`/proc/${pid}/fd/${number}`);
          return ids.includes(id) && (await isToWrite(pid, number)) ? id : '';
        }),
      );
    }),
  );
  return new Set(found.flat().filter((id) => id !== ''));
}

/** The last two bits of its flags: 1 to write, 2 to read and write. */
async function isToWrite(pid: string, number: string): Promise<boolean> {
  const flags =
    /^flags:\s*([0-7]+)/m.exec(await readFile(`/proc/${pid}/fdinfo/${number}`, 'utf8').catch(() => ''))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

/** Milliseconds within which a file that was written may still be. */
const LATELY = FORGOTTEN;

/** Whether somebody still writes one of these files: for a command that reads them once. */
export async function isBeingWritten(sources: readonly Source[]): Promise<boolean> {
  const found = await Promise.all(
    sources.map(async ({ file }) => await stat(file, { bigint: true }).catch(() => undefined)),
  );
  // What can be read only once is never read again.
  if (!found.every((about) => about?.isFile() === true)) return false;
  const ids = found.flatMap((about) =>
    about !== undefined && Date.now() - Number(about.mtimeMs) < LATELY
      ? [`${about.dev.toString()} ${about.ino.toString()}`]
      : [],
  );
  return ids.length > 0 && (await writtenNow(ids)).size > 0;
}
