// commands/watch/last-good.ts — the texts of the spec that is in force, kept for a start that finds only a broken one.
import { readFileSync } from 'node:fs';
import { replaceFile } from '../../durable/replace.ts';
import type { Fetched } from '../../origin/origin.ts';

export interface LastGood {
  /** Nothing, also where what was kept cannot be read: then it is worth nothing. */
  load(): Fetched | undefined;
  save(fetched: Fetched): void;
}

/** Below the state directory, beside the clone of a repository. */
export const KEPT = ['spec-in-force.json', 'git'] as const;

const VERSION = 1;

/** Of specs from somewhere else it says nothing. */
export function createLastGood(stateDirectory: string, from: string): LastGood {
  const path = `${stateDirectory}/${KEPT[0]}`;
  return {
    load: () => {
      try {
        const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
        return isKept(value) && value.version === VERSION && value.from === from ? { sources: value.sources, revision: value.revision } : undefined;
      } catch {
        return undefined;
      }
    },
    save: ({ sources, revision }) => { replaceFile(path, `${JSON.stringify({ version: VERSION, from, revision, sources })}\n`); },
  };
}

interface Kept extends Fetched {
  readonly version: number;
  readonly from: string;
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null || !('sources' in value) || !('revision' in value) || !('from' in value) || !('version' in value)) return false;
  const isSource = (source: unknown): boolean => typeof source === 'object' && source !== null && 'file' in source && typeof source.file === 'string' && 'text' in source && typeof source.text === 'string';
  return Array.isArray(value.sources) && value.sources.every(isSource) && typeof value.revision === 'string';
}
