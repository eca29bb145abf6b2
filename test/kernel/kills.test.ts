// test/kernel/kills.test.ts — netctl is killed at any moment, and the next run settles; it is asked to stop, and ends
// between two steps.
// NETCTL_KILLS=200 kills it more often, NETCTL_SEED=… at other moments.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Chance } from '../walk/chance.ts';
import { Lab, must, spawn as spawned } from './lab.ts';
import type { Ended } from './lab.ts';

const KILLS = Number(env['NETCTL_KILLS'] ?? 10);
/** As a shell would say it. */
const KILLED = 137;
const SEED = env['NETCTL_SEED'] ?? 'kills';

let lab: Lab;
let before: string;
beforeAll(() => {
  lab = new Lab();
  for (const name of ['g1', 'g2', 'g3']) lab.namespace(name);
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50');
  lab.ip(lab.host, 'address add 198.51.100.11/24 brd + dev eth2');
  before = lab.snapshot();
});
afterAll(() => {
  lab.close();
});

/**
 * Between any two of them much has to happen: the uplink moves, a bridge gets another name, dnsmasq another address,
 * ports and floating addresses go and come.
 */
function specs(): Readonly<Record<string, string>> {
  const guest = (name: string): string => lab.host.replace(/host$/, name);
  return {
    'on eth1': `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${guest('g1')} } }] }
${taps(1, 6, 'lab')}`,
    'on eth2, with more of everything': `apiVersion: netctl/v1
defaults: { domain: example.test, leaseTime: 1h }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24, gateway: 192.168.50.254, mtu: 1400 }
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 10.20.0.0/24, forward: none }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-vm-1, netns: ${guest('g2')} } }, { network: more, device: { type: veth, name: v-vm-1-b, netns: ${guest('g2')} } }] }
${taps(4, 40, 'lab')}${taps(41, 44, 'more')}`,
    'by other names': `apiVersion: netctl/v1
networks:
  other: { mode: flat-dhcp, bridge: br-other, interface: eth1, cidr: 192.168.50.0/24, forward: [eth2] }
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.20.0.0/24 }
instances:
  vm-2: { nics: [{ network: other, device: { type: veth, name: v-vm-1, netns: ${guest('g1')} } }] }
${taps(1, 3, 'lab')}${taps(5, 8, 'other')}`,
    'with ways out and in': ways({
      snat: '203.0.113.40-203.0.113.42',
      floating: ['203.0.113.65', '203.0.113.66'],
      metadata: '{}',
    }),
    'with other ways out and in': ways({
      snat: '203.0.113.42',
      floating: ['203.0.113.66', '203.0.113.65'],
      metadata: '{ address: 203.0.113.1 }',
    }),
  };
}

/**
 * Floating addresses by name and of a pool, behind the host and behind an outside router; between two of these they are
 * swapped.
 */
function ways({
  snat,
  floating: [first, second],
  metadata,
}: {
  readonly snat: string;
  readonly floating: readonly [string, string];
  readonly metadata: string;
}): string {
  return `apiVersion: netctl/v1
defaults: { floatingPool: public, noSnat: [10.128.0.0/24] }
hosts: { this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: ${metadata} } }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24, gateway: 192.168.50.254, dhcp: { server: 192.168.50.1 }, snatTo: [192.0.2.0/24] }
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 10.20.0.0/24, snat: ${snat} }
pools:
  public: { ranges: [203.0.113.64/26] }
instances:
  one: { nics: [{ network: more, floating: [${first}], device: { type: tap, name: tap-one } }] }
  two: { nics: [{ network: more, floating: [${second}, { pool: public }], device: { type: tap, name: tap-two } }] }
${taps(1, 20, 'more')}${taps(21, 24, 'lab')}`;
}

function taps(from: number, to: number, network: string): string {
  return Array.from(
    { length: to - from + 1 },
    (_, i) => `  t${from + i}: { nics: [{ network: ${network}, device: { type: tap, name: tap${from + i} } }] }\n`,
  ).join('');
}

/** After so many milliseconds, or when it says that so many steps have been started. */
type Moment = { readonly after: number } | { readonly started: number };

/**
 * Runs netctl, and at a moment sends the signal to it, or to all that a terminal would send it to; it may have ended by
 * then.
 */
async function interrupted(
  args: readonly string[],
  spec: string | undefined,
  signal: NodeJS.Signals,
  moment: Moment,
  { group = false, path }: { readonly group?: boolean; readonly path?: string } = {},
): Promise<Ended & { readonly took: number }> {
  const [node, program] = lab.command();
  const child = spawn(node, [program, ...lab.argumentsFor(args, spec)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: group,
    env: { ...env, ...(path === undefined ? {} : { PATH: `${path}:${env['PATH'] ?? ''}` }) },
  });
  const start = performance.now();
  const said = { out: '', err: '' };
  let sent = false;
  const send = (): void => {
    if (sent || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    sent = true;
    process.kill(group ? -child.pid : child.pid, signal);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
    if ('started' in moment && said.err.split('started: ').length > moment.started) send();
  });
  const timer = setTimeout(send, 'after' in moment ? moment.after : 60_000);
  const code = await new Promise<number>((resolve) => {
    child.once('close', (exitCode, by) => {
      resolve(exitCode ?? 128 + constants.signals[by ?? 'SIGKILL']);
    });
  });
  clearTimeout(timer);
  return { code, ...said, took: performance.now() - start };
}

