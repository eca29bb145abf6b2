// test/kernel/netns.test.ts — a router in a network namespace of netctl's own, on a real kernel: made, mended, rolled
// back, and gone without a trace.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Driver, Op } from '../../src/core/resource.ts';
import { DriverError } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { features } from '../../src/features/index.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { prepare } from '../../src/pipeline/prepare.ts';
import type { Answer } from '../../src/pipeline/sandbox.ts';
import { inSandbox } from '../../src/rehearsal/sandbox/open.ts';
import { rehearsed } from '../../src/rehearsal/rehearse.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { router } from '../house/sample/router.ts';
import { applied, destroyed, tried, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';
import { Lab, must, spawn } from './lab.ts';

let lab: Lab;
const store = createMemoryStore();
/** As netctl calls it here; removed by the test's end, whatever becomes of it. */
let place = '';

beforeAll(() => {
  lab = new Lab();
  place = `${lab.host}.netctl-lab`;
});
afterAll(() => {
  for (const { pid } of lab.processes(place)) process.kill(pid, 'SIGKILL');
  if (existsSync(`/run/netns/${place}`)) spawn(['ip', 'netns', 'delete', place]);
  lab.close();
});

const spec = (gateway = '192.168.50.1'): string =>
  `apiVersion: netctl/v1\nhosts: { h1: {} }\nnetworks:\n  lab: { mode: flat, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, gateway: ${gateway}, dns: [9.9.9.9] }\n`;

function world(text = spec(), driver: Driver = createLinuxDriver({ netns: lab.host })): TestWorld {
  const paths = { state: lab.path('state'), run: lab.path('run'), netns: lab.host };
  return worldOf(
    { driver, store, spec: { 'spec.yaml': text }, host: 'h1' },
    {
      paths,
      netns: lab.host,
      kinds: kindsFor(paths),
      features: [...features, router],
      // The program that runs in there is the one that was built.
      sandbox: async (request) => {
        process.argv[1] = resolve('dist/netctl.js');
        const answer = await inSandbox(JSON.stringify({ ...request, netns: lab.host }), new AbortController().signal);
        return JSON.parse(answer) as Answer;
      },
    },
  );
}

/** Done on a copy of the host, it would be done. */
async function rehearses(text?: string): Promise<void> {
  const { rehearsal } = await rehearsed(world(text), await prepare(world(text)));
  expect(rehearsal).toMatchObject({ passed: true, failures: [], notRehearsed: [] });
}

async function plan(text?: string): Promise<readonly string[]> {
  return (await prepare(world(text))).plan.changes.map(({ verb, ref }) => `${verb} ${ref}`.replaceAll(place, 'PLACE'));
}

async function settled(): Promise<void> {
  const one = world();
  expect(await applied(one), `${one.said.out}${one.said.err}`).toBe(0);
  expect(await plan()).toEqual([]);
}

test('it is made, answers, is mended, rolled back, and goes', async () => {
  const before = lab.snapshot();
  await rehearses();
  expect(existsSync(`/run/netns/${place}`)).toBe(false);
  await settled();
  // The host asks the daemon in there over the wire: its name is answered from the router's own address.
  lab.ip(lab.host, 'address add 192.168.50.200/24 dev br-lab');
  expect(lab.pings(lab.host, '192.168.50.1')).toBe(true);
  expect(lab.resolves(lab.host, 'router.test', '192.168.50.1')).toBe('192.168.50.1');
  lab.ip(lab.host, 'address del 192.168.50.200/24 dev br-lab');
  expect(lab.rules(place).join('\n')).toContain('-A netctl-snat -s 10.8.0.0/24');
  expect(lab.rules().join('\n')).not.toContain('netctl-snat');
  const right = lab.snapshot(place);

  for (const [does, changes] of [
    [() => lab.ip(place, 'address del 10.8.0.1/24 dev br-in'), ['create netns/address PLACE br-in 10.8.0.1/24']],
    [
      () => must(lab.in(place, ['iptables', '-t', 'nat', '-F', 'netctl-snat'])),
      ['update netns/chain PLACE nat/netctl-snat'],
    ],
    [
      () => must(lab.in(place, ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'])),
      ['update netns/sysctl PLACE net.ipv4.ip_forward'],
    ],
    [
      () => {
        for (const { pid } of lab.processes(place)) process.kill(pid, 'SIGKILL');
      },
      ['create netns/process PLACE dnsmasq-lab'],
    ],
    [
      () => lab.ip(lab.host, 'link del dev vr-lab'),
      [
        'create link vr-lab',
        'create netns/address PLACE qr-0 192.168.50.1/24',
        'create netns/neighbour PLACE qr-0 192.168.50.7',
        'create netns/route PLACE 4 10.9.0.0/16 qr-0 0',
        'replace netns/process PLACE dnsmasq-lab',
      ],
    ],
  ] as const) {
    does();
    expect((await plan()).toSorted()).toEqual(changes);
    await settled();
    expect(lab.snapshot(place)).toBe(right);
  }

  await rehearses(spec('192.168.50.2'));
  expect(lab.snapshot(place)).toBe(right);
  expect(await plan()).toEqual([]);

  // Its daemon holds the namespace that has lost its name: it is ended, and starts in the new one.
  must(spawn(['ip', 'netns', 'delete', place]));
  expect(await plan()).toContain('replace netns/process PLACE dnsmasq-lab');
  await settled();
  expect(lab.snapshot(place)).toBe(right);

  // Its removal fails at the very last, after the place is gone.
  const driver = createLinuxDriver({ netns: lab.host });
  const failing = world('apiVersion: netctl/v1\nhosts: { h1: {} }\n', refusing(driver, 'link del dev br-lab'));
  expect(await tried(failing, { atomic: true }), failing.said.err).toBe(3);
  expect(lab.snapshot(place)).toBe(right);
  expect(await plan()).toEqual([]);

  const last = world();
  expect(await destroyed(last), last.said.err).toBe(0);
  expect(existsSync(`/run/netns/${place}`)).toBe(false);
  expect(lab.snapshot()).toBe(before);
});

/** Fails once where a batch has this line. */
function refusing(driver: Driver, line: string): Driver {
  let refused = false;
  return {
    read: (argv, netns) => driver.read(argv, netns),
    files: (path) => driver.files(path),
    processes: (having, netns) => driver.processes(having, netns),
    invalidate: () => {
      driver.invalidate();
    },
    perform: async (op: Op) => {
      if (!refused && op.op === 'batch' && op.lines.includes(line)) {
        refused = true;
        const [first = ''] = op.lines;
        if (op.lines.length > 1) await driver.perform({ ...op, lines: op.lines.slice(0, op.lines.indexOf(line)) });
        throw new DriverError(first, { exitCode: 1, stderr: 'it was to fail', line: op.lines.indexOf(line) });
      }
      await driver.perform(op);
    },
  };
}
