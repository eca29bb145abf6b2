// test/pipeline/preflight/taken-ports.test.ts — ports 53 and 67 that a program of somebody's holds, where a server of
// netctl's is about to start.
import { describe, expect, test } from 'vitest';
import { followersAmong } from '../../../src/pipeline/preflight/bind-dynamic.ts';
import { DriverError } from '../../../src/core/resource.ts';
import { Bench } from '../../commands/bench.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24 }
  red: { mode: flat-dhcp, bridge: br101, cidr: 10.0.1.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
  vm-2: { nics: [{ network: red }] }
`;
const line = (protocol: string, local: string): string =>
  `${protocol} LISTEN 0 5 ${local} 0.0.0.0:* users:(("unbound",pid=612,fd=3))\n`;

function benchWith(printed: string, refused: readonly string[] = []): Bench {
  const bench = new Bench();
  const { sockets } = bench.scene.whole;
  sockets.printed = printed;
  for (const bind of refused) sockets.refused.add(bind);
  return bench;
}

describe('in the way', () => {
  for (const [name, printed, refused, said] of [
    [
      'of both networks, at both lines',
      line('tcp', '0.0.0.0:53'),
      [],
      /^spec\.yaml:3:\d+: error: unbound \(pid 612\) listens on 0\.0\.0\.0:53 \(TCP\): no DNS server can start on 10\.0\.0\.1 \(and 1 more\) {2}\[port-taken\][^]*also: spec\.yaml:4/m,
    ],
    [
      'of one',
      line('tcp', '10.0.1.1:53'),
      [],
      /^spec\.yaml:4:\d+: error: .* listens on 10\.0\.1\.1:53 \(TCP\): no DNS server can start on 10\.0\.1\.1 {2}\[/m,
    ],
    [
      'by UDP alone',
      line('udp', '0.0.0.0:53'),
      ['10.0.1.1:53'],
      /^spec\.yaml:4:\d+: error: .* 0\.0\.0\.0:53 \(UDP\): no DNS server can start on 10\.0\.1\.1 {2}\[/m,
    ],
    [
      'of DHCP',
      line('udp', '192.168.1.1%eth9:67'),
      ['0.0.0.0:67'],
      /listens on 192\.168\.1\.1%eth9:67 \(UDP\), and does not share it: no DHCP server can start for br100 \(and 1 more\)/,
    ],
  ] as const) {
    test(`${name}: an error of plan, status and apply, and nothing is done`, async () => {
      const bench = benchWith(printed, refused);
      const matched = expect.stringMatching(said) as string;
      for (const ended of [await bench.plan(SPEC), await bench.status(SPEC), await bench.apply(SPEC)])
        expect(ended).toMatchObject({ code: 1, err: matched });
      expect(bench.scene.whole.host.effects).toBe(0);
    });
  }
});

test('shared, elsewhere, or where no server is to start: nothing', async () => {
  const shared =
    line('udp', '0.0.0.0:67') +
    line('udp', '0.0.0.0:53') +
    line('tcp', '192.168.1.1:53') +
    line('tcp', '127.0.0.53%lo:53');
  expect(await benchWith(shared).apply(SPEC)).toMatchObject({ code: 0, err: '' });
  expect(await benchWith(line('tcp', '0.0.0.0:53')).apply(SPEC.replace(/instances:[^]*/, ''))).toMatchObject({
    code: 0,
    err: '',
  });
});

test('servers that run are let be, also where one more is to start', async () => {
  const bench = new Bench();
  expect(await bench.apply(SPEC)).toMatchObject({ code: 0 });
  bench.scene.whole.sockets.printed = line('tcp', '0.0.0.0:53');
  expect(await bench.plan(SPEC)).toMatchObject({ code: 0, err: '' });
  const { err } = await bench.plan(
    SPEC.replace(
      'instances:',
      '  blue: { mode: flat-dhcp, bridge: br102, cidr: 10.0.2.0/24 }\ninstances:\n  vm-3: { nics: [{ network: blue }] }',
    ),
  );
  expect(err).toMatch(/^spec\.yaml:5:.*can start on 10\.0\.2\.1 {2}\[port-taken\]/m);
});

describe('a dnsmasq that takes each new address', () => {
  const files: Readonly<Record<string, string>> = {
    '/etc/dnsmasq.conf': 'conf-dir=/etc/d,*.conf\n',
    '/etc/d/a.conf': 'bind-dynamic\n',
    '/etc/d/b': 'interface=eth9\n',
    '/etc/loop': 'conf-file=/etc/loop\nbind-dynamic\n',
  };
  for (const [name, argv, is] of [
    ['by its arguments', ['dnsmasq', '--conf-file=', '--bind-dynamic'], true],
    ['by the file that it reads by itself', ['/usr/sbin/dnsmasq', '-k'], true],
    ['by a file that names itself', ['dnsmasq', '-C', '/etc/loop'], true],
    ['of this bridge', ['dnsmasq', '-C/etc/loop', '-i', 'eth1', '--interface', 'br*'], true],
    ['of this address', ['dnsmasq', '-C/etc/loop', '--listen-address=127.0.0.1,10.0.0.1'], true],
    ['no more than those that were there', ['dnsmasq', '--conf-file=', '--bind-interfaces'], false],
    ['of another interface', ['dnsmasq', '-C/etc/loop', '-i', 'eth1'], false],
    ['of another address', ['dnsmasq', '-C/etc/loop', '-a', '192.168.1.1'], false],
    ['but for this bridge', ['dnsmasq', '-C/etc/loop', '-I', 'br100'], false],
    ['and is another program', ['not-dnsmasq', '--conf-file=', '--bind-dynamic'], false],
  ] as const) {
    test(name, async () => {
      const host = {
        read: async (command: readonly string[]) => {
          const text = files[command.at(-1) ?? ''];
          if (text === undefined)
            throw new DriverError(command.join(' '), { exitCode: 1, stderr: 'No such file or directory' });
          return Promise.resolve(`${text.length} regular file\n`);
        },
        files: async (path: string) =>
          Promise.resolve(
            new Map(Object.entries(files).filter(([file]) => file === path || file.startsWith(`${path}/`))),
          ),
        processes: async () =>
          Promise.resolve([
            { pid: 9, argv },
            { pid: 10, argv: ['dnsmasq', '--bind-dynamic'] },
          ]),
      };
      const found = await followersAmong(
        host,
        [{ protocol: 'tcp', address: '192.168.1.1', port: 53, users: [{ name: 'dnsmasq', pid: 9 }] }],
        [{ ref: 'process dnsmasq-lab', bridge: 'br100', address: '10.0.0.1', dns: true, dhcp: true }],
      );
      expect([...(found.get('process dnsmasq-lab') ?? [])]).toEqual(is ? [9] : []);
    });
  }
});