function expectAsBefore(told: string): void {
  expect(lab.snapshot(), told).toBe(before);
  expect(must(lab.in(lab.host, ['ebtables-nft-save'])).out, told).not.toContain('netctl-');
  expect(existsSync(lab.path('state')), told).toBe(false);
  expect(existsSync(lab.path('run')), told).toBe(false);
}

describe('kill -9', () => {
  test(`${KILLS} times, and each time the next apply settles`, { timeout: 60_000 + KILLS * 10_000 }, async () => {
    const chance = new Chance(SEED);
    const all = Object.entries(specs());
    const longest = new Map<string, number>();
    let alive = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const [name, spec] = chance.of(all);
      const destroys = kill % 10 === 9;
      const last = longest.get(destroys ? 'destroy' : name) ?? 900;
      const after = chance.below(Math.round(last * 1.05));
      const told = `${SEED}, kill ${kill}: ${destroys ? 'destroy' : name} after ${after} ms`;
      const { code, took } = await interrupted(
        [destroys ? 'destroy' : 'apply', '--yes', '--allow-mass-delete'].slice(0, destroys ? 2 : 3),
        spec,
        'SIGKILL',
        { after },
      );
      if (code !== KILLED) {
        alive++;
        longest.set(destroys ? 'destroy' : name, took);
      }
      // The next run is for another spec as often as for the same: then what was half made is not wanted any more.
      const [next, settling] = chance.below(2) === 0 ? [name, spec] : chance.of(all);
      if (destroys) {
        expect(lab.netctl(['destroy', '--yes']), told).toMatchObject({ code: 0, err: '' });
        expectAsBefore(told);
        expect(lab.pings(lab.host, '203.0.113.1'), told).toBe(true);
      } else {
        expect(
          lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: settling }),
          `${told}, then ${next}`,
        ).toMatchObject({ code: 0 });
        expect(lab.netctl(['plan', '--detailed-exitcode']), `${told}, then ${next}`).toMatchObject({ code: 0 });
      }
    }
    expect(lab.netctl(['destroy', '--yes'])).toMatchObject({ code: 0 });
    expectAsBefore(SEED);
    // Most must have met it at work, or this test shows nothing.
    expect(alive).toBeLessThan(KILLS / 2);
  });
});

/** What plan has to say of this host, with the lines that belong to it. */
const WARNINGS = /^\S+: warning: .*\n(?: .*\n)*/gm;

describe('asked to stop', () => {
  for (const [signal, code, moments] of [
    ['SIGINT', 130, [1, 40]],
    ['SIGTERM', 143, [4, 30]],
  ] as const) {
    test(`by ${signal}, it ends with ${code} between two steps, and the next apply settles`, async () => {
      const [, spec = ''] = Object.entries(specs())[1] ?? [];
      const stopped: Ended[] = [];
      for (const started of moments) {
        const ended = await interrupted(['apply', '--yes', '-v'], spec, signal, { started });
        // A signal that comes after the last step has been started finds nothing to stop.
        if (ended.err.includes('stopped before: ')) stopped.push(ended);
        expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 0 });
        expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
        expect(lab.netctl(['destroy', '--yes'])).toMatchObject({ code: 0 });
        expectAsBefore(`${signal} at step ${started}`);
      }
      expect(stopped.length).toBeGreaterThan(0);
      for (const ended of stopped) {
        expect(ended.code).toBe(code);
        expect(ended.err).toMatch(/\d+ of \d+ steps were done/);
        expect(ended.err).not.toContain('failed');
      }
    });
  }

  test('by Ctrl-C, which reaches what it runs as well, also while it reads', async () => {
    const [, spec = ''] = Object.entries(specs())[0] ?? [];
    const chance = new Chance(`${SEED} Ctrl-C`);
    mkdirSync(lab.path('slow'));
    const read = must(spawned(['sh', '-c', 'command -v iptables-save'])).out.trim();
    chmodSync(lab.write('slow/iptables-save', `#!/bin/sh\nsleep 0.4\nexec ${read}\n`), 0o755);
    let longest = 1500;
    const codes = new Set<number | null>();
    for (let run = 0; run < 4; run++) {
      // Node itself takes its time before it heeds anything.
      const after = 200 + chance.below(Math.round(longest));
      const ended = await interrupted(
        ['apply', '--yes'],
        spec,
        'SIGINT',
        { after },
        { group: true, path: lab.path('slow') },
      );
      codes.add(ended.code);
      if (ended.code === 0) longest = ended.took;
      else
        expect(ended.err.replaceAll(WARNINGS, ''), `after ${after} ms`).toMatch(
          /^\d+ of \d+ steps were done; not done:|^netctl: stopped while the spec was read; nothing was changed\n$|^$/,
        );
      expect([0, 130], `after ${after} ms: ${ended.err}`).toContain(ended.code);
      if (run % 2 === 0) expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 0 });
      expect(lab.netctl(['destroy', '--yes'])).toMatchObject({ code: 0 });
      expectAsBefore(`Ctrl-C after ${after} ms`);
    }
    expect(codes).toContain(130);
  });
});
