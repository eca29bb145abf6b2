// watch/last-good.ts — the texts of the spec that is in force, kept for a start that finds only a broken one.
import { readOwn } from '../durable/own.ts';
import { replaceFile } from '../durable/replace.ts';
import type { Fetched } from '../origin/origin.ts';
import { messageOf } from './explain.ts';

export interface LastGood {
  /** Nothing, also where what was kept cannot be read: then it is worth nothing. */
  load(): Fetched | undefined;
  /** Where it is not kept already. What prevents that is told once. */
  save(fetched: Fetched): void;
}

/** Below the state directory, beside the clone of a repository. */
export const KEPT = ['spec-in-force.json', 'git'] as const;

const VERSION = 1;

/** Of specs from somewhere else it says nothing. */
export function createLastGood(stateDirectory: string, from: string, onTrouble: (message: string) => void): LastGood {
  const path = `${stateDirectory}/${KEPT[0]}`;
  let isTold = false;
  const load = (): Fetched | undefined => {
    try {
      const value: unknown = JSON.parse(readOwn(path) ?? '');
      return isKept(value) && value.version === VERSION && value.from === from
        ? { sources: value.sources, revision: value.revision }
        : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    load,
    save: ({ sources, revision }) => {
      if (load()?.revision === revision) return;
      try {
        replaceFile(path, `${JSON.stringify({ version: VERSION, from, revision, sources })}\n`);
        isTold = false;
      } catch (error) {
        if (!isTold) onTrouble(`it cannot be kept for the next start: ${messageOf(error)}`);
        isTold = true;
      }
    },
  };
}

interface Kept extends Fetched {
  readonly version: number;
  readonly from: string;
}

function isKept(value: unknown): value is Kept {
  if (
    typeof value !== 'object' ||
    value === null ||
    !('sources' in value) ||
    !('revision' in value) ||
    !('from' in value) ||
    !('version' in value)
  )
    return false;
  const isSource = (source: unknown): boolean =>
    typeof source === 'object' &&
    source !== null &&
    'file' in source &&
    typeof source.file === 'string' &&
    'text' in source &&
    typeof source.text === 'string';
  return Array.isArray(value.sources) && value.sources.every(isSource) && typeof value.revision === 'string';
}
