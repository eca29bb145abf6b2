// generations/file.ts — generations in a directory each, below the state directory: `generations/7/generation.json` and
// what belongs to it.
import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { StoreError } from '../core/stored.ts';
import { inPresentWords } from '../durable/former-words.ts';
import { followNoLink, readOwn } from '../durable/own.ts';
import { replaceFile } from '../durable/replace.ts';
import { KEPT, wayBack } from './model.ts';
import type { Generation, Generations, Outcome, Pending } from './model.ts';
import { BASE, RECORD, textToKeep, wholeOf } from './record-file.ts';
import { isObject, recordIn } from './record.ts';

/** Names below the state directory. */
export const GENERATIONS = ['generations', 'pending.json'] as const;

/** Beside what was put down of one: what its guard says. */
export const GUARD_LOG = 'guard.log';

const VERSION = 1;

export function createGenerations(state: string): Generations {
  const [directory, pendingFile] = [`${state}/${GENERATIONS[0]}`, `${state}/${GENERATIONS[1]}`];
  const at = (number: number, name: string): string => `${directory}/${number}/${name}`;
  const numbers = (): readonly number[] =>
    namesIn(directory)
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number)
      .toSorted((a, b) => a - b);
  const list = (): readonly Generation[] =>
    numbers().flatMap((number) => {
      const found = parsed(at(number, 'generation.json'));
      return isGeneration(found) ? [found] : [];
    });
  const pending = (): Pending | undefined => {
    const found = parsed(pendingFile);
    if (isPending(found)) return found;
    const undecided = isThere(pendingFile)
      ? list().findLast(({ outcome: { is } }) => is === 'begun' || is === 'waiting')
      : undefined;
    return undecided === undefined ? undefined : { generation: undecided.number, phase: 'applying', pid: 0, began: '' };
  };
  const put = (path: string, value: object): void => {
    putText(path, () => `${JSON.stringify(value)}\n`);
  };
  const putText = (path: string, text: () => string): void => {
    try {
      followNoLink(path, state);
      replaceFile(path, text());
    } catch (error) {
      throw new StoreError(path, `cannot be written: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  const remove = (path: string): void => {
    try {
      followNoLink(path, state);
      rmSync(path, { force: true });
    } catch (error) {
      throw new StoreError(path, `cannot be removed: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  };
  /** What somebody else has put beside stays, and its directory with it. */
  const removeGeneration = (number: number): void => {
    for (const name of FILES) for (const half of ['', '.new']) remove(at(number, `${name}${half}`));
    removeIfEmpty(`${directory}/${number}`);
  };
  return {
    list,
    pending,
    damaged: () =>
      numbers().flatMap((number) => {
        const path = at(number, 'generation.json');
        // One that was cut off before it was put down whole was never begun.
        return !isThere(path) || isGeneration(parsed(path))
          ? []
          : [`generation ${number} is damaged, and left as it is: ${path} cannot be read`];
      }),
    has: (number) => numbers().includes(number),
    record: (number) => {
      const path = at(number, RECORD);
      const found = wholeIn(path, `${directory}/${number}`);
      if (found === undefined)
        throw new StoreError(path, 'cannot be read: there is no such generation, or it is damaged');
      const record = recordIn(found);
      if (record === undefined) throw new StoreError(path, 'is damaged, or of another version');
      return record;
    },
    // Nobody can do anything about one that cannot be read.
    said: (number) => {
      try {
        return (readOwn(at(number, GUARD_LOG)) ?? '').replace(/^generation \d+ is guarded\n/gm, '');
      } catch {
        return '';
      }
    },
    begin: (generation, record) => {
      const last = numbers().at(-1);
      const number = (last ?? 0) + 1;
      const begun: Generation = { number, ...generation, outcome: { is: 'begun' } };
      try {
        putText(at(number, RECORD), () =>
          textToKeep(record, `${directory}/${number}`, last === undefined ? undefined : `${directory}/${last}`),
        );
        put(at(number, 'generation.json'), { version: VERSION, ...begun });
      } catch (error) {
        // Whoever tries again and again would leave a directory each time.
        removeGeneration(number);
        throw error;
      }
      // What waits to be decided is among the newest.
      const back = wayBack(list());
      for (const old of numbers().slice(0, -KEPT)) if (!back.includes(old)) removeGeneration(old);
      return begun;
    },
    end: (number, outcome) => {
      const found = list().find((each) => each.number === number);
      if (found !== undefined) put(at(number, 'generation.json'), { ...found, outcome });
    },
    drop: removeGeneration,
    arm: (armed) => {
      put(pendingFile, { version: VERSION, ...armed });
    },
    disarm: () => {
      remove(pendingFile);
    },
    forget: () => {
      remove(pendingFile);
      for (const number of numbers()) removeGeneration(number);
      removeIfEmpty(directory);
    },
  };
}

const FILES = ['generation.json', RECORD, BASE, GUARD_LOG] as const;

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Something else is in it, or it is not there.
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // What is to be a directory may be none.
    throw new StoreError(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    if (lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new Error('it is a symbolic link: netctl follows none in its own directories');
    return readdirSync(directory);
  } catch (error) {
    allowed(directory, error);
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new StoreError(directory, `cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** Undefined also where what it is told by cannot be read. */
function wholeIn(path: string, directory: string): unknown {
  const found = parsed(path);
  try {
    return wholeOf(found, directory);
  } catch (error) {
    allowed(path, error);
    return undefined;
  }
}

/** Undefined where there is nothing that could be read. */
function parsed(path: string): unknown {
  try {
    return JSON.parse(inPresentWords(readOwn(path) ?? '')) as unknown;
  } catch (error) {
    allowed(path, error);
    return undefined;
  }
}

/** Who may not look has not seen that there is nothing. */
function allowed(path: string, error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'EACCES')
    throw new StoreError(path, `cannot be read: ${error.message}`, error);
}

function has<K extends string>(value: unknown, ...keys: readonly K[]): value is { readonly [key in K]: unknown } {
  return isObject(value) && value['version'] === VERSION && keys.every((key) => key in value);
}

function isGeneration(value: unknown): value is Generation {
  if (!has(value, 'number', 'when', 'who', 'host', 'digest', 'summary', 'outcome') || !Number.isInteger(value.number))
    return false;
  return (
    [value.when, value.who, value.host, value.digest, value.summary].every((text) => typeof text === 'string') &&
    isOutcome(value.outcome)
  );
}

function isOutcome(value: unknown): value is Outcome {
  if (!isObject(value)) return false;
  if (value['is'] === 'rolled back')
    return (
      typeof value['why'] === 'string' &&
      Array.isArray(value['left']) &&
      value['left'].every((line) => typeof line === 'string')
    );
  return (
    value['is'] === 'begun' ||
    value['is'] === 'waiting' ||
    (value['is'] === 'kept' && typeof value['settled'] === 'boolean')
  );
}

function isPending(value: unknown): value is Pending {
  return (
    has(value, 'generation', 'phase', 'start', 'pid', 'began') &&
    typeof value.generation === 'number' &&
    typeof value.pid === 'number' &&
    (value.phase === 'applying' || value.phase === 'waiting' || value.phase === 'rolling back') &&
    typeof value.began === 'string' &&
    ['string', 'undefined'].includes(typeof value.start) &&
    (!('until' in value) || typeof value.until === 'number')
  );
}
