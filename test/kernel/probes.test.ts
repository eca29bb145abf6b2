// test/kernel/probes.test.ts — probes on a wire: what answers, what comes instead of an answer, and what answers again
// after a while.
import { spawn as start } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { probe } from '../../src/probes/probing.ts';
import type { Answer, Probe, Session } from '../../src/probes/model.ts';
import type { Target } from '../../src/probes/model.ts';
import { Lab, must } from './lab.ts';

const SERVER = `
const http = require('node:http'), net = require('node:net');
http.createServer((request, response) => { response.statusCode = Number(request.url.slice(1)); response.end(); }).listen(8080, '203.0.113.1');
net.createServer((socket) => socket.destroy()).listen(7000, '203.0.113.1');
net.createServer((socket) => socket.destroy()).listen(7000, '2001:db8::1');
net.createServer(() => undefined).listen(7001, '203.0.113.1', () => console.log('ready'));
`;

let lab: Lab;
let servers: readonly ChildProcess[];

beforeAll(async () => {
  lab = new Lab();
  lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
  lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
  const dns = [
    'dnsmasq',
    '--keep-in-foreground',
    '--no-resolv',
    '--no-hosts',
    '--bind-interfaces',
    '--listen-address',
    '203.0.113.1',
    '--conf-file=/dev/null',
    '--pid-file=',
    '--address=/www.example.org/203.0.113.1',
    '--local=/org/',
  ];
  servers = [[process.execPath, '-e', SERVER], dns].map((argv) =>
    start('ip', ['netns', 'exec', lab.world, ...argv], { stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  mkdirSync(`/etc/netns/${lab.host}`, { recursive: true });
  writeFileSync(`/etc/netns/${lab.host}/resolv.conf`, 'nameserver 203.0.113.1\n');
  await new Promise((resolve) => servers[0]?.stdout?.once('data', resolve));
  await vi.waitFor(
    () => {
      expect(lab.resolves(lab.host, 'www.example.org', '203.0.113.1')).toBe('203.0.113.1');
    },
    { timeout: 30_000, interval: 100 },
  );
});

afterAll(() => {
  for (const server of servers) server.kill('SIGKILL');
  rmSync(`/etc/netns/${lab.host}`, { recursive: true, force: true });
  lab.close();
});

const named = (target: Target, timeout: number): Probe => ({ name: JSON.stringify(target), target, timeout });
const ask = (probes: readonly Probe[], signal?: AbortSignal): Promise<readonly Answer[]> =>
  probe(probes, { netns: lab.host, program: lab.command() }, signal);

const ANSWERED: readonly Target[] = [
  { kind: 'ping', host: '203.0.113.1' },
  { kind: 'ping', host: '2001:db8::1' },
  { kind: 'ping', host: 'www.example.org' },
  { kind: 'tcp', host: '203.0.113.1', port: 7000 },
  { kind: 'tcp', host: '2001:db8::1', port: 7000 },
  { kind: 'tcp', host: 'www.example.org', port: 7000 },
  { kind: 'dns', name: 'www.example.org' },
  { kind: 'dns', name: 'www.example.org', server: '203.0.113.1:53' },
  { kind: 'http', url: 'http://203.0.113.1:8080/200' },
  { kind: 'http', url: 'http://203.0.113.1:8080/404' },
  { kind: 'http', url: 'http://www.example.org:8080/301' },
  { kind: 'http', url: 'http://203.0.113.1:8080/503', status: 503 },
];

test('what answers, asked all at once; names by the resolver of the namespace', async () => {
  const answers = await ask(ANSWERED.map((target) => named(target, 20_000)));
  expect(answers.filter(({ answered }) => !answered)).toEqual([]);
  expect(answers.map(({ probe: { target } }) => target)).toEqual(ANSWERED);
});

test('what comes instead of an answer; and all of it takes no longer than the longest', async () => {
  const silent: readonly (readonly [Target, RegExp])[] = [
    [
      { kind: 'ping', host: '203.0.113.99' },
      /^203\.0\.113\.11 says: Destination Host Unreachable$|^no reply within 4 s$/,
    ],
    [{ kind: 'ping', host: '2001:db8:9::1' }, /^Network is unreachable$/],
    [{ kind: 'ping', host: 'nobody.example.org' }, /Name or service not known|No address associated/],
    [{ kind: 'tcp', host: '203.0.113.1', port: 7009 }, /^connection refused$/],
    [{ kind: 'tcp', host: 'nobody.example.org', port: 7000 }, /^no such name$/],
    [{ kind: 'dns', name: 'nobody.example.org' }, /^no such name$/],
    [{ kind: 'dns', name: 'www.example.org', server: '203.0.113.1:5353' }, /^connection refused$|^no reply/],
    [{ kind: 'http', url: 'http://203.0.113.1:8080/503' }, /^it replies 503$/],
    [{ kind: 'http', url: 'http://203.0.113.1:8080/201', status: 200 }, /^it replies 201$/],
    [{ kind: 'http', url: 'http://203.0.113.1:7000/' }, /hang up|connection reset/],
    [{ kind: 'http', url: 'http://203.0.113.1:7001/' }, /^no reply within 4 s$/],
  ];
  const answers = await ask(silent.map(([target]) => named(target, 4_000)));
  for (const [i, [, why]] of silent.entries())
    expect(answers[i], JSON.stringify(answers[i])).toMatchObject({
      answered: false,
      why: expect.stringMatching(why) as string,
    });
  expect(Math.min(...answers.map(({ ms }) => ms))).toBeGreaterThanOrEqual(3_900);
  // Bounded, however busy the machine is.
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(10_000);
});

test('a name that is looked up in vain takes no longer than it may', async () => {
  const drop = (how: '-A' | '-D'): void => {
    must(lab.in(lab.world, ['iptables', how, 'INPUT', '-p', 'udp', '--dport', '53', '-j', 'DROP']));
  };
  drop('-A');
  const began = performance.now();
  const targets: readonly Target[] = [
    { kind: 'ping', host: 'www.example.org' },
    { kind: 'tcp', host: 'www.example.org', port: 7000 },
    { kind: 'dns', name: 'www.example.org' },
  ];
  expect(await ask(targets.map((target) => named(target, 500)))).toMatchObject(
    targets.map(() => ({ answered: false })),
  );
  // The C library would look for ten seconds.
  expect(performance.now() - began).toBeLessThan(8_000);
  drop('-D');
});

test('a gateway that the host has become itself answers no more, unless the spec wants to know just that', async () => {
  const gateway = named({ kind: 'ping', host: '203.0.113.1' }, 20_000);
  lab.ip(lab.host, 'address add 203.0.113.1/32 dev eth1');
  expect(await ask([gateway, { ...gateway, name: 'probes[0]', path: ['probes', 0] }])).toMatchObject([
    { answered: false, why: '203.0.113.1 is an address of this host itself' },
    { answered: true },
  ]);
  lab.ip(lab.host, 'address del 203.0.113.1/32 dev eth1');
  expect(await ask([gateway])).toMatchObject([{ answered: true }]);
});

describe('a link that goes and comes', () => {
  test('whoever is asked meanwhile answers when it is up again', async () => {
    lab.ip(lab.host, 'link set dev eth1 down');
    const asked = ask([
      named({ kind: 'ping', host: '203.0.113.1' }, 30_000),
      named({ kind: 'tcp', host: '203.0.113.1', port: 7000 }, 30_000),
    ]);
    const early = await ask([named({ kind: 'ping', host: '203.0.113.1' }, 500)]);
    lab.ip(lab.host, 'link set dev eth1 up');
    expect(early).toMatchObject([{ answered: false }]);
    expect(await asked).toMatchObject([{ answered: true }, { answered: true }]);
  });

  test('a link-local gateway is asked on the bridge that its interface has gone into', async () => {
    const [, far = ''] = /inet6 (fe80\S+)\/64/.exec(lab.ip(lab.world, '-6 address show dev far1 scope link')) ?? [];
    const gateway = named({ kind: 'ping', host: `${far}%eth1` }, 20_000);
    expect(await ask([gateway])).toMatchObject([{ answered: true }]);
    for (const words of ['link add br9 type bridge', 'link set dev br9 up', 'link set dev eth1 master br9'])
      lab.ip(lab.host, words);
    expect(await ask([gateway])).toMatchObject([{ answered: true }]);
    lab.ip(lab.host, 'link del dev br9');
  });
});

describe("the operator's own session, which answers no ping", () => {
  const session = {
    kind: 'session',
    peer: '203.0.113.1',
    peerPort: 50_022,
    local: '203.0.113.11',
    localPort: 2222,
  } as const;
  const asking = (target: Session, timeout: number): Promise<readonly Answer[]> =>
    ask([{ name: 'your SSH session', target, timeout }]);
  const shell =
    'require("node:net").createServer((socket) => { socket.on("error", () => 0); process.on("SIGUSR2", () => socket.write("x".repeat(4000))); console.log("came"); }).listen(2222, "::", () => console.log("ready"))';
  const terminal = 'require("node:net").connect({ host: "203.0.113.11", port: 2222, localPort: 50022 }).resume()';
  let server: ChildProcess;
  let client: ChildProcess;

  const within = (namespace: string, program: string): ChildProcess =>
    start('ip', ['netns', 'exec', namespace, process.execPath, '-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  const says = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.stdout?.once('data', resolve));
  const cut = (how: '-A' | '-D'): void => {
    must(lab.in(lab.world, ['iptables', how, 'INPUT', '-p', 'tcp', '--dport', '50022', '-j', 'DROP']));
  };
  beforeAll(async () => {
    server = within(lab.host, shell);
    await says(server);
    const came = says(server);
    client = within(lab.world, terminal);
    await came;
  });
  afterAll(() => {
    for (const child of [server, client]) child.kill('SIGKILL');
  });

  test('is there, and is still there; another one is not', async () => {
    expect(await asking(session, 20_000)).toMatchObject([{ answered: true }]);
    server.kill('SIGUSR2');
    expect(await asking({ ...session, wasThere: true }, 20_000)).toMatchObject([{ answered: true }]);
    expect(await asking({ ...session, peerPort: 50_023 }, 60_000)).toMatchObject([
      { answered: false, why: 'this host, or namespace, has no such connection' },
    ]);
    for (const other of [{ local: '203.0.113.12' }, { peer: '203.0.113.2' }])
      expect(await asking({ ...session, ...other }, 60_000)).toMatchObject([{ answered: false }]);
  });

  test('is lost while what is sent on it is not acknowledged, and no longer', async () => {
    cut('-A');
    const [waiting, early] = [
      asking({ ...session, wasThere: true }, 60_000),
      asking({ ...session, wasThere: true }, 1_500),
    ];
    server.kill('SIGUSR2');
    expect(await early).toMatchObject([{ answered: false, why: 'what is sent to it is not acknowledged' }]);
    cut('-D');
    expect(await waiting).toMatchObject([{ answered: true }]);
  });

  test('that its owner has ended is not lost', async () => {
    client.kill('SIGKILL');
    await vi.waitFor(
      async () => {
        expect(await asking(session, 5_000)).toMatchObject([{ answered: false }]);
      },
      { timeout: 30_000 },
    );
    expect(await asking({ ...session, wasThere: true }, 5_000)).toMatchObject([{ answered: true }]);
  });
});

test('it ends when it is told to, and says that it was not asked to the end', async () => {
  const stop = new AbortController();
  const began = performance.now();
  const asked = ask(
    [
      named({ kind: 'ping', host: '203.0.113.99' }, 30_000),
      named({ kind: 'tcp', host: '203.0.113.99', port: 1 }, 30_000),
    ],
    stop.signal,
  );
  stop.abort();
  expect(await asked).toMatchObject([{ answered: false }, { answered: false, why: 'it was not asked to the end' }]);
  expect(performance.now() - began).toBeLessThan(20_000);
});

test('a host without ping says so, at once', async () => {
  const bin = lab.path('bin');
  mkdirSync(bin);
  symlinkSync(must(lab.in(lab.host, ['sh', '-c', 'command -v ip'])).out.trim(), `${bin}/ip`);
  const path = process.env['PATH'];
  process.env['PATH'] = bin;
  try {
    expect(await ask([named({ kind: 'ping', host: '203.0.113.1' }, 30_000)])).toMatchObject([
      {
        answered: false,
        why: 'it cannot be asked: ping is not installed, or not in PATH (Debian package iputils-ping)',
      },
    ]);
  } finally {
    process.env['PATH'] = path;
  }
});

test('nothing stays behind', async () => {
  await ask([
    named({ kind: 'ping', host: '203.0.113.99' }, 300),
    named({ kind: 'http', url: 'http://203.0.113.1:7001/' }, 300),
  ]);
  await vi.waitFor(
    () => {
      expect(lab.processes().map(({ command }) => command)).toEqual([]);
    },
    { timeout: 20_000, interval: 100 },
  );
});
