// test/uplinks/read.test.ts — reading a snapshot: of no interface nothing is read, and what could not be read is put
// down.
import { describe, expect, test } from 'vitest';
import { DriverError } from '../../src/core/resource.ts';
import type { HostReader, Running } from '../../src/core/resource.ts';
import { managersOf } from '../../src/uplinks/managers.ts';
import { readSnapshots } from '../../src/uplinks/read.ts';
import { PRINTED } from './printed.ts';

interface Told {
  readonly refuses?: RegExp;
  /** What it says then. */
  readonly saying?: string;
  readonly processes?: readonly Running[];
  readonly files?: Readonly<Record<string, string>>;
}

function hostOf({ refuses = /^$/, saying = 'no such thing', processes = [], files = {} }: Told = {}): HostReader & {
  readonly asked: readonly string[];
} {
  const asked: string[] = [];
  return {
    asked,
    read: (argv) => {
      const command = argv.join(' ');
      asked.push(command);
      if (refuses.test(command))
        return Promise.reject(new DriverError(command, { exitCode: 1, stderr: `${saying}\n` }));
      return Promise.resolve(
        command === 'ip -j -d addr show'
          ? PRINTED.links
          : command === 'ip -d -N -j route show table all'
            ? PRINTED.routes
            : '',
      );
    },
    files: (path) => Promise.resolve(new Map(Object.entries(files).filter(([name]) => name === path))),
    processes: (having) => Promise.resolve(processes.filter(({ argv }) => argv.some((word) => word.includes(having)))),
  };
}

test('of no interface nothing is read', async () => {
  const host = hostOf();
  expect([(await readSnapshots(host, [])).size, host.asked]).toEqual([0, []]);
});

test('of one that is not there, there is no snapshot', async () => {
  expect([...(await readSnapshots(hostOf(), ['eth1', 'eth9'])).keys()]).toEqual(['eth1']);
});

for (const [name, told, unread] of [
  ['a host without tc', { refuses: /^tc/ }, ['tc -d -j qdisc show dev eth1: no such thing']],
  [
    'rules that are refused',
    { refuses: /rule/ },
    ['ip -d -N -j rule show: no such thing', 'ip -6 -d -N -j rule show: no such thing'],
  ],
  [
    'not a kernel without next-hop objects, which has none',
    { refuses: /nexthop/, saying: 'RTNETLINK answers: Operation not supported\nDump terminated' },
    [],
  ],
  [
    'not one without IPv6',
    { refuses: /^ip -6/, saying: 'RTNETLINK answers: Address family not supported by protocol' },
    [],
  ],
] as const) {
  test(`put down: ${name}`, async () =>
    expect((await readSnapshots(hostOf(told), ['eth1'])).get('eth1')?.unread).toEqual(unread));
}

test('without the words of routes, they are said by their records', async () => {
  const found = await readSnapshots(hostOf({ refuses: /^ip -d -N route/ }), ['eth1']);
  expect(found.get('eth1')?.routes.map(({ words }) => words)).toContain(
    '198.51.104.0/24 via 203.0.113.4 dev eth1 table 254 proto 3 src 203.0.113.11',
  );
});

describe('who looks after it', () => {
  const run = (...argv: readonly string[]): Running => ({ pid: 7, argv });
  for (const [name, told, managers] of [
    [
      'dhclient',
      { processes: [run('/sbin/dhclient', '-4', '-v', '-i', '-pf', '/run/dhclient.eth1.pid', 'eth1')] },
      ['dhclient'],
    ],
    ['dhcpcd, by the title that it gives itself', { processes: [run('dhcpcd: eth1 [ip4] [ip6]')] }, ['dhcpcd']],
    ['udhcpc of busybox', { processes: [run('busybox', 'udhcpc', '-ieth1')] }, ['udhcpc']],
    [
      'NetworkManager',
      {
        processes: [run('/usr/sbin/NetworkManager', '--no-daemon')],
        files: { '/run/NetworkManager/devices/3': '[device]\nmanaged=true\n' },
      },
      ['NetworkManager'],
    ],
    [
      'not NetworkManager where it leaves it alone',
      {
        processes: [run('/usr/sbin/NetworkManager')],
        files: { '/run/NetworkManager/devices/3': '[device]\nmanaged=false\n' },
      },
      [],
    ],
    [
      'systemd-networkd',
      {
        processes: [run('/lib/systemd/systemd-networkd')],
        files: { '/run/systemd/netif/links/3': '# private\nADMIN_STATE=configured\n' },
      },
      ['systemd-networkd'],
    ],
    [
      'not systemd-networkd where it does not',
      {
        processes: [run('/lib/systemd/systemd-networkd')],
        files: { '/run/systemd/netif/links/3': 'ADMIN_STATE=unmanaged\n' },
      },
      [],
    ],
    ['not one in another namespace', { processes: [{ ...run('dhclient', 'eth1'), astray: true as const }] }, []],
    ['not one of another interface', { processes: [run('dhclient', 'eth10')] }, []],
    ['not whoever only names it', { processes: [run('tcpdump', '-i', 'eth1')] }, []],
  ] as const)
    test(name, async () => expect(await managersOf(hostOf(told), 'eth1', 3)).toEqual(managers));
});
