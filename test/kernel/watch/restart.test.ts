// test/kernel/watch/restart.test.ts — a watch of 200 instances is stopped, killed and started under traffic, and the
// host never knows.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { must } from '../lab.ts';
import { Site } from '../nova/site.ts';
import { RunningWatch } from './running.ts';

/** Datagrams a second of each of two flows, and pings. */
const RATE = 500;
const COUNT = 200;
const F = '203.0.113.65';
const GUESTS: Readonly<Record<string, string>> = { g1: '10.0.0.3', g2: '10.0.0.4' };

let site: Site;
let watch: RunningWatch;

beforeAll(async () => {
  site = new Site({
    world: [],
    guests: Object.fromEntries(
      Object.entries(GUESTS).map(([name, address]) => [
        name,
        { bridge: 'br-blue', address: `${address}/22`, via: '10.0.0.1' },
      ]),
    ),
  });
  const guests = Object.entries(GUESTS).map(
    ([name, address]) =>
      `  ${name}: { nics: [{ network: blue, address: ${address}, ${name === 'g1' ? `floating: [${F}], ` : ''}device: { type: veth, netns: ${site.namespace(name)} } }] }\n`,
  );
  const taps = Array.from(
    { length: COUNT - guests.length },
    (_, i) => `  vm-${i}: { nics: [{ network: blue, floating: [{ pool: many }] }] }\n`,
  );
  site.lab.write(
    'spec.yaml',
    `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11 }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/22 }
pools:
  public: { ranges: [203.0.113.64/28] }
  many: { ranges: [198.18.0.0/22] }
instances:
${[...guests, ...taps].join('')}`,
  );
  watch = new RunningWatch(site.lab);
  await watch.says('ready');
  await site.open();
});
afterAll(async () => {
  await watch.end();
  site.close();
});

interface Counted {
  readonly rule: string;
  readonly packets: number;
}

/** Every rule, by its handle. */
function rules(): ReadonlyMap<string, Counted> {
  const found = new Map<string, Counted>();
  for (const table of ['nat', 'filter', 'mangle']) {
    for (const line of must(site.lab.in(site.lab.host, ['nft', '-a', 'list', 'table', 'ip', table])).out.split('\n')) {
      const [, rule = '', handle] = /^\s*(.*?) # handle (\d+)$/.exec(line) ?? [];
      if (handle !== undefined)
        found.set(`${table} ${handle}`, {
          rule: rule.replace(/counter packets \d+ bytes \d+/, 'counter'),
          packets: Number(/counter packets (\d+)/.exec(rule)?.[1] ?? 0),
        });
    }
  }
  return found;
}

/** What the kernel tells of changes to the host, between two changes of our own. */
class Overheard {
  private readonly lines: string[] = [];
  private readonly children: readonly ChildProcess[];
  private marks = 0;

  constructor() {
    this.children = [
      ['nft', 'monitor'],
      ['ip', '-o', 'monitor', 'label', 'link', 'address', 'route', 'netconf', 'rule'],
    ].map((argv) => {
      const child = spawn('ip', ['netns', 'exec', site.lab.host, ...argv], { stdio: ['ignore', 'pipe', 'inherit'] });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        this.lines.push(...text.split('\n').filter((line) => line !== ''));
      });
      return child;
    });
  }

  /** Changes something until both have told of it. */
  async mark(): Promise<void> {
    const [table, address] = [`mark-${++this.marks}`, `127.117.0.${this.marks}/32`];
    await vi.waitUntil(
      () => {
        const heard = [table, address].every((words) => this.lines.some((line) => line.includes(words)));
        if (!heard) {
          must(
            site.lab.in(site.lab.host, [
              'sh',
              '-e',
              '-c',
              `nft add table inet ${table}; nft delete table inet ${table}`,
            ]),
          );
          for (const verb of ['add', 'del']) site.lab.ip(site.lab.host, `address ${verb} ${address} dev lo`);
        }
        return heard;
      },
      { timeout: 30_000, interval: 300 },
    );
  }

  /** All but the marks. */
  events(): readonly string[] {
    return this.lines.filter((line) => !/\bmark-\d|\b127\.117\.|^# new generation/.test(line));
  }

  close(): void {
    for (const child of this.children) child.kill('SIGKILL');
  }
}

async function restart(signal: NodeJS.Signals): Promise<void> {
  await watch.end(signal);
  watch = new RunningWatch(site.lab);
  await watch.says('ready');
}

describe('a restart', () => {
  test.each([['SIGTERM'], ['SIGKILL']] as const)(
    'after %s loses no packet, rewrites no rule, starts no daemon, changes nothing',
    async (signal) => {
      const overheard = new Overheard();
      try {
        await overheard.mark();
        const [rulesBefore, daemons] = [
          rules(),
          site.lab.processes().filter(({ command }) => command.startsWith('dnsmasq')),
        ];
        const full = (name: string): number => site.counted(name, ['Udp', 'RcvbufErrors']);
        const fullBefore = ['world', 'g1', 'g2'].map(full);
        const pings = site.pinging('world', F, RATE);
        // Inwards through the floating address, and outwards through source NAT.
        let out = { sent: 0, answers: [] as readonly { readonly who: string; readonly count: number }[] };
        const inwards = await site.flooding('world', F, RATE, async () => {
          out = await site.flooding('g2', '203.0.113.1', RATE, async () => {
            for (let i = 0; i < 2; i++) await restart(signal);
          });
        });
        const pinged = await pings();
        await overheard.mark();

        // What a program is too busy to take is not lost on the way.
        const dropped = ['world', 'g1', 'g2'].reduce((sum, name, i) => sum + full(name) - (fullBefore[i] ?? NaN), 0);
        const answered =
          inwards.answers.concat().reduce((sum, { count }) => sum + count, 0) +
          out.answers.reduce((sum, { count }) => sum + count, 0);
        console.info(
          `${signal}, twice: ${inwards.sent + out.sent} datagrams, ${inwards.sent + out.sent - answered} without an answer, ${dropped} of them for want of room at an end; ${pinged.sent} pings, ${pinged.lost} lost`,
        );
        expect([inwards.answers.map(({ who }) => who), out.answers.map(({ who }) => who)]).toEqual([
          [GUESTS['g1']],
          ['203.0.113.1'],
        ]);
        expect(inwards.sent + out.sent).toBeGreaterThan(RATE);
        expect(inwards.sent + out.sent - answered - dropped).toBe(0);
        expect(pinged.sent).toBeGreaterThan(RATE / 2);
        expect(pinged.lost).toBe(0);

        const rulesAfter = rules();
        expect([...rulesAfter].map(([handle, { rule }]) => `${handle} ${rule}`)).toEqual(
          [...rulesBefore].map(([handle, { rule }]) => `${handle} ${rule}`),
        );
        expect(rulesBefore.size).toBeGreaterThan(2 * COUNT);
        expect(
          [...rulesAfter].filter(([handle, { packets }]) => packets < (rulesBefore.get(handle)?.packets ?? NaN)),
        ).toEqual([]);
        expect(
          [...rulesAfter].some(([handle, { packets }]) => packets > (rulesBefore.get(handle)?.packets ?? NaN)),
        ).toBe(true);
        expect(daemons).toHaveLength(1);
        expect(site.lab.processes().filter(({ command }) => command.startsWith('dnsmasq'))).toEqual(daemons);
        expect(overheard.events()).toEqual([]);
        expect(watch.said.filter(({ event }) => ['applied', 'changed', 'failed'].includes(event))).toEqual([]);
      } finally {
        overheard.close();
      }
    },
  );
});
