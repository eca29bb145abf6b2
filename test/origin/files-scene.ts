// test/origin/files-scene.ts — files of a spec in a directory of their own, written and replaced, and a follower that
// is told of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileOrigin } from '../../src/origin/files.ts';
import type { Times } from '../../src/origin/files.ts';
import { follow } from './follower.ts';
import type { Follower } from './follower.ts';
import { afterEach } from 'vitest';

/** Without a sign nothing is read: what these tests see, they see by a sign. */
export const TIMES = { quiet: 10, atMost: 200, anyway: 3_600_000, blind: 3_600_000, still: { more: 0, less: 0 } };

const opened: Follower[] = [];
const made: string[] = [];

export type At = (path: string) => string;
export function place(): At {
  const top = mkdtempSync(join(tmpdir(), 'netctl-origin-'));
  made.push(top);
  return (path) => join(top, path);
}

export async function followed(files: readonly string[], times: Times = TIMES): Promise<Follower> {
  const follower = await follow(createFileOrigin(files, { times }));
  opened.push(follower);
  return follower;
}

/** Writes a file and the directories it is in. */
export function put(at: At, path: string, text: string): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), text);
}

export const one = (at: At): void => put(at, 'etc/spec.yaml', 'one');

/** Registers the hook that ends followers and removes directories after each test. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const follower of opened.splice(0)) await follower.close();
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
  });
}
