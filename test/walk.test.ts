// test/walk.test.ts — from any state to any other, the power cut anywhere, something broken behind our back, then
// settled; and in the end the host as it was.
// NETCTL_WALKS=200 walks as often, NETCTL_SEED=… other ways.
import { readdirSync, readFileSync } from 'node:fs';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/pipeline/prepare.ts';
import { createMemoryStore } from '../src/store/memory/index.ts';
import { PowerCut } from './fake-host/index.ts';
import { Chance } from './walk/chance.ts';
import { walkHost } from './walk/host.ts';
import { applied, destroyed, ended, worldOf } from './world.ts';

const specs = ['examples', 'test/walk/specs'].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${directory}/${name}`),
);

describe('on a host in memory', () => {
  for (let walk = 0; walk < Number(env['NETCTL_WALKS'] ?? 8); walk++) {
    const seed = `${env['NETCTL_SEED'] ?? 'walk'} ${walk}`;
    test(seed, async () => {
      await wander(seed, 30);
    });
  }
});

async function wander(seed: string, steps: number): Promise<void> {
  const chance = new Chance(seed);
  const { host, misled, astray, breakSomething, snapshot } = walkHost();
  const before = snapshot();
  const store = createMemoryStore();
  const told: string[] = [];
  for (let step = 0; step < steps; step++) {
    const file = chance.of(specs);
    const world = (): ReturnType<typeof worldOf> =>
      worldOf({
        driver: host,
        store,
        spec: { [file]: readFileSync(file, 'utf8') },
        now: () => new Date(step * 1_000_000),
        host: 'h1',
      });
    const kill = chance.below(60);
    told.push(`${file} killed after ${kill}`);
    host.killAfter(kill);
    await ended(() => applied(world())).catch((error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
    });
    host.killAfter(Infinity);
    told.push(breakSomething(chance));
    const settling = world();
    const code = await applied(settling);
    expect(code, `${seed}: ${told.join(', ')}\n${settling.said.out}${settling.said.err}`).toBe(0);
    expect((await prepare(world())).plan.changes, `${seed}: ${told.join(', ')}`).toEqual([]);
    expect(misled(), `${seed}: ${told.join(', ')}`).toEqual([]);
    expect(astray(), `${seed}: ${told.join(', ')}`).toEqual([]);
    if (chance.below(10) === 0) {
      expect(await destroyed(world())).toBe(0);
      expect(snapshot(), `${seed}: destroyed after ${told.join(', ')}`).toBe(before);
    }
  }
}

/** From one of these to the other, cut off at every single op: an uplink goes from bridge to bridge. */
const PAIRS = [['test/walk/specs/vlans-elsewhere.yaml', 'examples/outside-gateway.yaml']] as const;

describe('cut off at every op, the next apply settles, and destroy restores all', () => {
  for (const [from, to] of PAIRS) {
    test(`${from} to ${to}`, async () => {
      const file = (name: string): Record<string, string> => ({ [name]: readFileSync(name, 'utf8') });
      for (let kill = 0, cut = true; cut; kill++) {
        const { host, snapshot } = walkHost();
        const before = snapshot();
        const store = createMemoryStore();
        const world = (name: string): ReturnType<typeof worldOf> =>
          worldOf({ driver: host, store, spec: file(name), now: () => new Date(0), host: 'h1' });
        expect(await applied(world(from))).toBe(0);
        host.killAfter(kill);
        cut = await ended(() => applied(world(to))).then(
          () => false,
          (error: unknown) => {
            if (!(error instanceof PowerCut)) throw error;
            return true;
          },
        );
        host.killAfter(Infinity);
        expect(await applied(world(to)), `cut off after ${kill}`).toBe(0);
        expect(await destroyed(world(to))).toBe(0);
        expect(snapshot(), `cut off after ${kill}`).toBe(before);
      }
    });
  }
});
