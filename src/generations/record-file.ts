// generations/record-file.ts — where the record of a generation lies: `generations/7/record.json`, whole, or told by
// what it shares with an earlier one, which lies beside it under another name. That is a hard link: whichever
// generation is dropped, what the others need stays.
import { createHash } from 'node:crypto';
import { linkSync } from 'node:fs';
import { makeDirectories } from '../durable/directories.ts';
import { readOwn } from '../durable/own.ts';
import { deltaOf, isDelta, textFrom } from './delta.ts';
import type { Delta } from './delta.ts';
import type { Record } from './model.ts';
import { isObject, RENDERED, renderRecord } from './record.ts';

/** Names in the directory of a generation. */
export const [RECORD, BASE] = ['record.json', 'base.json'];

/** Characters: what is smaller is not worth two files. */
const SMALL = 16_384;
/** Of a record, what a delta may be: more, and it is kept whole, for those that come to be told by. */
const SHARE = 1 / 8;

interface Told {
  readonly version: 3;
  /** SHA-256 of the base, and of what is told. */
  readonly base: string;
  readonly digest: string;
  readonly lines: Delta;
}

/**
 * What is to stand in the record's file in a directory, beside which its base is by then. `earlier`: the directory of
 * the generation before.
 */
export function textToKeep(record: Record, directory: string, earlier: string | undefined): string {
  const text = renderRecord(record);
  const base = earlier === undefined || text.length < SMALL ? undefined : baseIn(earlier);
  if (base === undefined) return text;
  const told: Told = {
    version: 3,
    base: digestOf(base.text),
    digest: digestOf(text),
    lines: deltaOf(text, base.text),
  };
  const kept = `${JSON.stringify(told)}\n`;
  return kept.length <= text.length * SHARE && isBeside(base.path, directory) ? kept : text;
}

/** The JSON of a record as it was before it was told by another. Undefined: one of the two is damaged. */
export function wholeOf(value: unknown, directory: string): unknown {
  if (!isTold(value)) return value;
  const base = readOwn(`${directory}/${BASE}`);
  if (base === undefined || digestOf(base) !== value.base) return undefined;
  const text = textFrom(value.lines, base);
  return text === undefined || digestOf(text) !== value.digest ? undefined : JSON.parse(text);
}

/** What the generation before is told by, or that one itself. Whatever is in the way: none. */
function baseIn(earlier: string): { readonly path: string; readonly text: string } | undefined {
  for (const path of [`${earlier}/${BASE}`, `${earlier}/${RECORD}`]) {
    try {
      const text = readOwn(path);
      if (text?.startsWith(RENDERED) === true) return { path, text };
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** Not every file system has hard links. */
function isBeside(path: string, directory: string): boolean {
  try {
    makeDirectories(directory, 0o700);
    linkSync(path, `${directory}/${BASE}`);
    return true;
  } catch {
    return false;
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isTold(value: unknown): value is Told {
  return (
    isObject(value) &&
    typeof value['base'] === 'string' &&
    typeof value['digest'] === 'string' &&
    isDelta(value['lines'])
  );
}
