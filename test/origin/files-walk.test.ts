// test/origin/files-walk.test.ts — hundreds of replacements, in eight ways, at random: in the end what was told is what
// is there.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createFileOrigin } from '../../src/origin/files.ts';
import { isNightly } from '../nightly.ts';
import { follow } from './follower.ts';
import { until } from './until.ts';

const STEPS = isNightly ? 1000 : 300;
/** After so many it is awaited what was told: a loss that a later sign would hide shows. */
const ROUND = 20;
/** Milliseconds at most between two replacements; around the quiet that a burst ends with. */
const PAUSE = 10;

/** Where everything is: `current` → a worktree, in it `net/spec.yaml`, a file or a link to `..data/spec.yaml`. */
type Replace = (at: (path: string) => string, text: string, step: number) => Promise<void> | void;

const ways: Readonly<Record<string, Replace>> = {
  'in place': (at, text) => writeFileSync(at('current/net/spec.yaml'), text),
  'in place, in two halves': async (at, text) => {
    writeFileSync(at('current/net/spec.yaml'), text.slice(0, 3));
    await sleep(3);
    writeFileSync(at('current/net/spec.yaml'), text.slice(3), { flag: 'a' });
  },
  'renamed over': (at, text) => {
    writeFileSync(at('current/net/.tmp'), text);
    renameSync(at('current/net/.tmp'), at('current/net/spec.yaml'));
  },
  'deleted, then made': async (at, text) => {
    rmSync(at('current/net/spec.yaml'));
    await sleep(1);
    writeFileSync(at('current/net/spec.yaml'), text);
  },
  'a link to another worktree, the old one kept': (at, text, step) => point(at, worktree(at, text, step)),
  'a link to another worktree, the old one removed': (at, text, step) => {
    const old = realpathSync(at('current'));
    point(at, worktree(at, text, step));
    rmSync(old, { recursive: true });
  },
  'a mounted volume': (at, text, step) => {
    const net = realpathSync(at('current/net'));
    mkdirSync(join(net, `..${step}`));
    writeFileSync(join(net, `..${step}/spec.yaml`), text);
    link(`..${step}`, join(net, '..data'));
    link('..data/spec.yaml', join(net, 'spec.yaml'));
  },
  'a directory moved away, changed, and back': async (at, text) => {
    const net = realpathSync(at('current/net'));
    renameSync(net, `${net}.away`);
    await sleep(1);
    rmSync(join(`${net}.away`, 'spec.yaml'));
    writeFileSync(join(`${net}.away`, 'spec.yaml'), text);
    renameSync(`${net}.away`, net);
  },
};

for (const [what, named] of [
  ['a file', 'current/net/spec.yaml'],
  ['a directory', 'current/net'],
] as const) {
  test(`${STEPS} replacements of ${what}`, async () => {
    const top = mkdtempSync(join(tmpdir(), 'netctl-walk-'));
    const at = (path: string): string => join(top, path);
    const seed = Number(process.env['NETCTL_SEED'] ?? Date.now() % 1_000_000);
    const random = mulberry(seed);
    symlinkSync(worktree(at, 'text at first', -1), at('current'));
    const follower = await follow(
      createFileOrigin([at(named)], { times: { quiet: 5, atMost: 50, anyway: 3_600_000, blind: 3_600_000 } }),
    );
    const done: string[] = [];
    try {
      for (let step = 0; step < STEPS; step += 1) {
        const [name, replace] = Object.entries(ways)[Math.floor(random() * Object.keys(ways).length)] ?? [];
        await replace?.(at, `text ${step}`, step);
        done.push(name ?? '');
        if (random() < 0.5) await sleep(random() * PAUSE);
        if (step % ROUND === ROUND - 1)
          await until(follower.has, `text ${step}`).catch((error: unknown) =>
            expect.fail(`seed ${seed}, step ${step}: ${String(error)}; last: ${done.slice(-5).join('; ')}`),
          );
      }
      expect(readFileSync(at('current/net/spec.yaml'), 'utf8')).toBe(follower.has());
      expect(follower.said).toEqual([]);
    } finally {
      await follower.close();
      rmSync(top, { recursive: true });
    }
  });
}

function worktree(at: (path: string) => string, text: string, step: number): string {
  mkdirSync(at(`worktrees/${step}/net`), { recursive: true });
  writeFileSync(at(`worktrees/${step}/net/spec.yaml`), text);
  return `worktrees/${step}`;
}

function point(at: (path: string) => string, target: string): void {
  link(target, at('current'));
}

function link(target: string, path: string): void {
  symlinkSync(target, `${path}.new`);
  renameSync(`${path}.new`, path);
}

/** Sound in all its bits, and replayed by its seed. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
