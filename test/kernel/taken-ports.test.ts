// test/kernel/taken-ports.test.ts — programs of others at ports 53 and 67: an error of a plan where the server would
// not start, and of nothing where it does.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';
import { RunningWatch } from './watch/running.ts';

let lab: Lab;
let ended: (() => void)[];
beforeEach(() => {
  lab = new Lab();
  ended = [];
  lab.ip(lab.host, 'link add name other type bridge');
  lab.ip(lab.host, 'address add 192.168.1.1/24 dev other');
  lab.ip(lab.host, 'link set dev other up');
  // It is a router already: that it becomes one would be said.
  must(lab.in(lab.host, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']));
});
afterEach(() => {
  for (const end of ended) end();
  lab.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, snat: false }
instances:
  vm: { nics: [{ network: lab }] }
`;
const plan = (spec = SPEC): readonly [number | null, string] => {
  const { code, err } = lab.netctl(['plan'], { spec });
  return [code, err];
};

async function inBackground(argv: readonly string[], isThere: () => boolean): Promise<void> {
  const child = spawn('ip', ['netns', 'exec', lab.host, ...argv], { stdio: 'ignore' });
  ended.push(() => {
    child.kill('SIGKILL');
  });
  for (let tries = 0; tries < 200 && !isThere(); tries++)
    await new Promise((done) => {
      setTimeout(done, 50);
    });
  expect(isThere()).toBe(true);
}

/** A socket as Perl has it: `S` of a family and a type, bound to an address, a port and perhaps a device. */
async function socket(words: string): Promise<void> {
  const [family, type, address, port, ...rest] = words.split(' ');
  const program = `use Socket qw(:DEFAULT SO_REUSEPORT IPV6_V6ONLY IPPROTO_IPV6); my ($family, $type, $address, $port, @rest) = @ARGV; my %has = map { $_ => 1 } @rest;
socket S, $family == 6 ? AF_INET6 : AF_INET, $type eq "tcp" ? SOCK_STREAM : SOCK_DGRAM, 0 or die; setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1 if $has{reuse}; setsockopt S, SOL_SOCKET, SO_REUSEPORT, 1 if $has{reuseport};
setsockopt S, IPPROTO_IPV6, IPV6_V6ONLY, pack("l", $has{v6only} ? 1 : 0) if $family == 6; setsockopt S, SOL_SOCKET, 25, "other" if $has{other}; setsockopt S, SOL_SOCKET, 25, "lo" if $has{lo};
bind S, $family == 6 ? Socket::pack_sockaddr_in6($port, Socket::inet_pton(AF_INET6, $address)) : pack_sockaddr_in($port, inet_aton($address)) or die; if ($type eq "tcp") { listen S, 5 or die } open F, ">", "${lab.path('listens')}"; close F; sleep 600`;
  await inBackground(['perl', '-e', program, family ?? '', type ?? '', address ?? '', port ?? '', ...rest], () =>
    existsSync(lab.path('listens')),
  );
}

/** Where netctl's server would be, one as netctl's is started by hand: the kernel's own word. */
function starts(): boolean {
  lab.ip(lab.host, 'link add name br-lab type bridge');
  lab.ip(lab.host, 'address add 192.168.50.1/24 dev br-lab');
  const { code, err } = lab.in(lab.host, [
    'dnsmasq',
    '--conf-file=',
    `--pid-file=${lab.path('pid')}`,
    '--user=root',
    '--bind-interfaces',
    '--interface=br-lab',
    '--except-interface=br-lab',
    '--listen-address=192.168.50.1',
    '--except-interface=lo',
    '--dhcp-range=set:lab,192.168.50.0,static,255.255.255.0',
    `--dhcp-leasefile=${lab.path('leases')}`,
    '--no-hosts',
    '--no-resolv',
  ]);
  expect([0, 2]).toContain(code);
  if (code === 0) process.kill(Number(readFileSync(lab.path('pid'), 'utf8')));
  else expect(err).toContain('Address already in use');
  lab.ip(lab.host, 'link del dev br-lab');
  return code === 0;
}

describe('a socket in the way', () => {
  for (const words of [
    '4 tcp 0.0.0.0 53 reuse',
    '4 tcp 0.0.0.0 53 reuse reuseport',
    '4 tcp 0.0.0.0 53 reuse other',
    '6 tcp :: 53 reuse',
    '4 udp 0.0.0.0 53',
    '4 udp 0.0.0.0 53 other',
    '6 udp :: 53',
    '4 udp 0.0.0.0 53 reuseport',
    '4 udp 0.0.0.0 67',
    '4 udp 0.0.0.0 67 other',
    '4 udp 192.168.1.1 67',
    '4 udp 127.0.0.1 67',
    '6 udp :: 67',
  ]) {
    test(words, async () => {
      await socket(words);
      const [, type = '', , port = ''] = words.split(' ');
      const said = expect.stringMatching(
        new RegExp(
          `^\\S*spec\\.yaml:3:\\d+: error: perl \\(pid \\d+\\) listens on \\S+:${port} \\(${type.toUpperCase()}\\).*\\[port-taken\\][^]*hint: have it`,
          'm',
        ),
      ) as string;
      expect(plan()).toEqual([1, said]);
      const before = lab.snapshot();
      expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 1, err: said });
      expect(lab.snapshot()).toBe(before);
      expect(starts()).toBe(false);
    });
  }
});

describe('a socket in nobody’s way', () => {
  for (const words of [
    '4 tcp 192.168.1.1 53 reuse',
    '4 tcp 127.0.0.53 53 reuse lo',
    '6 tcp :: 53 reuse v6only',
    '4 udp 0.0.0.0 53 reuse',
    '4 udp 192.168.1.1 53',
    '4 udp 127.0.0.53 53 lo',
    '6 udp :: 53 v6only',
    '4 udp 0.0.0.0 67 reuse',
    '4 udp 0.0.0.0 67 reuse other',
    '4 udp 0.0.0.0 67 reuseport',
    '6 udp :: 67 v6only',
  ]) {
    test(words, async () => {
      await socket(words);
      expect(starts()).toBe(true);
      expect(plan()).toEqual([0, '']);
      must(lab.netctl(['apply', '--yes']));
    });
  }
});

describe('a dnsmasq of somebody’s', () => {
  const leases = (): string => `--dhcp-leasefile=${lab.path('theirs')}`;
  for (const [name, options, said] of [
    [
      'of all addresses',
      () => [],
      /dnsmasq \(pid \d+\) listens on 0\.0\.0\.0:53 \(TCP\): no DNS server can start on 192\.168\.50\.1/,
    ],
    [
      'for DHCP alone',
      () => ['--port=0', '--interface=other', '--dhcp-range=192.168.1.10,192.168.1.20', leases()],
      /dnsmasq \(pid \d+\) listens on 0\.0\.0\.0(%other)?:67 \(UDP\), and does not share it: no DHCP server can start for br-lab/,
    ],
    [
      'that takes each new address',
      () => ['--bind-dynamic'],
      /dnsmasq \(pid \d+\) takes port 53 of each address that this host gets \(bind-dynamic\)/,
    ],
    [
      'that takes those of this bridge',
      () => ['--bind-dynamic', '-i', 'other', '--interface=br-*'],
      /takes port 53 of each address/,
    ],
    [
      'that its file has take each new address',
      () => ['-7', `${lab.path('conf.d')},.old`],
      /takes port 53 of each address/,
    ],
  ] as const) {
    test(`${name}: an error`, async () => {
      lab.in(lab.host, ['mkdir', lab.path('conf.d')]);
      lab.write('conf.d/a', 'bind-dynamic # so\n');
      lab.write('conf.d/b.old', 'interface=other\n');
      await theirs(options());
      expect(plan()).toEqual([1, expect.stringMatching(said)]);
      const pids = lab.processes().length;
      expect(lab.netctl(['apply', '--yes'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('nothing was changed') as string,
      });
      expect(lab.processes()).toHaveLength(pids);
    });
  }
  for (const [name, options] of [
    ['of an address', () => ['--bind-interfaces', '--listen-address=192.168.1.1']],
    ['of those that are there', () => ['--bind-interfaces']],
    [
      'of an interface, also of later addresses',
      () => ['--bind-dynamic', '--interface=other', '--dhcp-range=192.168.1.10,192.168.1.20', leases()],
    ],
    ['but for this bridge', () => ['--bind-dynamic', '--except-interface=br-lab']],
  ] as const) {
    test(`${name}: none`, async () => {
      await theirs(options());
      expect(plan()).toEqual([0, '']);
      must(lab.netctl(['apply', '--yes']));
    });
  }
  async function theirs(options: readonly string[]): Promise<void> {
    const own = options.includes('-7') ? [] : ['--conf-file='];
    await inBackground(
      [
        'dnsmasq',
        '-k',
        ...own,
        `--pid-file=${lab.path('theirs.pid')}`,
        '--user=root',
        '--no-hosts',
        '--no-resolv',
        ...options,
      ],
      () => existsSync(lab.path('theirs.pid')),
    );
  }
});

test('servers of netctl’s, and of another netctl, are in nobody’s way', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  const elsewhere = ['--state-dir', lab.path('state2'), '--run-dir', lab.path('run2')];
  const two = SPEC.replace(
    'instances:',
    '  red: { mode: flat-dhcp, bridge: br-red, interface: null, cidr: 192.168.51.0/24, snat: false }\ninstances:',
  ).replace('vm:', 'vm-2: { nics: [{ network: red }] }\n  vm:');
  expect(plan(two)).toEqual([0, '']);
  const moved = SPEC.replace('cidr:', 'dhcp: { leaseTime: 2h }, cidr:');
  expect(plan(moved)).toEqual([0, '']);
  must(lab.netctl(['apply', '--yes']));
  const others = `apiVersion: netctl/v1
networks:
  blue: { mode: flat-dhcp, bridge: br-blue, interface: null, cidr: 192.168.52.0/24 }
instances:
  vm-blue: { nics: [{ network: blue }] }
`;
  const other = lab.in(lab.host, [...lab.command(), 'plan', ...elsewhere, '-f', lab.write('blue.yaml', others)]);
  expect(other.err).not.toContain('port-taken');
});

test('a network that has its DNS elsewhere, or none, needs no port 53', async () => {
  await socket('4 tcp 0.0.0.0 53 reuse');
  const spec = SPEC.replace('cidr:', `dhcp: { config: ${lab.write('own.conf', 'port=0\n')} }, cidr:`);
  expect(plan(spec)).toEqual([0, expect.stringContaining('[config-listens]')]);
  must(lab.netctl(['apply', '--yes']));
});

test('a watch heals all but the server, says so, and starts it when the port is free', async () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  const servers = (): readonly number[] =>
    lab
      .processes()
      .filter(({ command }) => command.includes('dnsmasq-lab'))
      .map(({ pid }) => pid);
  const watch = new RunningWatch(lab, ['--resync-interval', '2s']);
  try {
    await watch.says('ready');
    watch.signal('SIGSTOP');
    try {
      for (const pid of servers()) process.kill(pid, 'SIGKILL');
      // Its sockets are closed a moment after.
      for (let tries = 0; tries < 200 && lab.in(lab.host, ['ss', '-Hlnt', 'sport = :53']).out !== ''; tries++)
        await new Promise((done) => {
          setTimeout(done, 50);
        });
      await socket('4 tcp 0.0.0.0 53 reuse');
    } finally {
      watch.signal('SIGCONT');
    }
    lab.ip(lab.host, 'address del 192.168.50.1/24 dev br-lab');
    await watch.until(
      () => lab.ip(lab.host, 'address show dev br-lab').includes('192.168.50.1/24'),
      'the address is there again',
    );
    await watch.until(
      () => watch.said.some((said) => JSON.stringify(said).includes('listens on 0.0.0.0:53')),
      'it is said',
    );
    expect(servers()).toEqual([]);
    for (const end of ended) end();
    await watch.until(() => servers().length === 1, 'the server runs');
  } finally {
    await watch.end();
  }
});

test('a program that takes the port in the middle of an apply is named by the step that fails', async () => {
  // Loaded before there is anything to follow; it has no socket until the address is there.
  const program = `use Socket; my $n = pack_sockaddr_in(53, inet_aton("192.168.50.1")); socket S, PF_INET, SOCK_STREAM, 0; setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1; open F, ">", "${lab.path('waits')}"; close F; select undef, undef, undef, 0.002 until bind S, $n; listen S, 5; sleep 600`;
  await inBackground(['perl', '-e', program], () => existsSync(lab.path('waits')));
  expect(plan()).toEqual([0, '']);
  expect(lab.netctl(['apply', '--yes'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /listening socket for 192\.168\.50\.1: Address already in use\s+192\.168\.50\.1:53 is held by perl \(pid \d+\)/,
    ) as string,
  });
});
