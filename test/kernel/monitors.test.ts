// test/kernel/monitors.test.ts — a real host that others change: each change gives its hint, and our own changes none.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Hint } from '../../src/core/hint.ts';
import { WatchedHost, soon } from './watched.ts';

const the = new WatchedHost();

describe('a change gives a hint', () => {
  const rules = (name: string): Partial<Hint> => ({
    subsystem: 'rules',
    name,
    by: expect.stringMatching(/^iptables, process \d+$/) as string,
  });
  for (const [what, change, back, hint] of [
    ['a link that comes', 'ip link add br5 type bridge', 'ip link delete br5', { subsystem: 'links', name: 'br5' }],
    [
      'a link that is given another name, by its old one',
      'ip link set v0 name v1',
      'ip link set v1 name v0',
      { subsystem: 'links', name: 'v0' },
    ],
    ['a link that is taken down', 'ip link set br0 down', 'ip link set br0 up', { subsystem: 'links', name: 'br0' }],
    ['an MTU', 'ip link set v0 mtu 1400', 'ip link set v0 mtu 1500', { subsystem: 'links', name: 'v0' }],
    ['a port of a bridge', 'ip link set v0 master br0', 'ip link set v0 nomaster', { subsystem: 'links', name: 'v0' }],
    [
      'a link in a guest',
      'ip -n GUEST link set eth0 mtu 1400',
      'ip -n GUEST link set eth0 mtu 1500',
      { subsystem: 'links', name: 'v0' },
    ],
    [
      'an address',
      'ip address add 10.0.0.9/32 dev br0',
      'ip address delete 10.0.0.9/32 dev br0',
      { subsystem: 'links', name: 'br0' },
    ],
    [
      'an IPv6 address',
      'ip address add 2001:db8::1/64 dev br0',
      'ip address flush dev br0 scope global to 2001:db8::/32',
      { subsystem: 'links', name: 'br0' },
    ],
    ['a route', 'ip route add 10.9.0.0/24 via 10.0.0.5', 'ip route delete 10.9.0.0/24', { subsystem: 'routes' }],
    ['forwarding', 'sysctl -qw net.ipv4.ip_forward=1', 'sysctl -qw net.ipv4.ip_forward=0', { subsystem: 'settings' }],
    [
      'a rule that is added',
      'iptables -t nat -A netctl-snat -j ACCEPT',
      'iptables -t nat -D netctl-snat -j ACCEPT',
      rules('nat/netctl-snat'),
    ],
    [
      'a chain that is flushed',
      'iptables -t nat -F netctl-snat',
      'iptables -t nat -A netctl-snat -j RETURN',
      rules('nat/netctl-snat'),
    ],
    [
      'a chain that is removed',
      'iptables -X netctl-forward',
      'iptables -N netctl-forward',
      rules('filter/netctl-forward'),
    ],
    ['a policy', 'iptables -P FORWARD DROP', 'iptables -P FORWARD ACCEPT', rules('filter/FORWARD')],
    [
      'a table that is flushed',
      'iptables -t nat -F',
      'iptables -t nat -A netctl-snat -j RETURN',
      rules('nat/netctl-snat'),
    ],
    [
      'a table that is deleted',
      'nft delete table ip filter',
      'iptables -N netctl-forward',
      { subsystem: 'rules', by: expect.stringMatching(/^nft, process \d+$/) as string },
    ],
    [
      'a rule for frames',
      'ebtables -t nat -F PREROUTING',
      'ebtables -t nat -A PREROUTING -j ACCEPT',
      { subsystem: 'bridge-rules', name: 'PREROUTING', by: expect.stringMatching(/^ebtables, process \d+$/) as string },
    ],
  ] as const)
    test(what, async () => {
      const here = (script: string): string => script.replaceAll('GUEST', the.guest);
      await the.begin();
      try {
        await the.run(here(change));
        await vi.waitFor(() => expect(the.hints).toContainEqual(hint), soon);
        expect(the.about('everything')).toEqual([]);
      } finally {
        the.must(here(back));
      }
    });

  test('a link that goes, with its far end in a guest: by its name, or together with what the guest lost', async () => {
    await the.begin();
    try {
      await the.run('ip link delete v0');
      await the.sees('links', 'v0');
      expect(the.about('everything')).toEqual([]);
    } finally {
      the.must(`ip link add v0 type veth peer name eth0 netns ${the.guest}; ip link set v0 up`);
    }
  });

  test('a namespace that comes, once more when it can be entered, and goes', async () => {
    await the.begin();
    const name = `nct-${process.pid}-mon-new`;
    // In two steps, as `ip netns add` does it.
    writeFileSync(`/run/netns/${name}`, '');
    try {
      await the.sees('namespaces', name);
      the.hints = [];
      spawnSync('mount', ['--bind', `/run/netns/${the.guest}`, `/run/netns/${name}`]);
      await the.sees('namespaces', name);
    } finally {
      the.hints = [];
      spawnSync('ip', ['netns', 'delete', name]);
    }
    await the.sees('namespaces', name);
  });

  test('a file, below directories that come and go', async () => {
    await the.begin();
    for (let round = 0; round < 2; round++) {
      mkdirSync(join(the.root, 'state/networks/lab'), { recursive: true });
      await the.sees('files');
      the.hints = [];
      writeFileSync(join(the.root, 'state/networks/lab/hosts'), 'x');
      await the.sees('files', join(the.root, 'state/networks/lab/hosts'));
      the.hints = [];
      rmSync(join(the.root, 'state'), { recursive: true });
      await the.sees('files');
      the.hints = [];
    }
  });
});

