// test/transaction/former-image.test.ts — an apply of a netctl before, which put down a snapshot of the whole host, is
// rolled back by this one; and in what it did not touch is seen what is not as it was.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exit } from '../../src/report/exit-codes.ts';
import type { Generations } from '../../src/generations/model.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { look } from '../../src/transaction/host-image.ts';
import { PowerCut } from '../fake-host/index.ts';
import { walkHost } from '../walk/host.ts';
import { applied, generationsInMemory, safetyInMemory, tried, worldOf } from '../world.ts';

const [FIRST, NEXT] = ['test/walk/specs/base.yaml', 'test/walk/specs/uplink-moved.yaml'];

class Everything extends Set<string> {
  override has(): boolean {
    return true;
  }
}

describe.each(['whole', 'of what it touches'])('an image %s', (extent) => {
  /** A second apply was cut short; then something happens, and whoever comes next rolls it back. */
  async function rolledBack(meanwhile: string): Promise<Generations> {
    const walk = walkHost();
    const { host } = walk;
    const [store, kept] = [createMemoryStore(), generationsInMemory()];
    const world = (file: string, generations: Generations): ReturnType<typeof worldOf> =>
      worldOf({ driver: host, store, spec: { [file]: readFileSync(file, 'utf8') }, host: 'h1' }, { generations });
    expect(await applied(world(FIRST, kept))).toBe(exit.ok);
    const image = await look(world(FIRST, kept), new Everything());
    host.killAfter(10);
    const former: Generations = {
      ...kept,
      begin: (generation, record) => kept.begin(generation, extent === 'whole' ? { ...record, image } : record),
    };
    await expect(tried(world(NEXT, former), { atomic: true })).rejects.toThrow(PowerCut);
    host.killAfter(Infinity);
    await host.perform({ op: 'run', argv: ['iptables-restore', '-w', '5', '--noflush'], stdin: meanwhile });
    await applied({ ...world(FIRST, kept), safety: { ...safetyInMemory(), lives: () => false } });
    return kept;
  }

  test('and the host is as it was before', async () =>
    expect((await rolledBack('')).list()[1]?.outcome).toMatchObject({ is: 'rolled back', left: [] }));

  test('and a chain is not as it was', async () => {
    const outcome = (await rolledBack('*nat\n-A netctl-PREROUTING -p tcp -j ACCEPT\nCOMMIT\n')).list()[1]?.outcome;
    expect(outcome).toMatchObject({
      is: 'rolled back',
      left: ['- rules: nat netctl-PREROUTING: 1 line', '+ rules: nat netctl-PREROUTING: 2 lines'].map((line): unknown =>
        expect.stringContaining(line),
      ),
    });
  });
});
