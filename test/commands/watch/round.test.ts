// test/commands/watch/round.test.ts — looking again at what hints name finds what looking at everything finds, and what
// is repaired stays repaired.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { keepLearnt, look, repair } from '../../../src/watch/round.ts';
import type { Known, Looked } from '../../../src/watch/round.ts';
import { readHere } from '../../../src/pipeline/read.ts';
import type { Located, Read } from '../../../src/pipeline/read.ts';
import type { Ref } from '../../../src/core/resource.ts';
import type { Hint } from '../../../src/core/hint.ts';
import { Scene } from '../../cases/scene.ts';
import type { Whole } from '../../fake-host/whole.ts';
import { applied, worldOf } from '../../world.ts';
import type { TestWorld } from '../../world.ts';

const spec = { 'spec.yaml': readFileSync('examples/datacenter.yaml', 'utf8') };
const nothing: readonly Hint[] = [];
const never: (ref: Ref) => boolean = () => false;

let whole: Whole;
let world: TestWorld;
let target: Read;
let known: Known;

function value<T>(placed: Located<T>): T {
  if (!placed.ok) throw new Error(JSON.stringify(placed.problems));
  return placed.value;
}

async function lookAt(hints: readonly Hint[], isHeld = never): Promise<Looked> {
  return value(await look(world, target, known, hints, isHeld));
}

beforeEach(async () => {
  ({ whole } = new Scene(readFileSync('test/cases/example-datacenter/host.txt', 'utf8')));
  world = worldOf({ driver: whole.host, spec, host: 'h1' });
  await applied(world);
  target = value(readHere(await world.sources(), world));
  const first = value(await look(world, target, undefined, nothing, never));
  known = await keepLearnt(world, first);
  expect(first).toMatchObject({ whole: true, differs: [] });
});

function chains(): readonly string[] {
  return [...known.observed.keys()].flatMap((ref) => (ref.startsWith('chain ') ? [ref.slice('chain '.length)] : []));
}

describe('a look at what a hint names', () => {
  test('finds any chain that was emptied, as a look at everything does, and repairs it', async () => {
    for (const name of chains()) {
      const [table = '', chain = ''] = name.split('/');
      whole.iptables.load(`*${table}\n-F ${chain}\nCOMMIT\n`);
      const looked = await lookAt([{ subsystem: 'rules', name }]);
      const all = value(await look(world, target, undefined, nothing, never));
      expect(looked.differs, name).toEqual(all.differs);
      expect(looked.whole).toBe(false);
      const repaired = await repair(world, looked, () => nothing);
      expect(repaired, name).toMatchObject({ settled: true, differs: [] });
      known = repaired.known;
    }
    expect(chains().length).toBeGreaterThan(20);
    expect(value(await look(world, target, undefined, nothing, never)).differs).toEqual([]);
  });

  test('and repairs it, writes nothing where nothing new was learnt: it can be done without room', async () => {
    whole.iptables.load('*nat\n-F netctl-snat\nCOMMIT\n');
    const { revision } = await world.store.load();
    expect(
      await repair(world, await lookAt([{ subsystem: 'rules', name: 'nat/netctl-snat' }]), () => nothing),
    ).toMatchObject({ settled: true });
    expect((await world.store.load()).revision).toEqual(revision);
  });

  test('does not read what it does not name', async () => {
    whole.iptables.load('*nat\n-F netctl-snat\nCOMMIT\n');
    expect((await lookAt([{ subsystem: 'rules', name: 'nat/netctl-POSTROUTING' }])).differs).toEqual([]);
    expect((await lookAt([{ subsystem: 'rules', name: 'nat/netctl-snat' }])).differs).toMatchObject([
      { ref: 'chain nat/netctl-snat' },
    ]);
  });

  test('reads all rules where a chain is not there, where many are named, and where none is', async () => {
    const [one = ''] = chains().filter((name) => name.startsWith('nat/netctl-dnat-'));
    const [, chain = ''] = one.split('/');
    whole.iptables.load('*nat\n-F netctl-snat\nCOMMIT\n');
    for (const hints of [
      [{ subsystem: 'rules', name: 'nat/gone' }],
      chains()
        .slice(0, 12)
        .map((name): Hint => ({ subsystem: 'rules', name })),
      [{ subsystem: 'rules' }],
    ] as readonly (readonly Hint[])[]) {
      expect(
        (await lookAt(hints)).differs.map(({ ref }) => ref),
        JSON.stringify(hints),
      ).toContain('chain nat/netctl-snat');
    }
    expect(chain).not.toBe('');
  });

  test('cuts the connections of whoever was put behind a floating address', async () => {
    const [name = '', chain] =
      [...known.observed].find(
        ([ref, resource]) =>
          ref.startsWith('chain nat/netctl-dnat-') &&
          'rules' in resource &&
          Array.isArray(resource.rules) &&
          resource.rules.length > 0,
      ) ?? [];
    expect(chain).toBeDefined();
    const table = name.slice('chain nat/'.length);
    const line =
      (await whole.host.read(['iptables', '-w', '5', '-t', 'nat', '-S', table]))
        .split('\n')
        .find((text) => text.includes('--to-destination')) ?? '';
    whole.iptables.load(
      `*nat\n-F ${table}\n${line.replace(/--to-destination \S+/, '--to-destination 10.9.9.9')}\nCOMMIT\n`,
    );
    const looked = await lookAt([{ subsystem: 'rules', name: `nat/${table}` }]);
    expect(looked.differs.map(({ verb, ref }) => `${verb} ${ref}`)).toContainEqual(
      expect.stringMatching(/^delete flow \S+ 10\.9\.9\.9$/),
    );
    expect(await repair(world, looked, () => nothing)).toMatchObject({ settled: true, differs: [] });
  });

  test("finds a file that was edited, one that is gone, and one that an interrupted write left; not one that is somebody's; and a directory that is gone", async () => {
    const [hosts = ''] = [...known.observed.keys()]
      .filter((ref) => ref.endsWith('/hosts'))
      .map((ref) => ref.slice('file '.length));
    const directory = hosts.slice(0, hosts.lastIndexOf('/'));
    whole.host.disk.write(hosts, 'edited\n');
    expect((await lookAt([{ subsystem: 'files', name: hosts }])).differs).toMatchObject([
      { verb: 'update', ref: `file ${hosts}` },
    ]);
    whole.host.disk.remove(hosts);
    expect((await lookAt([{ subsystem: 'files', name: hosts }])).differs).toMatchObject([
      { verb: 'create', ref: `file ${hosts}` },
    ]);
    whole.host.disk.write(`${directory}/else`, '');
    expect((await lookAt([{ subsystem: 'files', name: `${directory}/else` }])).differs).toEqual([]);
    whole.host.disk.write(`${directory}/options.new`, '');
    expect((await lookAt([{ subsystem: 'files', name: `${directory}/options.new` }])).differs).toMatchObject([
      { verb: 'delete', ref: `file ${directory}/options.new` },
    ]);
    const looked = await lookAt([{ subsystem: 'files', name: directory }]);
    expect(looked.differs.map(({ verb, ref }) => `${verb} ${ref}`).sort()).toEqual([
      `create file ${hosts}`,
      `delete file ${directory}/options.new`,
    ]);
    expect(await repair(world, looked, () => nothing)).toMatchObject({ settled: true, differs: [] });
  });
});

