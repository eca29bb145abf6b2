// test/origin/directories.test.ts — a directory that is away for the very moment in which its watch begins is watched
// all the same.
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { watchDirectories } from '../../src/origin/directories.ts';
import type { WatchedNames } from '../../src/origin/way.ts';
import { until } from './until.ts';

/** Turns of the event loop; a watch begins within fewer. */
const TURNS = 60;
/** So many of them. */
const MOMENT = 4;

for (const away of ['net', 'host'])
  for (const [when, leaves] of [
    ['before', () => 0],
    ['a moment before', (back: number) => Math.max(0, back - MOMENT)],
  ] as const) {
    test(`${away} moved away ${when}, and back ${TURNS} turns later at most, while it comes to be watched`, async () => {
      for (let turns = 0; turns <= TURNS; turns += 1) {
        const top = mkdtempSync(join(tmpdir(), 'netctl-away-'));
        const [host, net] = [join(top, 'host'), join(top, 'host/net')];
        mkdirSync(net, { recursive: true });
        const moved = join(top, away === 'net' ? 'host/net' : 'host');
        const watched = new Map<string, WatchedNames>([
          [top, { id: idOf(top), names: new Set(['host']) }],
          [host, { id: idOf(host), names: new Set(['net']) }],
          [net, { id: idOf(net), names: new Set(['spec.yaml']) }],
        ]);
        let noticed = 0;
        const directories = watchDirectories(() => (noticed += 1));
        try {
          if (leaves(turns) === 0) renameSync(moved, `${moved}.away`);
          const followed = directories.follow(watched);
          for (let waited = 1; waited <= turns; waited += 1) {
            await turn();
            if (waited === leaves(turns)) renameSync(moved, `${moved}.away`);
          }
          renameSync(`${moved}.away`, moved);
          expect(await followed).toEqual({ anew: true });
          // As files.ts does: again, since it was begun anew.
          for (let pass = 0; (await directories.follow(watched)).anew; pass += 1) expect(pass).toBeLessThan(5);
          const before = noticed;
          writeFileSync(join(net, 'spec.yaml'), 'networks: []\n');
          await until(() => noticed > before, true, 2000).catch(() =>
            expect.fail(`no sign when it came back after ${turns} turns`),
          );
        } finally {
          await directories.close();
          rmSync(top, { recursive: true });
        }
      }
    });
  }

test("a name that comes to matter in a directory is news, since what happened to it before was nobody's", async () => {
  const top = mkdtempSync(join(tmpdir(), 'netctl-names-'));
  const directories = watchDirectories(() => undefined);
  const follow = async (...names: readonly string[]): Promise<boolean> =>
    (await directories.follow(new Map([[top, { id: idOf(top), names: new Set(names) }]]))).anew;
  try {
    expect(await follow('a')).toBe(true);
    expect(await follow('a')).toBe(false);
    expect(await follow('a', 'b')).toBe(true);
    expect(await follow('b')).toBe(false);
  } finally {
    await directories.close();
    rmSync(top, { recursive: true });
  }
});

function idOf(path: string): string {
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev.toString()} ${ino.toString()}`;
}
