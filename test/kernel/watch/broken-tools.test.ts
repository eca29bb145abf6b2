// test/kernel/watch/broken-tools.test.ts — each tool that a watch runs fails in turn: it says which and how, tears
// nothing down, and goes on by itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { specFor } from '../damages.ts';
import { Lab, must } from '../lab.ts';
import { usedBy } from './enemy.ts';
import type { Used } from './enemy.ts';
import { RunningWatch } from './running.ts';
import { SAID, Tools } from './tools.ts';
import type { Failing, Tool } from './tools.ts';

let lab: Lab;
let tools: Tools;
let watch: RunningWatch;
let settled: string;
let atFirst: Used;

beforeAll(async () => {
  lab = new Lab();
  const guest = lab.namespace('vm-1');
  lab.write('spec.yaml', specFor(guest));
  tools = new Tools(lab);
  watch = new RunningWatch(lab, [], tools.env);
  await watch.says('ready');
  settled = lab.snapshot();
  atFirst = usedBy(watch.pid);
});
afterAll(async () => {
  await watch.end();
  lab.close();
});

const onHost = (...argv: readonly string[]): string => must(lab.in(lab.host, argv)).out;
const damages = {
  'a chain': () => onHost('iptables', '-t', 'nat', '-F', 'netctl-snat'),
  'all rules of a table': () => onHost('iptables', '-t', 'nat', '-F'),
  'a bridge': () => lab.ip(lab.host, 'link del dev br-shut'),
  'an address': () => lab.ip(lab.host, 'address del 203.0.113.66/32 dev br-lab'),
  // Untagged, and so ours to remove; its connections are to be cut.
  'a pair': () =>
    onHost(
      'iptables',
      '-t',
      'nat',
      '-I',
      'netctl-dnat-203.0.113.64',
      '-d',
      '203.0.113.65/32',
      '-j',
      'DNAT',
      '--to-destination',
      '192.168.50.77',
    ),
  'a setting': () => onHost('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'),
  'a daemon': () =>
    process.kill(lab.processes().find(({ command }) => command.includes('/dnsmasq-lab.pid'))?.pid ?? NaN, 'SIGKILL'),
} as const;

/** What it cannot work for, and what it could not do, as `status` says it. */
function complaints(): string {
  const { obstacle, failures, driftConflicts } = watch.status();
  return [
    ...(obstacle === undefined ? [] : [obstacle.message]),
    ...failures.map(({ message }) => message),
    ...driftConflicts.map(({ what }) => `${what} is changed back`),
  ].join('\n');
}

async function mended(): Promise<void> {
  await watch.until(() => lab.snapshot() === settled, 'the host is as it was');
  await watch.until(() => watch.status().settled && complaints() === '', 'it says that all is well');
}

/** What the host has of ours: whatever fails, it does not become less. */
function ours(): number {
  return lab.rules().filter((line) => line.includes('netctl')).length;
}

