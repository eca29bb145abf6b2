// store/file.ts — the store of one host: a JSON file below the state directory.
import { createHash } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import { ABSENT, StoreError } from '../core/stored.ts';
import type { Store, Stored } from '../core/stored.ts';
import { inPresentWords } from '../durable/former-words.ts';
import { readOwn } from '../durable/own.ts';
import { replaceFile } from '../durable/replace.ts';

const VERSION = 1;

/**
 * Keeps all in `allocations.json` of a directory; what cannot be read is refused and left as it is, and so is a
 * resource of a kind that nobody knows. `beside`: a directory for a copy, which counts where all that was in the other
 * one is lost. Nothing else on a host tells the address of a guest whose device is somebody else's.
 */
export function createFileStore(
  directory: string,
  knows: (kind: string) => boolean = () => true,
  beside?: string,
): Store {
  const path = `${directory}/allocations.json`;
  const copy = beside === undefined ? undefined : `${beside}/allocations.json`;
  const all = [path, ...(copy === undefined ? [] : [copy])];
  return {
    load: async () => {
      const text = read(path);
      return Promise.resolve(
        text === undefined
          ? { stored: copyIn(copy, knows), revision: ABSENT }
          : { stored: parse(text, path, knows), revision: revisionOf(text) },
      );
    },
    save: async (stored, revision) => {
      const there = read(path);
      if ((there === undefined ? ABSENT : revisionOf(there)) !== revision)
        throw new StoreError(path, 'was changed by somebody else meanwhile');
      const text = render(stored);
      try {
        replaceFile(path, text);
      } catch (error) {
        throw new StoreError(path, `cannot be written: ${messageOf(error)}`, error);
      }
      if (copy !== undefined) putBeside(copy, text);
      return Promise.resolve(revisionOf(text));
    },
    forget: async () => {
      for (const each of all) remove(each);
      return Promise.resolve();
    },
    saving: (stored) =>
      all.map((each) =>
        stored === null ? { op: 'remove', path: each } : { op: 'write', path: each, text: render(stored) },
      ),
  };
}

/** Undefined where it is not there, or damaged: then what it held is gathered from the host. */
function copyIn(path: string | undefined, knows: (kind: string) => boolean): Stored | undefined {
  try {
    const text = path === undefined ? undefined : read(path);
    return path === undefined || text === undefined ? undefined : parse(text, path, knows);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
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

function render(stored: Stored): string {
  return `${JSON.stringify({ version: VERSION, ...inOrder(stored) }, undefined, 1)}\n`;
}

/** The same store is the same text, whoever made it. */
function inOrder({ allocations, resting, rest, former, memories, found, beside, moving, start }: Stored): Stored {
  return {
    allocations,
    resting,
    rest,
    former,
    memories,
    ...(found === undefined ? {} : { found }),
    ...(beside === undefined ? {} : { beside }),
    ...(moving === undefined ? {} : { moving }),
    ...(start === undefined ? {} : { start }),
  };
}

function read(path: string): string | undefined {
  try {
    return readOwn(path);
  } catch (error) {
    throw new StoreError(path, `cannot be read: ${messageOf(error)}`, error);
  }
}

function parse(text: string, path: string, knows: (kind: string) => boolean): Stored {
  let value: unknown;
  try {
    value = JSON.parse(inPresentWords(text));
  } catch (error) {
    throw new StoreError(path, `is damaged: ${messageOf(error)}`, error);
  }
  if (!isRecord(value)) throw new StoreError(path, 'is damaged: it does not hold an object');
  if (value['version'] !== VERSION)
    throw new StoreError(
      path,
      `${value['version'] === undefined ? 'says no version' : `is of version ${JSON.stringify(value['version'])}`}; this netctl knows ${VERSION}`,
    );
  if (!isStored(value)) throw new StoreError(path, 'is damaged: something in it is missing or of the wrong kind');
  const stranger = value.former.find(({ kind }) => !knows(kind));
  if (stranger !== undefined) throw new StoreError(path, `holds a ${stranger.kind}, which this netctl does not know`);
  return inOrder(value);
}

function isStored(value: Record<string, unknown>): value is Record<string, unknown> & Stored {
  const { allocations, resting, rest, former, memories, found, beside, moving, start } = value;
  // Who holds what is not guessed: an address that is none would be given anew.
  const isHeld = ([pool, of]: [string, unknown]): boolean =>
    ofTexts(of) &&
    Object.values(of).every((text) => (pool === 'mac' ? MAC : /^(network|pool) /.test(pool) ? IPV4 : /./).test(text));
  const ofTexts = (of: unknown): of is Record<string, string> =>
    isRecord(of) && Object.values(of).every((text) => typeof text === 'string');
  const isRest = (of: unknown): boolean =>
    isRecord(of) && typeof of['holder'] === 'string' && typeof of['until'] === 'number';
  return (
    isRecord(allocations) &&
    Object.entries(allocations).every(isHeld) &&
    isRecord(resting) &&
    Object.values(resting).every((pool) => isRecord(pool) && Object.values(pool).every(isRest)) &&
    isRecord(rest) &&
    Object.values(rest).every((seconds) => typeof seconds === 'number') &&
    Array.isArray(former) &&
    former.every(
      (resource) =>
        isRecord(resource) &&
        typeof resource['kind'] === 'string' &&
        NAMED.every((key) => ['string', 'undefined'].includes(typeof resource[key])),
    ) &&
    isRecord(memories) &&
    Object.values(memories).every(ofTexts) &&
    (found === undefined || (isRecord(found) && Object.values(found).every(isRecord))) &&
    (beside === undefined || (Array.isArray(beside) && beside.every((key) => typeof key === 'string'))) &&
    (moving === undefined || moving === true) &&
    (start === undefined || typeof start === 'string')
  );
}

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
/** What a thing that was lent is called, and where it stood. */
const NAMED = ['name', 'link', 'cidr'];

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
