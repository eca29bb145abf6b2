// test/pipeline/current.test.ts — where the store says of everybody what he has, nothing that the host tells adds to
// it: so it is not asked.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { features } from '../../src/features/index.ts';
import { exit } from '../../src/report/exit-codes.ts';
import { rebuild, recall } from '../../src/parts/rebuild.ts';
import { requestsOf } from '../../src/pipeline/requests.ts';
import { readCurrent } from '../../src/pipeline/current.ts';
import { remnantsOn } from '../../src/pipeline/remnants.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { readSpec } from '../specfile/read-spec.ts';
import { walkHost } from '../walk/host.ts';
import { applied, worldOf } from '../world.ts';

const files = readdirSync('test/walk/specs').map((name) => `test/walk/specs/${name}`);

test.each(files)('%s', async (file) => {
  const store = createMemoryStore();
  const world = worldOf({ driver: walkHost().host, store, spec: { [file]: readFileSync(file, 'utf8') }, host: 'h1' });
  expect(await applied(world), world.said.err).toBe(exit.ok);
  const read = readSpec([{ file, text: readFileSync(file, 'utf8') }]);
  const self = read.ok ? read.spec.hosts.find(({ name }) => name === 'h1') : undefined;
  if (!read.ok || self === undefined) throw new Error('the spec has no h1');
  const { kept, before, facts, requests } = await readCurrent(world, read.spec, self);
  if (kept === undefined) throw new Error('nothing is kept');
  for (const { pool, holder } of requestsOf(features, read.spec, facts))
    expect(kept.allocations[pool.name]).toHaveProperty([holder]);
  const found = rebuild(read.spec, facts, await remnantsOn(world, read.spec, facts, kept));
  expect(recall(kept, found, requests, read.spec, self).allocations).toBe(kept.allocations);
  expect(before.allocations).toEqual(kept.allocations);
});
