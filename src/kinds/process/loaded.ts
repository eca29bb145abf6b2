// kinds/process/loaded.ts — what a daemon has loaded, and what it depends on, as it is put down beside its pid file.
import type { Ref } from '../../core/resource.ts';
import type { Process } from './model.ts';

export type Loaded = Pick<Process, 'config' | 'on' | 'startedWith'>;

const STARTED_WITH = 'started-with:';

/**
 * One line for the hash of what it has read, one for that of what it was started with, one for each thing that it
 * depends on: it has to end before that goes.
 */
export function renderLoaded({ config, on, startedWith }: Loaded): string {
  return [config, ...(startedWith === undefined ? [] : [`${STARTED_WITH}${startedWith}`]), ...on]
    .map((line) => `${line}\n`)
    .join('');
}

export function parseLoaded(text: string): Loaded {
  const [config = '', ...lines] = text.split('\n');
  const startedWith = lines.find((line) => line.startsWith(STARTED_WITH))?.slice(STARTED_WITH.length);
  return { config, on: lines.filter(isRef), ...(startedWith === undefined ? {} : { startedWith }) };
}

function isRef(text: string): text is Ref {
  return /^\S+ ./.test(text);
}
