// store/state-text.ts — the state of a host as text: what `host.json` holds.
import { StoreError } from '../core/stored.ts';
import type { HostState } from '../core/stored.ts';
import { damaged, isRecord, objectIn, wrongVersion } from './own-file.ts';
import type { StoreOptions } from './own-file.ts';

export const HOST_FILE = 'host.json';

const VERSION = 1;

export function renderState(state: HostState): string {
  return `${JSON.stringify({ version: VERSION, ...inOrder(state) }, undefined, 1)}\n`;
}

export function parseState(text: string, path: string, options: Pick<StoreOptions, 'knows'>): HostState {
  const value = objectIn(text, path, VERSION);
  if (value['version'] !== VERSION) throw wrongVersion(path, value['version'], VERSION);
  return stateIn(value, path, options);
}

/** Throws where something is missing, or of the wrong kind. */
export function stateIn(
  value: Readonly<Record<string, unknown>>,
  path: string,
  { knows = () => true }: Pick<StoreOptions, 'knows'>,
): HostState {
  if (!isState(value)) throw damaged(path);
  const stranger = value.originals.find(({ kind }) => !knows(kind));
  if (stranger !== undefined) throw new StoreError(path, `holds a ${stranger.kind}, which this netctl does not know`);
  return inOrder(value);
}

/** The same state is the same text, whoever made it. */
export function inOrder({
  quarantineSeconds,
  originals,
  memories,
  found,
  beside,
  moving,
  start,
}: HostState): HostState {
  return {
    quarantineSeconds,
    originals,
    memories,
    ...(found === undefined ? {} : { found }),
    ...(beside === undefined ? {} : { beside }),
    ...(moving === undefined ? {} : { moving }),
    ...(start === undefined ? {} : { start }),
  };
}

function isState(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & HostState {
  const { quarantineSeconds, originals, memories, found, beside, moving, start } = value;
  const ofTexts = (of: unknown): boolean => isRecord(of) && Object.values(of).every((text) => typeof text === 'string');
  return (
    isRecord(quarantineSeconds) &&
    Object.values(quarantineSeconds).every((seconds) => typeof seconds === 'number') &&
    Array.isArray(originals) &&
    originals.every(
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

/** What a borrowed thing is called, and where it stood. */
const NAMED = ['name', 'link', 'cidr'];
