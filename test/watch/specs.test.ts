// test/watch/specs.test.ts — which spec a watch holds the host to, however its reads overlap.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Fetched, Origin } from '../../src/origin/origin.ts';
import { SpecState } from '../../src/watch/spec-state.ts';
import { Specs } from '../../src/watch/specs.ts';
import { createWhole } from '../fake-host/whole.ts';
import { worldOf } from '../world.ts';

const specOf = (revision: string): Fetched => ({
  revision,
  sources: [{ file: 'spec.yaml', text: `apiVersion: netctl/v1\n# ${revision}\n` }],
});

/** What it reads is what is there when it begins; the first time it says so when it is let. */
class SlowAtFirst implements Origin {
  readonly from = 'spec.yaml';
  there = 'older';
  reads = 0;
  let: () => void = () => undefined;

  async read(): Promise<Fetched> {
    const read = specOf(this.there);
    this.reads += 1;
    if (this.reads === 1)
      await new Promise<void>((resolve) => {
        this.let = resolve;
      });
    return read;
  }

  watch(): ReturnType<Origin['watch']> {
    throw new Error('nobody watches it');
  }
}

test('a read that ends late, of what was there before, is not taken for the newest', async () => {
  const origin = new SlowAtFirst();
  const world = worldOf({ driver: createWhole({ interfaces: [], namespaces: [] }).host });
  const specs = new Specs(
    {
      origin,
      host: world,
      lastGood: { load: () => undefined, save: () => undefined },
      allowMassDelete: false,
    },
    new SpecState(() => undefined, origin.from),
    () => undefined,
  );
  const first = specs.fetch();
  origin.there = 'newest';
  const second = specs.fetch();
  // Time enough for one that does not wait for the other.
  for (let i = 0; i < 5; i++) await turn();
  origin.let();
  await Promise.all([first, second]);
  await specs.adopt(world);
  expect([specs.revision, origin.reads]).toEqual(['newest', 2]);
});
