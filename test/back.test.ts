// test/back.test.ts — an apply is cut off anywhere, or fails anywhere, and is rolled back: the host is what it was, and
// what it could not be is said.
// NETCTL_WALKS=200 walks as often, NETCTL_SEED=… other ways.
import { readdirSync, readFileSync } from 'node:fs';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { rollback } from '../src/commands/rollback/run.ts';
import { exit } from '../src/report/exit-codes.ts';
import { wholeOf } from '../src/core/stored.ts';
import { createMemoryStore } from '../src/store/memory/index.ts';
import { PowerCut } from './fake-host/index.ts';
import { Chance } from './walk/chance.ts';
import { walkHost } from './walk/host.ts';
import { applied, ended, generationsInMemory, safetyInMemory, tried, worldOf } from './world.ts';

const specs = ['examples', 'test/walk/specs'].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${directory}/${name}`),
);
/** A tap cannot be given its number again, nor can the far end of a veth. */
const NUMBER = /^device \S+: (ifindex|link_index) was \d+, and is \d+$/;

describe('on a host in memory', () => {
  for (let walk = 0; walk < Number(env['NETCTL_WALKS'] ?? 5); walk++) {
    const seed = `${env['NETCTL_SEED'] ?? 'back'} ${walk}`;
    test(seed, async () => {
      await there(seed, 15);
    });
  }
});

/** From one of these to the next, cut off at every single op. */
const PAIRS = [
  ['examples/datacenter.yaml', 'test/walk/specs/uplink-moved.yaml'],
  ['test/walk/specs/floating.yaml', 'test/walk/specs/floating-swapped.yaml'],
  ['test/walk/specs/vlans.yaml', 'test/walk/specs/vlans-swapped.yaml'],
  ['test/walk/specs/nothing.yaml', 'examples/datacenter.yaml'],
] as const;

describe('at every op', () => {
  for (const [settled, dared] of PAIRS)
    test(`from ${settled} to ${dared}`, async () => {
      const trial = new Trial();
      await trial.settle(settled);
      let cuts = 0;
      while (await trial.dare(dared, cuts)) cuts += 1;
      expect(cuts).toBeGreaterThan(10);
    });
});

async function there(seed: string, steps: number): Promise<void> {
  const chance = new Chance(seed);
  const trial = new Trial();
  for (let step = 0; step < steps; step++) {
    await trial.settle(chance.of(specs));
    await trial.dare(chance.of(specs), chance.below(80));
  }
}

/** One host, and what happens to it. */
class Trial {
  private readonly walk = walkHost();
  private readonly store = createMemoryStore();
  private readonly generations = generationsInMemory();
  private readonly told: string[] = [];
  private time = 0;

  async settle(file: string): Promise<void> {
    this.time += 1_000_000;
    this.told.push(file);
    const world = this.world(file);
    expect(await applied(world), world.said.err).toBe(exit.ok);
  }

  /** Says whether it was cut off after so many ops; then it is rolled back by somebody else. */
  async dare(file: string, ops: number): Promise<boolean> {
    const { host, misled, astray, snapshot } = this.walk;
    const [before, stored] = [likened(snapshot()), wholeOf(await this.store.load())];
    this.told.push(`${file} cut off after ${ops}`);
    const world = this.world(file);
    host.killAfter(ops);
    const code = await ended(() => tried(world, { atomic: true })).catch((error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
    });
    host.killAfter(Infinity);
    if (code !== undefined) {
      expect(code, world.said.err).toBe(exit.ok);
      return false;
    }
    const back = await rollback(
      { ...this.world(file), safety: { ...safetyInMemory(), lives: () => false } },
      { yes: true, unconfirmed: true },
    );
    const outcome = this.generations.list().at(-1)?.outcome;
    const left = outcome?.is === 'rolled back' ? outcome.left : ['nothing was rolled back'];
    const story = this.told.join(', then ');
    expect(
      left.filter((line) => !NUMBER.test(line) && !isOrderAmongOthers(line)),
      story,
    ).toEqual([]);
    expect(back).toBe(left.length === 0 ? exit.rolledBack : exit.notRolledBack);
    expect(likened(snapshot()), story).toBe(before);
    expect(wholeOf(await this.store.load()), story).toEqual(stored);
    expect(misled(), story).toEqual([]);
    expect(astray(), story).toEqual([]);
    return true;
  }

  private world(file: string): ReturnType<typeof worldOf> {
    return worldOf(
      {
        driver: this.walk.host,
        store: this.store,
        spec: { [file]: readFileSync(file, 'utf8') },
        now: () => new Date(this.time),
        host: 'h1',
      },
      { generations: this.generations },
    );
  }
}

/**
 * A daemon that is restarted has another number; the kernel's choice of a MAC is shown once it has been said; among
 * addresses of somebody else's ours may stand elsewhere; and a lease that was restored is the guest's to ask for
 * again.
 */
function likened(text: string): string {
  return text
    .replaceAll(/^(== \S+\.pid \d+)\n\d+$/gm, '$1')
    .replaceAll(/ mac 0e:00:00:00:00:[0-9a-f]{2}/g, '')
    .replaceAll(/^1900000000 .*\n/gm, '')
    .replaceAll(
      /^(eth\d: .*\n)((?: {4}inet .*\n)*)/gm,
      (_, device: string, addresses: string) =>
        device +
        addresses
          .split('\n')
          .map((line) => line.replace(' secondary', ''))
          .toSorted()
          .join('\n'),
    );
}

/** An address of ours before one of somebody else's, who keeps his where it is. */
function isOrderAmongOthers(line: string): boolean {
  const [, was = '', is = ''] = /^device eth\d: addr_info was (.*), and is (.*)$/.exec(line) ?? [];
  const sorted = (text: string): readonly string[] =>
    text
      .slice(2, -2)
      .split('},{')
      .map((one) => one.replace('"secondary":true,', ''))
      .toSorted();
  return was !== '' && sorted(was).join() === sorted(is).join();
}
