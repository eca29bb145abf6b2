// driver/files.ts — files of the host: read whole trees, replaced one at a time.
import { closeSync, openSync, readdirSync, readFileSync, readSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { edited } from '../core/lines.ts';
import { DriverError } from '../core/resource.ts';
import type { Op } from '../core/resource.ts';
import { makeDirectories } from '../durable/directories.ts';
import { replaceFile } from '../durable/replace.ts';

/**
 * Every regular file below a directory, what an interrupted write has left there included; a file itself where the path
 * is one.
 */
export function readTree(directory: string): ReadonlyMap<string, string> {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
    return new Map(
      paths.flatMap((path) => {
        const text = readIfThere(path);
        return text === undefined ? [] : [[path, text] as const];
      }),
    );
  } catch (error) {
    if (isAbsent(error)) return new Map();
    if (isCalled(error, 'ENOTDIR')) return fileAt(directory);
    throw new DriverError(`read ${directory}`, { stderr: messageOf(error), cause: error });
  }
}

function fileAt(path: string): ReadonlyMap<string, string> {
  try {
    return new Map([[path, readWhole(path)]]);
  } catch (error) {
    if (isAbsent(error) || isCalled(error, 'ENOTDIR')) return new Map();
    throw new DriverError(`read ${path}`, { stderr: messageOf(error), cause: error });
  }
}

export function contains(path: string, text: string): boolean {
  return readIfThere(path)?.includes(text) === true;
}

export function write({ path, text, mode = 0o600, directoryMode = 0o700 }: Extract<Op, { op: 'write' }>): void {
  try {
    replaceFile(path, text, { mode, directoryMode });
  } catch (error) {
    throw new DriverError(`write ${path}`, { stderr: messageOf(error), cause: error });
  }
}

export function edit({ path, mode = 0o600, ...change }: Extract<Op, { op: 'edit' }>): void {
  try {
    replaceFile(path, edited(readIfThere(path) ?? '', change), { mode });
  } catch (error) {
    throw new DriverError(`edit ${path}`, { stderr: messageOf(error), cause: error });
  }
}

/** With its directory, when it was the last in it: that was made for it. */
export function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw new DriverError(`remove ${path}`, { stderr: messageOf(error), cause: error });
  }
  try {
    rmdirSync(dirname(path));
  } catch {
    // Something else is in it, or it is needed: then it stays.
  }
}

/** Makes what is missing of a path. */
export function makeDirectory(path: string): void {
  try {
    makeDirectories(path, 0o700);
  } catch (error) {
    throw new DriverError(`mkdir ${path}`, { stderr: messageOf(error), cause: error });
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readWhole(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Bytes. None of netctl's own is nearly as large; of somebody's, which may have holes, more is of no interest. */
const MOST = 64 << 20;

/** The beginning of it, where it is larger. */
function readWhole(path: string): string {
  if (statSync(path).size <= MOST) return readFileSync(path, 'utf8');
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(MOST);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, MOST, 0));
  } finally {
    closeSync(file);
  }
}

function isAbsent(error: unknown): boolean {
  return isCalled(error, 'ENOENT');
}

function isCalled(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