describe('a tool that', () => {
  const broken = new RegExp(`with exit code 3: ${SAID}`);
  for (const [tool, how, damage, told] of [
    ['ip', 'fails', 'a bridge', broken],
    ['iptables-save', 'fails', 'all rules of a table', broken],
    ['iptables-restore', 'fails', 'a chain', broken],
    ['sysctl', 'fails', 'a setting', broken],
    ['dnsmasq', 'fails', 'a daemon', broken],
    ['perl', 'fails', 'an address', broken],
    ['flock', 'fails', 'a chain', broken],
    ['conntrack', 'fails', 'a pair', broken],
    ['ip', 'prints garbage', 'a bridge', /ip -j failed: .*no JSON/],
    ['ip', 'prints half', 'a bridge', /ip -j failed: .*not whole/],
    ['iptables-save', 'prints garbage', 'all rules of a table', /iptables-save failed: .*not whole/],
    ['iptables-save', 'prints half', 'all rules of a table', /iptables-save failed: .*not whole/],
    [
      'iptables-restore',
      'prints nothing',
      'a chain',
      /applied, but verification found differences|netctl-snat .*(is|changes it|changed) back/,
    ],
    ['dnsmasq', 'prints garbage', 'a daemon', /applied, but verification found differences|it has not written/],
    ['sysctl', 'prints garbage', 'a setting', /applied, but verification found differences/],
  ] as const satisfies readonly (readonly [Tool, Failing, keyof typeof damages, RegExp])[])
    test(`${how}: ${tool}, for ${damage}`, async () => {
      const [had, before] = [ours(), watch.said.length];
      tools.break(tool, how);
      damages[damage]();
      const has = ours();
      try {
        await watch.until(() => told.test(complaints()), `status says ${told}`);
        await watch.until(
          () =>
            watch.said
              .slice(before)
              .some(
                ({ event, level, message }) =>
                  /^(obstacle|failed|drift-conflict)$/.test(event) && level !== 'info' && told.test(message),
              ),
          'its log says so',
        );
        expect(ours()).toBeGreaterThanOrEqual(Math.min(had, has));
      } finally {
        tools.mend(tool);
      }
      await mended();
      expect(ours()).toBe(had);
    });

  for (const [tool, damage, debian] of [
    ['ip', 'a bridge', 'iproute2'],
    ['iptables-save', 'all rules of a table', 'iptables'],
    ['iptables-restore', 'a chain', 'iptables'],
    ['dnsmasq', 'a daemon', 'dnsmasq-base'],
    ['perl', 'an address', 'perl-base'],
    ['flock', 'a chain', 'util-linux'],
  ] as const) {
    test(`is not there any more: ${tool}, when ${damage} is gone`, async () => {
      const had = ours();
      tools.remove(tool);
      damages[damage]();
      try {
        await watch.until(
          () => complaints().includes(`${tool} is not installed, or not in PATH (Debian package ${debian})`),
          'status names the package',
        );
      } finally {
        tools.mend(tool);
      }
      await mended();
      expect(ours()).toBe(had);
    });
  }

  test('only makes a look quicker is not needed: iptables', async () => {
    for (const how of ['fails', 'prints nothing', 'prints garbage', 'prints half'] as const) {
      tools.break('iptables', how);
      damages['a chain']();
      await watch.until(() => lab.snapshot() === settled, `the host is as it was though iptables ${how}`);
    }
    tools.mend('iptables');
    await mended();
  });

  test('tells what changes: without nft and ip the monitors are tried again and again, and all is looked at when they run', async () => {
    const running = (): boolean => watch.status().monitors.every(({ state }) => state === 'running');
    for (const [tool, how] of [
      ['nft', 'fails'],
      ['setpriv', 'fails'],
      ['setpriv', 'prints garbage'],
      ['nft', 'prints garbage'],
    ] as const) {
      tools.break(tool, how);
      const before = watch.said.length;
      for (const child of usedBy(watch.pid).children) process.kill(child, 'SIGKILL');
      damages['a bridge']();
      await watch.until(
        () =>
          watch.said.slice(before).some(({ event, message }) => event === 'monitor' && message.includes('nft monitor')),
        'it says that a monitor ended',
      );
      tools.mend(tool);
      await watch.until(() => lab.snapshot() === settled, 'the host is as it was');
      await watch.until(running, 'all monitors run');
    }
  });
});

test('a read that hangs is ended after 20 seconds, and named; status answers all the while', async () => {
  tools.break('iptables-save', 'hangs');
  const began = performance.now();
  damages['all rules of a table']();
  await watch.until(
    () => /iptables-save failed: it did not end within 20\.0 s/.test(complaints()),
    'it gives up',
    60_000,
  );
  expect(performance.now() - began).toBeGreaterThan(19_000);
  tools.mend('iptables-save');
  await mended();
});

test('after all of it nothing has leaked', async () => {
  await watch.until(
    () => usedBy(watch.pid).children.length <= atFirst.children.length && usedBy(watch.pid).files <= atFirst.files,
    `it has ${atFirst.files} files open and ${atFirst.children.length} children`,
  );
  expect(watch.strays).toEqual([]);
});