describe('a daemon', () => {
  const pidFile = join(the.root, 'run/dnsmasq-lab.pid');
  const argv = [
    'dnsmasq',
    '--conf-file=',
    `--pid-file=${pidFile}`,
    '--user=root',
    '--port=0',
    '--no-resolv',
    '--no-hosts',
    '--bind-interfaces',
    '--interface=br0',
    '--dhcp-range=10.0.0.0,static',
    `--dhcp-leasefile=${join(the.root, 'leases')}`,
  ];
  const started = (): number => {
    mkdirSync(join(the.root, 'run'), { recursive: true });
    the.must(argv.join(' '));
    return Number(readFileSync(pidFile, 'utf8'));
  };
  const hint: Hint = { subsystem: 'processes', name: pidFile };

  test('that is stopped, goes on and is killed', async () => {
    const pid = started();
    try {
      (await the.begin()).followProcesses();
      for (const signal of ['SIGSTOP', 'SIGCONT', 'SIGKILL'] as const) {
        the.hints = [];
        process.kill(pid, signal);
        await vi.waitFor(() => expect(the.hints).toContainEqual(hint), soon);
      }
    } finally {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has gone, as it should.
      }
    }
  });
  test('that is started later is followed from when it is looked for', async () => {
    const watch = await the.begin();
    watch.followProcesses();
    const pid = started();
    watch.followProcesses();
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(the.hints).toContainEqual(hint), soon);
  });
});

test('what our own tools change is no news; what others change is, with who they are', async () => {
  await the.begin();
  const change = async (chain: string, isOwn: boolean): Promise<void> => {
    const child = the.start(`iptables -t nat -N ${chain}`);
    if (isOwn) the.own.started(child.pid ?? 0, ['iptables']);
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  };
  try {
    await change('own', true);
    await change('foreign', false);
    await the.sees('rules', 'nat/foreign');
    expect(the.about('rules')).toEqual([
      { subsystem: 'rules', name: 'nat/foreign', by: expect.stringMatching(/^iptables, process \d+$/) as unknown },
    ]);
  } finally {
    the.must('iptables -t nat -X own; iptables -t nat -X foreign');
  }
});
