// generations/file.ts — generations in a directory each, below the state directory: `generations/7/generation.json` and what belongs to it.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { StoreError } from '../core/stored.ts';
import { replaceFile } from '../durable/replace.ts';
import { KEPT, wayBack } from './model.ts';
import type { Generation, Generations, Pending, Record } from './model.ts';

/** Names below the state directory. */
export const GENERATIONS = ['generations', 'pending.json'] as const;

const VERSION = 1;

export function createGenerations(state: string): Generations {
  const [directory, pendingFile] = [`${state}/${GENERATIONS[0]}`, `${state}/${GENERATIONS[1]}`];
  const at = (number: number, name: string): string => `${directory}/${number}/${name}`;
  const numbers = (): readonly number[] => namesIn(directory).filter((name) => /^[1-9]\d*$/.test(name)).map(Number).toSorted((a, b) => a - b);
  const list = (): readonly Generation[] => numbers().flatMap((number) => {
    const found = parsed(at(number, 'generation.json'));
    return isGeneration(found) ? [found] : [];
  });
  const pending = (): Pending | undefined => {
    const found = parsed(pendingFile);
    if (isPending(found)) return found;
    const undecided = existsSync(pendingFile) ? list().findLast(({ outcome: { is } }) => is === 'begun' || is === 'waiting') : undefined;
    return undecided === undefined ? undefined : { generation: undecided.number, phase: 'applying', pid: 0, began: '' };
  };
  return {
    list, pending,
    has: (number) => numbers().includes(number),
    record: (number) => {
      const path = at(number, 'record.json');
      const found = parsed(path);
      if (found === undefined) throw new StoreError(path, 'cannot be read: there is no such generation, or it is damaged');
      if (!isRecordOf(found)) throw new StoreError(path, 'is damaged, or of another version');
      return found;
    },
    begin: (generation, record) => {
      const number = (numbers().at(-1) ?? 0) + 1;
      const begun: Generation = { number, ...generation, outcome: { is: 'begun' } };
      try {
        put(at(number, 'record.json'), { version: VERSION, ...record });
        put(at(number, 'generation.json'), { version: VERSION, ...begun });
      } catch (error) {
        // Whoever tries again and again would leave a directory each time.
        remove(at(number, ''));
        throw error;
      }
      // What waits to be decided is among the newest.
      const back = wayBack(list());
      for (const old of numbers().slice(0, -KEPT)) if (!back.includes(old)) remove(at(old, ''));
      return begun;
    },
    end: (number, outcome) => {
      const found = list().find((each) => each.number === number);
      if (found !== undefined) put(at(number, 'generation.json'), { ...found, outcome });
    },
    drop: (number) => { remove(at(number, '')); },
    arm: (armed) => { put(pendingFile, { version: VERSION, ...armed }); },
    disarm: () => { remove(pendingFile); },
    forget: () => {
      remove(pendingFile);
      remove(directory);
    },
  };
}

function put(path: string, value: object): void {
  try {
    replaceFile(path, `${JSON.stringify(value)}\n`);
  } catch (error) {
    throw new StoreError(path, `cannot be written: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw new StoreError(path, `cannot be removed: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Undefined where there is nothing that could be read. */
function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function has<K extends string>(value: unknown, ...keys: readonly K[]): value is { readonly [key in K]: unknown } {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === VERSION && keys.every((key) => key in value);
}

function isGeneration(value: unknown): value is Generation {
  return has(value, 'number', 'when', 'who', 'host', 'digest', 'summary', 'outcome') && typeof value.number === 'number';
}

function isRecordOf(value: unknown): value is Record {
  return has(value, 'sources', 'plan', 'undo', 'later', 'before', 'allocations', 'memories', 'image') && Array.isArray(value.sources);
}

function isPending(value: unknown): value is Pending {
  return has(value, 'generation', 'phase', 'start', 'pid', 'began') && typeof value.generation === 'number' && typeof value.pid === 'number';
}
