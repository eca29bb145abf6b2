// test/pipeline/preflight/scanning.test.ts — name servers with a socket for each address of the host: which of them
// take new ones as they come.
import { describe, expect, test } from 'vitest';
import { DriverError } from '../../../src/core/resource.ts';
import type { Diagnostic, HostReader } from '../../../src/core/resource.ts';
import type { Process } from '../../../src/kinds/process/model.ts';
import { socketsOf } from '../../../src/pipeline/preflight/listening.ts';
import { scannersAmong } from '../../../src/pipeline/preflight/scanning.ts';
import { takenPorts } from '../../../src/pipeline/preflight/taken-ports.ts';

const LINKS = [
  ['lo', '127.0.0.1', {}],
  ['eth1', '203.0.113.11', {}],
  ['br101', '10.0.1.1', { metric: 117 }],
] as const;

function hostWith(files: Readonly<Record<string, string>>, argv: readonly string[] = ['/usr/sbin/named']): HostReader {
  return {
    read: async (command) => {
      if (command[0] === 'ip')
        return Promise.resolve(
          JSON.stringify(
            LINKS.map(([ifname, local, more], i) => ({
              ifindex: i + 1,
              ifname,
              flags: ['UP'],
              mtu: 1500,
              group: 'default',
              addr_info: [{ family: 'inet', local, prefixlen: 24, scope: 'global', ...more }],
            })),
          ),
        );
      const text = files[command.at(-1) ?? ''];
      if (text === undefined)
        throw new DriverError(command.join(' '), { exitCode: 1, stderr: 'No such file or directory' });
      return Promise.resolve(`${text.length} regular file\n`);
    },
    files: async (path) => Promise.resolve(new Map(Object.entries(files).filter(([file]) => file === path))),
    processes: async () => Promise.resolve([{ pid: 9, argv }]),
  };
}

const line = (name: string, address: string, pid = 9, protocol = 'tcp'): string =>
  `${protocol} LISTEN 0 5 ${address}:53 0.0.0.0:* users:(("${name}",pid=${pid},fd=3))\n`;
const everywhere = (name: string): string => line(name, '127.0.0.1') + line(name, '203.0.113.11');

async function judged(host: HostReader, printed: string): Promise<'sure' | 'likely' | 'no'> {
  const { scanners } = await scannersAmong(host, socketsOf(printed, new Set()), [
    { ref: 'process dnsmasq-lab', bridge: 'br100', address: '10.0.0.1', dns: true, dhcp: true },
  ]);
  const { sure, likely } = scanners.get('process dnsmasq-lab') ?? {};
  return sure?.has(9) === true ? 'sure' : likely?.has(9) === true ? 'likely' : 'no';
}

describe('by its sockets', () => {
  for (const [name, printed, is] of [
    ['named of all addresses, whose configuration cannot be read', everywhere('named'), 'sure'],
    ['named of one', line('named', '127.0.0.1'), 'no'],
    ['a program of all addresses', everywhere('resolver'), 'likely'],
    ['by UDP', everywhere('resolver').replaceAll('tcp', 'udp'), 'likely'],
    ['but for one that another has', everywhere('resolver') + line('unbound', '203.0.113.11', 10), 'likely'],
    ['of one, where the other is another’s', line('resolver', '127.0.0.1') + line('nsd', '203.0.113.11', 10), 'no'],
    ['of one', line('resolver', '203.0.113.11'), 'no'],
    ['of a device’s', line('resolver', '127.0.0.1%lo') + line('resolver', '203.0.113.11%eth1'), 'no'],
    ['that is known to bind what it is told', everywhere('unbound'), 'no'],
    ['with an address that netctl’s server has', everywhere('resolver') + line('resolver', '10.0.1.1'), 'likely'],
  ] as const) {
    test(name, async () => expect(await judged(hostWith({}), printed)).toBe(is));
  }
});

