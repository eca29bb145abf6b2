// test/kinds/process/index.test.ts — a daemon on a fake host: started, told, restarted, ended; and netctl killed at
// every point.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Op, Running } from '../../../src/core/resource.ts';
import { createFileKind } from '../../../src/kinds/file/index.ts';
import type { File } from '../../../src/kinds/file/model.ts';
import { createProcessKind } from '../../../src/kinds/process/index.ts';
import type { Process } from '../../../src/kinds/process/model.ts';
import { FakeHost, PowerCut } from '../../fake-host/index.ts';
import { createWhole } from '../../fake-host/whole.ts';
import type { Whole } from '../../fake-host/whole.ts';
import { Bench } from '../bench.ts';

const kind = createProcessKind('/run/netctl');
const kinds = [kind, createFileKind(['/var/lib/netctl/networks'])];
const pidFile = '/run/netctl/dnsmasq-lab.pid';
const hosts = '/var/lib/netctl/networks/hosts';
const mark = '--pid-file=/run/netctl/';

/** What has been read is told by `config`, as a feature hashes it. */
const files = (text: string): readonly File[] => [
  { kind: 'file', path: hosts, text },
  { kind: 'file', path: '/var/lib/netctl/networks/leases' },
];
const dnsmasq = (text: string, more: Partial<Process> = {}): Process => ({
  kind: 'process',
  name: 'dnsmasq-lab',
  config: `hash of ${text}`,
  on: [`file ${hosts}`],
  ...more,
  argv: [
    'dnsmasq',
    '--conf-file=',
    `--pid-file=${pidFile}`,
    '--interface=br1',
    '--listen-address=10.0.0.1',
    `--dhcp-hostsfile=${hosts}`,
    '--dhcp-leasefile=/var/lib/netctl/networks/leases',
    ...(more.argv ?? []),
  ],
});
const wanted = (text: string, more: Partial<Process> = {}): readonly (File | Process)[] => [
  ...files(text),
  dnsmasq(text, more),
];

let whole: Whole;
let host: FakeHost;
let bench: Bench;
beforeEach(() => {
  whole = createWhole();
  whole.ip.do('link add name br1 type bridge', 'link set dev br1 up', 'address add 10.0.0.1/24 dev br1');
  ({ host } = whole);
  bench = new Bench(host, kinds);
});

const words = (ops: readonly Op[]): readonly string[] =>
  ops.flatMap((op) => (op.op === 'signal' ? [op.signal] : 'path' in op && op.path.startsWith('/var') ? [] : [op.op]));
/** Ended with all that it left, and started. */
const AGAIN = ['TERM', 'remove', 'remove', 'remove', 'remove', 'start', 'write'];
const stop = async (): Promise<void> => {
  for (const { pid } of await host.processes(mark)) host.daemons.stop(pid);
};
const loaded = (): string | undefined => whole.dnsmasq.loaded('br1').get(hosts);

describe('what is done', () => {
  const started = async (): Promise<unknown> => await bench.apply(wanted('a'));
  const rows: readonly (readonly [string, () => Promise<unknown>, readonly (File | Process)[], readonly string[]])[] = [
    ['none runs: start', async () => Promise.resolve(), wanted('a'), ['remove', 'start', 'write']],
    ['it runs as wanted: nothing', started, wanted('a'), []],
    [
      'what it had loaded is not known: start, and nothing is put down of it',
      async () => Promise.resolve(),
      wanted('a', { config: '' }),
      ['remove', 'start'],
    ],
    ['its files changed: it reads them again', started, wanted('b'), ['remove', 'HUP', 'write']],
    [
      'its arguments changed: they are tried, then restart',
      started,
      wanted('a', { argv: ['--strict-order'] }),
      ['run', ...AGAIN],
    ],
    [
      'what it was started with changed: that is tried, then restart',
      async () => await bench.apply(wanted('a', { startedWith: 'one' })),
      wanted('a', { startedWith: 'two' }),
      ['run', ...AGAIN],
    ],
    [
      'it has not: nothing',
      async () => await bench.apply(wanted('a', { startedWith: 'one' })),
      wanted('a', { startedWith: 'one' }),
      [],
    ],
    [
      'what it was started with cannot be read now: nothing',
      async () => await bench.apply(wanted('a', { startedWith: 'one' })),
      wanted('a'),
      [],
    ],
    [
      'what it was started with was not put down: that is tried, then restart',
      started,
      wanted('a', { startedWith: 'one' }),
      ['run', ...AGAIN],
    ],
    ['nobody wants it: it ends, and nothing is left', started, files('a'), ['TERM', 'remove', 'remove', 'remove']],
    [
      'it died: start',
      async () => {
        await started();
        for (const { pid } of await host.processes(mark)) host.daemons.kill(pid);
      },
      wanted('a'),
      ['remove', 'start', 'write'],
    ],
    [
      'it died and nobody wants it: what it left goes',
      async () => {
        await started();
        for (const { pid } of await host.processes(mark)) host.daemons.kill(pid);
      },
      files('a'),
      ['TERM', 'remove', 'remove', 'remove'],
    ],
    [
      'its pid file was lost: it is known all the same',
      async () => {
        await started();
        host.disk.remove(pidFile);
      },
      wanted('b'),
      ['remove', 'HUP', 'write'],
    ],
    [
      'what it has loaded is not known: it reads again',
      async () => {
        await started();
        host.disk.remove('/run/netctl/dnsmasq-lab.loaded');
      },
      wanted('a'),
      ['remove', 'HUP', 'write'],
    ],
    [
      'somebody stopped it: it is continued',
      async () => {
        await started();
        await stop();
      },
      wanted('a'),
      ['CONT'],
    ],
    [
      'somebody stopped it, and its files changed: it is continued, and reads them again',
      async () => {
        await started();
        await stop();
      },
      wanted('b'),
      ['CONT', 'remove', 'HUP', 'write'],
    ],
    [
      'somebody stopped it, and nobody wants it: it ends',
      async () => {
        await started();
        await stop();
      },
      files('a'),
      ['TERM', 'remove', 'remove', 'remove'],
    ],
    [
      'two with one mark: both end, one starts',
      async () => {
        await started();
        host.daemons.add(dnsmasq('a').argv);
      },
      wanted('a'),
      AGAIN,
    ],
    [
      'what it depends on is recreated: it ends before, and starts after',
      async () => {
        await started();
        host.disk.remove(hosts);
      },
      wanted('a'),
      AGAIN,
    ],
  ];
  for (const [name, before, after, done] of rows)
    test(name, async () => {
      await before();
      expect(words(await bench.apply(after))).toEqual(done);
      expect((await bench.plan(after)).steps).toEqual([]);
      expect(loaded()).toBe(after.some((one) => one.kind === 'process') ? host.disk.read(hosts) : undefined);
      if (loaded() === undefined) expect(host.disk.below('/run/netctl').size).toBe(0);
    });
});

