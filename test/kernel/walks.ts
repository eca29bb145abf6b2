// test/kernel/walks.ts — the walk again on a real kernel: from any spec to any other, the power cut anywhere, then
// settled.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../src/pipeline/prepare.ts';
import type { Driver, Op } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { createFileStore } from '../../src/store/index.ts';
import { PowerCut } from '../fake-host/index.ts';
import { Chance } from '../walk/chance.ts';
import { applied, destroyed, ended, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';
import { Lab } from './lab.ts';

export const specs = ['examples', 'test/walk/specs'].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => `${directory}/${name}`),
);

/** Whether a host needs 802.1Q for it. */
export const hasVlans = (file: string): boolean => /\bmode: vlan\b/.test(readFileSync(file, 'utf8'));

let lab: Lab;

/** Walks through the files given: so many times, so many steps each. */
export function walks(
  files: readonly string[],
  { times, steps }: { readonly times: number; readonly steps: number },
): void {
  beforeAll(() => {
    lab = new Lab();
    for (const name of ['g1', 'g2', 'g3']) lab.namespace(name);
    lab.ip(lab.host, 'link add name lv-db type veth peer name guest0');
    lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
    lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
    lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
    lab.ip(lab.host, 'address add 198.51.100.11/24 brd + dev eth2');
  });
  afterAll(() => {
    lab.close();
  });

  for (let walk = 0; walk < times; walk++) {
    const seed = `kernel walk ${walk}`;
    test(seed, async () => {
      const chance = new Chance(seed);
      const before = lab.snapshot();
      const told: string[] = [];
      for (let step = 0; step < steps; step++) {
        const file = chance.of(files);
        const kill = chance.below(60);
        told.push(`${file} killed after ${kill}`);
        await ended(() => applied(world(file, step, killAfter(driver(), kill)))).catch((error: unknown) => {
          if (!(error instanceof PowerCut)) throw error;
        });
        const settling = world(file, step, driver());
        expect(await applied(settling), `${seed}: ${told.join(', ')}\n${settling.said.out}${settling.said.err}`).toBe(
          0,
        );
        expect((await prepare(world(file, step, driver()))).plan.changes, `${seed}: ${told.join(', ')}`).toEqual([]);
      }
      const last = world(files[0] ?? '', steps, driver());
      expect(
        await destroyed(last),
        `${seed}: destroyed after ${told.join(', ')}\n${last.said.out}${last.said.err}`,
      ).toBe(0);
      expect(lab.snapshot(), `${seed}: destroyed after ${told.join(', ')}`).toBe(before);
    });
  }
}

function driver(): Driver {
  return createLinuxDriver({ netns: lab.host });
}

function world(file: string, step: number, on: Driver): TestWorld {
  const paths = { state: lab.path('state'), run: lab.path('run') };
  // The guests' namespaces are the lab's own.
  const text = readFileSync(file, 'utf8').replaceAll(/\b(g[123])\b/g, lab.host.replace(/host$/, '$1'));
  return worldOf(
    {
      driver: on,
      store: createFileStore({ directory: paths.state }),
      spec: { [file]: text },
      now: () => new Date(step * 1_000_000),
      host: 'h1',
    },
    { paths, kinds: kindsFor({ ...paths, netns: lab.host }) },
  );
}

/** Lets the power fail after so many lines, runs, writes, starts or signals. */
function killAfter(on: Driver, effects: number): Driver {
  let left = effects;
  return {
    read: (argv, netns) => on.read(argv, netns),
    files: (directory) => on.files(directory),
    processes: (having, netns) => on.processes(having, netns),
    invalidate: () => {
      on.invalidate();
    },
    perform: async (op: Op) => {
      if (op.op === 'batch' && op.lines.length > left) {
        await on.perform({ ...op, lines: op.lines.slice(0, left) });
        throw new PowerCut('in a batch');
      }
      if (left === 0) throw new PowerCut('before an op');
      left -= op.op === 'batch' ? op.lines.length : 1;
      await on.perform(op);
    },
  };
}