describe('a repair', () => {
  test('writes nothing of what is kept while a port and a chain are put right', async () => {
    let saves = 0;
    const counting = {
      ...world,
      store: {
        ...world.store,
        save: async (...args: Parameters<typeof world.store.save>) => {
          saves++;
          return await world.store.save(...args);
        },
      },
    };
    const port = [...known.observed.values()].find(
      (resource) => resource.kind === 'link' && 'type' in resource && resource.type === 'tap',
    );
    const name = port !== undefined && 'name' in port ? String(port.name) : '';
    whole.ip.do(`link set dev ${name} down`);
    whole.iptables.load('*nat\n-F netctl-snat\nCOMMIT\n');
    const looked = await lookAt([{ subsystem: 'links' }, { subsystem: 'rules', name: 'nat/netctl-snat' }]);
    expect(looked.differs.map(({ verb, ref }) => `${verb} ${ref}`).sort()).toEqual([
      'update chain nat/netctl-snat',
      `update link ${name}`,
    ]);
    expect(await repair(counting, looked, () => [{ subsystem: 'links' }])).toMatchObject({ settled: true });
    expect(saves).toBe(0);
  });

  test('looks at what changed meanwhile, too', async () => {
    whole.iptables.load('*nat\n-F netctl-snat\nCOMMIT\n');
    const looked = await lookAt([{ subsystem: 'rules', name: 'nat/netctl-snat' }]);
    const repaired = await repair(world, looked, () => {
      whole.iptables.load('*nat\n-F netctl-POSTROUTING\nCOMMIT\n');
      return [{ subsystem: 'rules', name: 'nat/netctl-POSTROUTING' }];
    });
    expect(repaired.differs).toMatchObject([{ ref: 'chain nat/netctl-POSTROUTING' }]);
  });

  test('leaves what is held, and says that it differs', async () => {
    whole.iptables.load('*nat\n-F netctl-snat\n-F netctl-POSTROUTING\nCOMMIT\n');
    const looked = await lookAt([{ subsystem: 'rules' }], (ref) => ref === 'chain nat/netctl-snat');
    expect(looked.prepared.plan.changes).toMatchObject([{ ref: 'chain nat/netctl-POSTROUTING' }]);
    expect((await repair(world, looked, () => nothing)).differs).toMatchObject([{ ref: 'chain nat/netctl-snat' }]);
  });
});