test('one in a namespace that is no more ends, and one starts in that of the host', async () => {
  await bench.apply(wanted('a'));
  class Elsewhere extends FakeHost {
    override async processes(having: string): Promise<readonly Running[]> {
      return (await super.processes(having)).map((running) => ({ ...running, astray: true }));
    }
  }
  const elsewhere = new Elsewhere({ tools: {}, daemons: { dnsmasq: whole.dnsmasq }, files: host.disk });
  elsewhere.daemons.add(dnsmasq('a').argv);
  expect((await new Bench(elsewhere, kinds).plan(wanted('a'))).steps.flatMap(({ ops }) => words(ops))).toEqual(AGAIN);
});

test("others' processes are not seen", async () => {
  for (const argv of [
    ['dnsmasq', '--pid-file=/run/netctl.pid'],
    ['dnsmasq', '--pid-file=/run/netctl/netns/lab/dnsmasq-lab.pid'],
    ['sh', '-c', `dnsmasq ${mark}dnsmasq-lab.pid`],
    ['dnsmasq', `${mark}x.conf`],
  ])
    host.daemons.add(argv);
  host.disk.write('/run/netctl/lock', '');
  host.disk.write('/run/netctl/netns/lab/dnsmasq-lab.pid', '1\n');
  expect((await bench.observe()).size).toBe(0);
});

test('one that was started by its path is the same', async () => {
  await bench.apply(wanted('a'));
  class Wrapped extends FakeHost {
    override async processes(having: string): Promise<readonly Running[]> {
      return (await super.processes(having)).map((running) => ({
        ...running,
        argv: ['/usr/sbin/dnsmasq', ...running.argv.slice(1)],
      }));
    }
  }
  const wrapped = new Wrapped({ tools: {}, daemons: { dnsmasq: whole.dnsmasq }, files: host.disk });
  wrapped.daemons.add(dnsmasq('a').argv);
  expect((await new Bench(wrapped, kinds).plan(wanted('a'))).steps).toEqual([]);
});

test('it ends before what it depends on goes', async () => {
  await bench.apply(wanted('a'));
  const ops = await bench.apply([]);
  expect(ops.findIndex((op) => op.op === 'signal')).toBeLessThan(
    ops.findIndex((op) => op.op === 'remove' && op.path === hosts),
  );
});

describe('killed after any effect, whatever is wanted next, it has loaded what the files say', () => {
  const states = [wanted('a'), wanted('b'), wanted('a', { argv: ['--strict-order'] }), files('a')];
  for (const [i, first] of states.entries())
    for (const [j, second] of states.entries())
      for (const [k, third] of states.entries()) {
        test(`${i}, killed on the way to ${j}, then ${k}`, async () => {
          for (let effects = 0; effects < 12; effects++) {
            await bench.apply(first);
            host.killAfter(effects);
            await bench.apply(second).catch((error: unknown) => {
              if (!(error instanceof PowerCut)) throw error;
            });
            host.killAfter(Infinity);
            await bench.apply(third);
            expect((await bench.plan(third)).steps).toEqual([]);
            expect(loaded(), `after ${effects}`).toBe(
              third.some((one) => one.kind === 'process') ? host.disk.read(hosts) : undefined,
            );
          }
        });
      }
});

describe('says', () => {
  for (const [text, after, before] of [
    ['dnsmasq-lab', dnsmasq('a'), undefined],
    ['dnsmasq-lab reads its files again', dnsmasq('b'), dnsmasq('a')],
    ['dnsmasq-lab is continued', dnsmasq('a'), dnsmasq('a', { stopped: true })],
    ['dnsmasq-lab is continued and reads its files again', dnsmasq('b'), dnsmasq('a', { stopped: true })],
    ['dnsmasq-lab is restarted with other arguments', dnsmasq('b', { argv: ['-x'] }), dnsmasq('a')],
  ] as const)
    test(text, () => expect(kind.describe(after, before)).toBe(text));
});
