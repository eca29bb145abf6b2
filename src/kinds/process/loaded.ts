// kinds/process/loaded.ts — what a daemon has loaded, and what it stands on, as it is put down beside its pid file.
import type { Ref } from '../../core/resource.ts';
import type { Process } from './model.ts';

export type Loaded = Pick<Process, 'config' | 'on'>;

/** One line for the hash of what it has read, one for each thing that it stands on: it has to end before that goes. */
export function renderLoaded({ config, on }: Loaded): string {
  return [config, ...on].map((line) => `${line}\n`).join('');
}

export function parseLoaded(text: string): Loaded {
  const [config = '', ...on] = text.split('\n');
  return { config, on: on.filter(isRef) };
}

function isRef(text: string): text is Ref {
  return /^\S+ ./.test(text);
}
