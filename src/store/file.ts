// store/file.ts — the store of one host: a JSON file below the state directory.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { StoreError } from '../core/stored.ts';
import type { Store, Stored } from '../core/stored.ts';
import { replaceFile } from '../durable/replace.ts';

const VERSION = 1;
const ABSENT = 'absent';

/** Keeps all in `allocations.json` of a directory; what cannot be read is refused and left as it is, and so is a resource of a kind that nobody knows. */
export function createFileStore(directory: string, knows: (kind: string) => boolean = () => true): Store {
  const path = `${directory}/allocations.json`;
  return {
    load: async () => {
      const text = read(path);
      return Promise.resolve(text === undefined ? { stored: undefined, revision: ABSENT } : { stored: parse(text, path, knows), revision: revisionOf(text) });
    },
    save: async (stored, revision) => {
      const there = read(path);
      if ((there === undefined ? ABSENT : revisionOf(there)) !== revision) throw new StoreError(path, 'was changed by somebody else meanwhile');
      const text = render(stored);
      try {
        replaceFile(path, text);
      } catch (error) {
        throw new StoreError(path, `cannot be written: ${messageOf(error)}`, error);
      }
      return Promise.resolve(revisionOf(text));
    },
    forget: async () => {
      rmSync(path, { force: true });
      return Promise.resolve();
    },
    saving: (stored) => [stored === null ? { op: 'remove', path } : { op: 'write', path, text: render(stored) }],
  };
}

function render(stored: Stored): string {
  return `${JSON.stringify({ version: VERSION, ...stored }, undefined, 1)}\n`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new StoreError(path, `cannot be read: ${messageOf(error)}`, error);
  }
}

function parse(text: string, path: string, knows: (kind: string) => boolean): Stored {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StoreError(path, `is damaged: ${messageOf(error)}`, error);
  }
  if (!isRecord(value)) throw new StoreError(path, 'is damaged: it does not hold an object');
  if (value['version'] !== VERSION) throw new StoreError(path, `is of version ${JSON.stringify(value['version'])}; this netctl knows ${VERSION}`);
  if (!isStored(value)) throw new StoreError(path, 'is damaged: something in it is missing or of the wrong kind');
  const { allocations, resting, rest, former, memories, found } = value;
  const stranger = former.find(({ kind }) => !knows(kind));
  if (stranger !== undefined) throw new StoreError(path, `holds a ${stranger.kind}, which this netctl does not know`);
  return { allocations, resting, rest, former, memories, ...(found === undefined ? {} : { found }) };
}

function isStored(value: Record<string, unknown>): value is Record<string, unknown> & Stored {
  const { allocations, resting, rest, former, memories, found } = value;
  const ofTexts = (of: unknown): boolean => isRecord(of) && Object.values(of).every((text) => typeof text === 'string');
  const isRest = (of: unknown): boolean => isRecord(of) && typeof of['holder'] === 'string' && typeof of['until'] === 'number';
  return isRecord(allocations) && Object.values(allocations).every(ofTexts)
    && isRecord(resting) && Object.values(resting).every((pool) => isRecord(pool) && Object.values(pool).every(isRest))
    && isRecord(rest) && Object.values(rest).every((seconds) => typeof seconds === 'number')
    && Array.isArray(former) && former.every((resource) => isRecord(resource) && typeof resource['kind'] === 'string')
    && isRecord(memories) && Object.values(memories).every(ofTexts)
    && (found === undefined || (isRecord(found) && Object.values(found).every(isRecord)));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function revisionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
