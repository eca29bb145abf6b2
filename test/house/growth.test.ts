// test/house/growth.test.ts — a kind more with a feature that uses it costs two lines, in the two lists.
import { expect, test } from 'vitest';
import { features } from '../../src/features/index.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { prepare } from '../../src/pipeline/prepare.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { createWhole } from '../fake-host/whole.ts';
import { applied, destroyed, PATHS, worldOf } from '../world.ts';
import { createNoteKind } from './sample/note.ts';
import { notes } from './sample/notes.ts';

const DIRECTORY = `${PATHS.state}/notes`;

test('a kind and a feature more are applied, mended and destroyed by their two lines alone', async () => {
  const { host } = createWhole();
  const store = createMemoryStore();
  const world = (): ReturnType<typeof worldOf> =>
    worldOf(
      {
        driver: host,
        store,
        spec: {
          'spec.yaml':
            'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat, interface: null, cidr: 192.168.50.0/24, gateway: null, dns: [192.168.50.53] }\n',
        },
      },
      { kinds: [...kindsFor(PATHS), createNoteKind(DIRECTORY)], features: [...features, notes] },
    );
  expect(await applied(world())).toBe(0);
  expect(host.disk.read(`${DIRECTORY}/lab`)).toBe('lab is 192.168.50.0/24\n');
  expect((await prepare(world())).plan.changes).toEqual([]);
  host.disk.write(`${DIRECTORY}/lab`, 'nothing\n');
  expect((await prepare(world())).plan.changes.map(({ verb, ref }) => `${verb} ${ref}`)).toEqual(['update note lab']);
  expect(await applied(world())).toBe(0);
  expect(host.disk.read(`${DIRECTORY}/lab`)).toBe('lab is 192.168.50.0/24\n');
  expect(await destroyed(world())).toBe(0);
  expect(host.disk.read(`${DIRECTORY}/lab`)).toBe(undefined);
});