describe('by the configuration of named', () => {
  for (const [name, text, is] of [
    ['Debian’s own', 'options { listen-on-v6 { any; }; };', 'sure'],
    ['any', 'listen-on { any; };', 'sure'],
    ['any at the port', 'listen-on port 53 { "any"; };', 'sure'],
    ['any at another port', 'listen-on port 5353 { any; };\nlisten-on { 127.0.0.1; };', 'no'],
    ['all addresses that are there by name', 'listen-on { 127.0.0.1; 203.0.113.11; };', 'no'],
    ['all but this', 'listen-on { !10.0.0.1; any; };', 'no'],
    ['all but another', 'listen-on { !10.0.1.0/24; localhost; };', 'sure'],
    ['a network', 'listen-on { 10.0.0.0/8; };', 'sure'],
    ['none', 'listen-on { none; };', 'no'],
    ['what only named knows', 'listen-on { inside; };', 'likely'],
    ['a list in a list', 'listen-on { { 127.0.0.1; }; };', 'likely'],
    ['no new ones', 'automatic-interface-scan no;', 'no'],
    ['a list in a comment', '// listen-on { 127.0.0.1; };\n/* automatic-interface-scan no; */ # listen-on', 'sure'],
    ['a file of it', 'include "/etc/bind/options";\ninclude "/etc/bind/named.conf";', 'no'],
    ['a file that cannot be read', 'include "/etc/bind/key";', 'likely'],
  ] as const) {
    test(name, async () => {
      const files = { '/etc/bind/named.conf': text, '/etc/bind/options': 'listen-on { 127.0.0.1; };' };
      expect(await judged(hostWith(files), everywhere('named'))).toBe(is);
    });
  }
  test('where its arguments say', async () => {
    const files = { '/jail/own.conf': 'listen-on { 127.0.0.1; };', '/etc/bind/named.conf': '' };
    const argv = ['/usr/sbin/named', '-t', '/jail', '-c/own.conf'];
    expect(await judged(hostWith(files, argv), everywhere('named'))).toBe('no');
  });
});

describe('said before anything is done', () => {
  const config = '/etc/bind/named.conf';
  const server: Process = {
    kind: 'process',
    name: 'dnsmasq-lab',
    argv: ['dnsmasq', '--pid-file=/run/netctl/dnsmasq-lab.pid', '--interface=br100', '--listen-address=10.0.0.1'],
    config: '',
    on: [],
  };
  const told = async (printed: string): Promise<readonly Diagnostic[]> => {
    const host = hostWith({ [config]: '' });
    return await takenPorts(
      {
        ...host,
        read: async (command) => (command[0] === 'ss' ? Promise.resolve(printed) : await host.read(command)),
        processes: async (text) => (text === 'named' ? await host.processes(text) : Promise.resolve([])),
      },
      new Map([['process dnsmasq-lab', server]]),
      new Map(),
      new Map([['process dnsmasq-lab', [['networks', 'lab']]]]),
    );
  };
  const at = { code: 'port-taken', against: ['process dnsmasq-lab'], at: [['networks', 'lab']] };

  test('named: an error, with what to write', async () => {
    expect(await told(everywhere('named'))).toEqual([
      {
        ...at,
        severity: 'error',
        message:
          'named (pid 9) takes port 53 of each address that this host gets (automatic-interface-scan): no DNS server can start on 10.0.0.1',
        hint: 'have it listen on addresses of its own alone (`listen-on { 127.0.0.1; 203.0.113.11; };` in the options of named.conf), or on all but this (`listen-on { !10.0.0.1; any; };`), then `rndc reconfig`; `listen-on-v6` is in nobody’s way',
      },
    ]);
  });

  test('another program: a warning that asks', async () => {
    expect(await told(everywhere('resolver'))).toMatchObject([
      {
        ...at,
        severity: 'warning',
        asks: true,
        message:
          'resolver (pid 9) has port 53 of each address of this host, by a socket for each (127.0.0.1:53 (TCP), 203.0.113.11:53 (TCP)): if it takes new addresses as they come, no DNS server can start on 10.0.0.1',
      },
    ]);
  });
});
