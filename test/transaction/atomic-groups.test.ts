// test/transaction/atomic-groups.test.ts — whatever fails while an interface goes into a bridge, out of one, or from
// one to another: the host keeps its addresses and its ways.
import { describe, expect, test } from 'vitest';
import { exit } from '../../src/report/exit-codes.ts';
import { readHere } from '../../src/pipeline/read.ts';
import type { Located } from '../../src/pipeline/read.ts';
import { look, repair } from '../../src/watch/round.ts';
import type { ExitCode } from '../../src/report/exit-codes.ts';
import { DriverError } from '../../src/core/resource.ts';
import type { Driver, Op, Ref, Reporter } from '../../src/core/resource.ts';
import { READ_LINKS } from '../../src/iproute2/links.ts';
import { createWhole } from '../fake-host/whole.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { applied, destroyed, generationsInMemory, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';

const flat = (bridge: string, uplink: string | null, more = ''): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: ${bridge}, interface: ${String(uplink)}, cidr: 192.168.50.0/24 }
${more}instances:
  vm-1: { nics: [{ network: lab }] }
`;
const NOTHING = 'apiVersion: netctl/v1\n';
const other = (uplink: string | null): string =>
  `  red: { mode: flat-dhcp, bridge: br-red, interface: ${String(uplink)}, cidr: 192.168.60.0/24 }\n`;

/** A host with two interfaces that carry something, and both default routes by the first. */
class Host {
  readonly whole = createWhole({ interfaces: ['eth1', 'eth2'] });
  private readonly store = createMemoryStore();
  private readonly generations = generationsInMemory();

  constructor() {
    this.whole.ip.do(
      'link set dev eth1 down',
      'link set dev eth1 up',
      'link set dev eth2 down',
      'link set dev eth2 up',
      'address add 203.0.113.11/24 brd 203.0.113.255 dev eth1',
      'address add 203.0.113.12/24 brd 203.0.113.255 dev eth1',
      'address add 2001:db8::11/64 dev eth1 nodad',
      'route add default via 203.0.113.1 dev eth1',
      'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50',
      'route add default via 2001:db8::1 dev eth1',
      'address add 198.51.100.11/24 brd 198.51.100.255 dev eth2',
    );
  }

  async run(
    verb: (world: TestWorld) => Promise<ExitCode>,
    spec: string,
    rest: Partial<TestWorld> = {},
  ): Promise<{ readonly code: ExitCode; readonly err: string }> {
    const world = worldOf(
      { driver: this.whole.host, store: this.store, spec: { 'spec.yaml': spec } },
      { generations: this.generations, ...rest },
    );
    const code = await verb(world);
    return { code, err: world.said.err };
  }

  /** Each device with its addresses, and the routes. */
  text(): string {
    return this.whole.ip.snapshot();
  }
}

const CASES: readonly (readonly [name: string, from: string | undefined, to: string | undefined])[] = [
  ['into a bridge', undefined, flat('br-lab', 'eth1')],
  ['into a bridge that is there', flat('br-lab', null), flat('br-lab', 'eth1')],
  ['into another bridge', flat('br-lab', 'eth1'), flat('br-new', 'eth1')],
  ['to another network', flat('br-lab', 'eth1', other(null)), flat('br-lab', null, other('eth1'))],
  ['in the place of another', flat('br-lab', 'eth2'), flat('br-lab', 'eth1')],
  ['and back, with its network', flat('br-lab', 'eth1'), NOTHING],
  ['and back, out of a network that stays', flat('br-lab', 'eth1'), flat('br-lab', null)],
  ['and back, by destroy', flat('br-lab', 'eth1'), undefined],
];

describe('whichever step fails', () => {
  for (const [name, from, to] of CASES)
    test(name, async () => {
      const go = (host: Host): ReturnType<Host['run']> =>
        to === undefined ? host.run(destroyed, '') : host.run(applied, to);
      const goal = await settled(from);
      expect((await go(goal)).code).toBe(exit.ok);
      const [whole, before] = [carriedIn(goal.text()), carriedIn((await settled(from)).text())];
      expect(whole).not.toEqual(before);
      let rolledBack = 0;
      let failing = 1;
      for (; failing < 500; failing++) {
        const host = await settled(from);
        host.whole.host.failAt(failing);
        const { code, err } = await go(host);
        if (code === exit.ok) break;
        expect(code, `${failing}: ${err}`).toBe(exit.failed);
        const now = carriedIn(host.text());
        for (const i of [0, 1] as const) expect([before[i], whole[i]], err).toContain(now[i]);
        if (/ as before, with all addresses and routes: the steps that were to move /.test(err)) {
          rolledBack++;
          expect(now, err).toEqual(before);
        }
        expect((await go(host)).code).toBe(exit.ok);
        expect(host.text()).toBe(goal.text());
      }
      expect(failing).toBeLessThan(500);
      expect(rolledBack).toBeGreaterThan(4);
    });
});

test('stopped by a signal in the middle, it is undone as well', async () => {
  const before = new Host().text();
  let halves = 0;
  for (let after = 1; after < 40; after++) {
    const host = await settled(undefined);
    const stop = new AbortController();
    let done = 0;
    const report = (event: { readonly event: string }): void => {
      if (event.event === 'started' && ++done === after) stop.abort();
    };
    const { code, err } = await host.run(applied, flat('br-lab', 'eth1'), { signal: stop.signal, report });
    if (code === exit.ok) break;
    if (!err.includes('rolled back: ')) continue;
    halves++;
    expect(carriedIn(host.text()), err).toEqual(carriedIn(before));
    expect((await host.run(applied, flat('br-lab', 'eth1'))).code).toBe(exit.ok);
  }
  expect(halves).toBeGreaterThan(2);
});

test('what cannot be rolled back is said, with what it would take: exit 4', async () => {
  const host = await settled(undefined);
  const {
    whole: { host: driver },
  } = host;
  let isBroken = false;
  const failing: Driver = Object.assign(Object.create(driver) as Driver, {
    perform: async (op: Op) => {
      const line =
        op.op !== 'batch' ? -1 : isBroken ? 0 : op.lines.findIndex((text) => text.startsWith('route add default'));
      if (op.op !== 'batch' || line < 0) {
        await driver.perform(op);
        return;
      }
      isBroken = true;
      await driver.perform({ ...op, lines: op.lines.slice(0, line) });
      throw new DriverError(`ip -batch -: ${op.lines[line] ?? ''}`, { exitCode: 1, stderr: 'out of order', line });
    },
  });
  const { code, err } = await host.run(applied, flat('br-lab', 'eth1'), { driver: failing });
  expect(code).toBe(exit.notRolledBack);
  expect(err).toMatch(
    /^THE MOVE OF eth1 COULD NOT BE ROLLED BACK WHOLE\. What is not as it was:\n(?: {2}.+\n)+by hand it would take:\n/m,
  );
  expect(err).toContain('out of order');
});

test('a watch rolls it back, and while it leaves it alone it does the rest, and no part of the move', async () => {
  const host = new Host();
  const before = carriedIn(host.text());
  const {
    whole: { host: driver },
  } = host;
  const failing: Driver = Object.assign(Object.create(driver) as Driver, {
    // One device is asked for as all are.
    read: async (argv: readonly string[]) => {
      const [all, name] = [argv.slice(0, -2), argv.at(-1)];
      if (!argv.join(' ').startsWith(`${READ_LINKS.join(' ')} dev `)) return await driver.read(argv);
      const found = (JSON.parse(await driver.read(all)) as readonly { readonly ifname: string }[]).filter(
        ({ ifname }) => ifname === name,
      );
      if (found.length === 0)
        throw new DriverError(argv.join(' '), { exitCode: 1, stderr: `Device "${name ?? ''}" does not exist.` });
      return JSON.stringify(found);
    },
    perform: async (op: Op) => {
      const line = op.op === 'batch' ? op.lines.findIndex((text) => /^route add default .* dev br-lab/.test(text)) : -1;
      await driver.perform(op.op === 'batch' && line >= 0 ? { ...op, lines: op.lines.slice(0, line) } : op);
      if (line >= 0)
        throw new DriverError('ip -batch -: route add default', { exitCode: 1, stderr: 'it was to fail', line });
    },
  });
  const world = worldOf({ driver: failing, spec: { 'spec.yaml': flat('br-lab', 'eth1') } });
  const target = value(readHere(await world.sources(), world));
  let failed: Ref = 'none yet';
  const looked = value(await look(world, target, undefined, [], () => false));
  const report: Reporter = (event) => {
    if (event.event === 'failed') failed = looked.prepared.plan.steps[event.step]?.changes[0]?.ref ?? failed;
  };
  const repaired = await repair({ ...world, report }, looked, () => []);
  expect(repaired.rolledBack).toMatchObject([{ group: { moved: ['eth1'] }, left: [] }]);
  expect(carriedIn(host.text())).toEqual(before);
  expect(failed).toBe('route 4 default br-lab 0');
  const again = value(await look(world, target, undefined, [], (ref) => ref === failed));
  expect(
    again.prepared.plan.changes.map(({ ref }) => ref).filter((ref) => / eth1\b| 203\.| 2001:|^route /.test(ref)),
  ).toEqual([]);
  expect(await repair(world, again, () => [])).toMatchObject({ rolledBack: [] });
  expect(carriedIn(host.text())).toEqual(before);
  expect(host.text()).toContain('tap-vm-1: ');
});

async function settled(spec: string | undefined): Promise<Host> {
  const host = new Host();
  if (spec !== undefined) expect((await host.run(applied, spec)).code).toBe(exit.ok);
  return host;
}

/**
 * Of the first interface and of the second: where it is, and who has what it carried. A bridge's own address is of no
 * concern.
 */
function carriedIn(text: string): readonly [string, string] {
  let device = '';
  const lines = text.split('\n').flatMap((line) => {
    device = /^(\S+): /.exec(line)?.[1] ?? device;
    return line.startsWith('route ') ? [line] : [`${device}: ${line}`];
  });
  const matching = (pattern: RegExp): string => lines.filter((line) => pattern.test(line)).join('\n');
  return [matching(/^eth1: eth1|inet6? (203|2001)|^route /), matching(/^eth2: eth2|inet 198/)];
}

function value<T>(placed: Located<T>): T {
  if (!placed.ok) throw new Error(JSON.stringify(placed.problems));
  return placed.value;
}
