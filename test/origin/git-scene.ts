// test/origin/git-scene.ts — a Git server of its own for each test, with one repository, and what an origin reads of
// it.
import { createGitOrigin } from '../../src/origin/git.ts';
import type { GitSource } from '../../src/origin/git.ts';
import { OriginError } from '../../src/origin/origin.ts';
import type { Origin } from '../../src/origin/origin.ts';
import type { Workshop } from './repository.ts';
import { afterEach, beforeEach } from 'vitest';
import { workshop } from './repository.ts';

export let shop: Workshop;

export function originOf(change: Partial<GitSource> = {}): Origin {
  return createGitOrigin({
    url: `file://${shop.at('net')}`,
    ref: 'main',
    path: '',
    directory: shop.at('state/git'),
    interval: 30,
    ...change,
  });
}

export async function textsOf(origin: Origin): Promise<readonly string[]> {
  return (await origin.read()).sources.map(({ text }) => text);
}

export async function errorOf(origin: Origin): Promise<OriginError> {
  const error: unknown = await origin.read().then(
    () => 'nothing was refused',
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OriginError)) throw new Error(String(error));
  return error;
}

/** Registers the hooks that make `shop` before each test, and remove it after. */
export function eachInItsWorkshop(): void {
  beforeEach(() => {
    shop = workshop();
    shop.repository('net');
  });
  afterEach(() => shop.remove());
}
