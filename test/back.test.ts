// test/back.test.ts — an apply is cut off anywhere, or fails anywhere, and is taken back: the host is what it was, and what it could not be is said.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rollback } from '../src/commands/rollback.ts';
import { exit } from '../src/commands/world.ts';
import { createMemoryStore } from '../src/store/memory.ts';
import { PowerCut } from './fake-host/index.ts';
import { Chance } from './walk/chance.ts';
import { walkHost } from './walk/host.ts';
import { applied, ended, generationsInMemory, safetyInMemory, tried, worldOf } from './world.ts';

const specs = ['examples', 'test/walk/specs'].flatMap((directory) => readdirSync(directory).filter((name) => name.endsWith('.yaml')).map((name) => `${directory}/${name}`));
/** A tap cannot be given its number again. */
const NUMBER = /^device \S+: ifindex was \d+, and is \d+$/;

describe('on a host in memory', () => {
  for (let walk = 0; walk < 20; walk++) {
    const seed = `back ${walk}`;
    test(seed, async () => { await there(seed, 15); });
  }
});

async function there(seed: string, steps: number): Promise<void> {
  const chance = new Chance(seed);
  const { host, misled, snapshot } = walkHost();
  const store = createMemoryStore();
  const generations = generationsInMemory();
  const told: string[] = [];
  for (let step = 0; step < steps; step++) {
    const [settled, dared] = [chance.of(specs), chance.of(specs)];
    const world = (file: string): ReturnType<typeof worldOf> => worldOf({ driver: host, store, spec: { [file]: readFileSync(file, 'utf8') }, now: () => new Date(step * 1_000_000), host: 'h1' }, { generations });
    const settling = world(settled);
    expect(await applied(settling), settling.said.err).toBe(exit.ok);
    const before = { host: likened(snapshot()), store: await store.load() };
    const kill = chance.below(80);
    told.push(`${settled}, then ${dared} killed after ${kill}`);
    host.killAfter(kill);
    const daring = world(dared);
    const code = await ended(() => tried(daring, { atomic: true })).catch((error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
    });
    host.killAfter(Infinity);
    if (code !== undefined) {
      // It came to its end before.
      expect(code, daring.said.err).toBe(exit.ok);
      continue;
    }
    const guard = world(dared);
    const back = await rollback({ ...guard, safety: { ...safetyInMemory(), lives: () => false } }, { yes: true, unconfirmed: true });
    const outcome = generations.list().at(-1)?.outcome;
    const left = outcome?.is === 'taken back' ? outcome.left : ['nothing was taken back'];
    expect(left.filter((line) => !NUMBER.test(line) && !isOrderAmongOthers(line)), `${seed}: ${told.join(', ')}`).toEqual([]);
    expect(back).toBe(left.length === 0 ? exit.takenBack : exit.notTakenBack);
    expect(likened(snapshot()), `${seed}: ${told.join(', ')}`).toBe(before.host);
    expect((await store.load()).stored, `${seed}: ${told.join(', ')}`).toEqual(before.store.stored);
    expect(misled(), `${seed}: ${told.join(', ')}`).toEqual([]);
  }
}

/**
 * A daemon that is started anew has another number; the kernel's choice of a MAC is shown once it has been said; among addresses of somebody else's
 * ours may stand elsewhere; and a lease that was given back is the guest's to ask for again.
 */
function likened(text: string): string {
  return text.replaceAll(/^(== \S+\.pid \d+)\n\d+$/gm, '$1').replaceAll(/ mac 0e:00:00:00:00:[0-9a-f]{2}/g, '')
    .replaceAll(/^1900000000 .*\n/gm, '')
    .replaceAll(/^(eth\d: .*\n)((?: {4}inet .*\n)*)/gm, (_, device: string, addresses: string) => device + addresses.split('\n').map((line) => line.replace(' secondary', '')).toSorted().join('\n'));
}

/** An address of ours before one of somebody else's, who keeps his where it is. */
function isOrderAmongOthers(line: string): boolean {
  const [, was = '', is = ''] = /^device eth\d: addr_info was (.*), and is (.*)$/.exec(line) ?? [];
  const sorted = (text: string): readonly string[] => text.slice(2, -2).split('},{').map((one) => one.replace('"secondary":true,', '')).toSorted();
  return was !== '' && sorted(was).join() === sorted(is).join();
}
