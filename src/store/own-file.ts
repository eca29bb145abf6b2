// store/own-file.ts — a file of a store, and its copy in the run directory: that one counts where all that was in the
// state directory is lost. Nothing else on a host tells the address of a guest whose device is somebody else's.
import { createHash } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import type { Op } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import { readOwn } from '../durable/own.ts';
import { replaceFile } from '../durable/replace.ts';

/** Where a store keeps its files, and their copies. */
export interface StoreOptions {
  readonly directory: string;
  readonly beside?: string | undefined;
  /** Of a kind that nobody knows nothing can be restored: what holds one is a later netctl's. */
  readonly knows?: (kind: string) => boolean;
}

export class OwnFile {
  readonly path: string;
  private readonly copy: string | undefined;

  constructor({ directory, beside }: StoreOptions, name: string) {
    this.path = `${directory}/${name}`;
    this.copy = beside === undefined ? undefined : `${beside}/${name}`;
  }

  read(): string | undefined {
    return textAt(this.path);
  }

  /** Its copy as `parse` reads it; undefined where it is not there, or damaged: then it is gathered from the host. */
  copied<T>(parse: (text: string, path: string) => T): T | undefined {
    try {
      const text = this.copy === undefined ? undefined : textAt(this.copy);
      return this.copy === undefined || text === undefined ? undefined : parse(text, this.copy);
    } catch (error) {
      if (error instanceof StoreError) return undefined;
      throw error;
    }
  }

  write(text: string): void {
    try {
      replaceFile(this.path, text);
    } catch (error) {
      throw new StoreError(this.path, `cannot be written: ${messageOf(error)}`, error);
    }
    if (this.copy !== undefined) putBeside(this.copy, text);
  }

  remove(): void {
    for (const each of this.all()) remove(each);
  }

  byHand(text: string | null): readonly Op[] {
    return this.all().map((path) => (text === null ? { op: 'remove', path } : { op: 'write', path, text }));
  }

  private all(): readonly string[] {
    return [this.path, ...(this.copy === undefined ? [] : [this.copy])];
  }
}

/** Tells whether a file is another by now. */
export function digestOf(text: string | undefined): string {
  return text === undefined ? 'absent' : createHash('sha256').update(text).digest('hex');
}

/** The object in a file of a store. `known`: the version that this netctl writes. */
export function objectIn(text: string, path: string, known: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StoreError(path, `is damaged: ${messageOf(error)}`, error);
  }
  if (!isRecord(value)) throw new StoreError(path, 'is damaged: it does not hold an object');
  const { version } = value;
  if (version === undefined) throw new StoreError(path, `says no version; this netctl knows ${known}`);
  if (typeof version === 'number' && version > known)
    throw new StoreError(path, `is of version ${version}: a newer netctl wrote it, and this one knows ${known}`);
  return value;
}

export function wrongVersion(path: string, version: unknown, known: number): StoreError {
  return new StoreError(path, `is of version ${JSON.stringify(version)}; this netctl knows ${known}`);
}

export function damaged(path: string): StoreError {
  return new StoreError(path, 'is damaged: something in it is missing or of the wrong kind');
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textAt(path: string): string | undefined {
  try {
    return readOwn(path);
  } catch (error) {
    throw new StoreError(path, `cannot be read: ${messageOf(error)}`, error);
  }
}

/** Without room for it there is none, rather than an old one. */
function putBeside(path: string, text: string): void {
  try {
    replaceFile(path, text);
  } catch {
    remove(path);
  }
}

/** What is not there is not asked for: where all is read only that would be refused too. */
function remove(path: string): void {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path);
  } catch (error) {
    throw new StoreError(path, `can be neither written nor removed: ${messageOf(error)}`, error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
