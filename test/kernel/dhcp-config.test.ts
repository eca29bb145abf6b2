// test/kernel/dhcp-config.test.ts — an operator's own dnsmasq configuration: what is wrong with it costs no guest its
// server.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';
import { RunningWatch } from './watch/running.ts';

let lab: Lab;
let guest: string;
beforeEach(() => {
  lab = new Lab();
  guest = lab.namespace('g1');
});
afterEach(() => {
  lab.close();
});

const specFor = (dhcp = '{}'): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, dhcp: ${dhcp} }
instances:
  vm: { nics: [{ network: lab, device: { type: veth, name: v-1, netns: ${guest} } }] }
`;
const servers = (): readonly number[] =>
  lab
    .processes()
    .filter(({ command }) => command.includes('dnsmasq'))
    .map(({ pid }) => pid);

test('one that is no file is an error of plan and apply, at its line, and nothing is done', () => {
  execFileSync('mkfifo', [lab.path('pipe')]);
  symlinkSync(lab.path('b'), lab.path('a'));
  symlinkSync(lab.path('a'), lab.path('b'));
  symlinkSync('/dev/zero', lab.path('zero'));
  truncateSync(lab.write('large', ''), 17 << 20);
  const before = lab.snapshot();
  for (const [config, is] of [
    [lab.path('missing'), 'is not there'],
    [lab.path(''), 'is a directory and no file'],
    [lab.path('pipe'), 'is a pipe and no file'],
    [lab.path('zero'), 'is a device and no file'],
    [lab.path('a'), 'is a loop of symbolic links'],
    [`${lab.path('large')}/x`, 'leads through something that is no directory'],
    [lab.path('large'), 'has 17 MiB'],
  ] as const) {
    const spec = specFor(`{ config: ${config} }`);
    expect(lab.netctl(['validate'], { spec })).toMatchObject({ code: 0 });
    for (const verb of [['plan'], ['status'], ['apply', '--yes']]) {
      const { code, err } = lab.netctl(verb, { spec });
      expect([code, err]).toEqual([1, expect.stringContaining(`dhcp.config ${config} ${is}`) as string]);
      expect(err).toMatch(/spec\.yaml:3:\d+: error: [^]*\[config-unfit\][^]*hint: /);
    }
  }
  expect(lab.snapshot()).toBe(before);
});

test('a watch goes on while it is gone, starts no server with it, and starts one when it is there again', async () => {
  const config = lab.write('own.conf', 'log-dhcp\n');
  lab.write('spec.yaml', specFor(`{ config: ${config} }`));
  const watch = new RunningWatch(lab, []);
  try {
    await watch.says('ready');
    expect(servers()).toHaveLength(1);
    rmSync(config);
    lab.ip(lab.host, 'address del 192.168.50.1/24 dev br-lab');
    await watch.until(
      () => lab.ip(lab.host, 'address show dev br-lab').includes('192.168.50.1/24'),
      'the address is there again',
    );
    for (const pid of servers()) process.kill(pid);
    await watch.until(
      () => watch.said.some((said) => JSON.stringify(said).includes(`dhcp.config ${config} is not there`)),
      'it is said',
    );
    lab.ip(lab.host, 'address del 192.168.50.1/24 dev br-lab');
    await watch.until(
      () => lab.ip(lab.host, 'address show dev br-lab').includes('192.168.50.1/24'),
      'the address is there once more',
    );
    expect(servers()).toEqual([]);
    lab.write('own.conf', 'log-dhcp\n');
    await watch.until(() => servers().length === 1, 'a server runs');
  } finally {
    await watch.end();
  }
});

test('one that dnsmasq cannot read, or that is none, is known while the server runs on', () => {
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  const running = servers();
  expect(running).toHaveLength(1);
  for (const config of [lab.write('bad.conf', 'no-such-word=1\n'), lab.path('missing.conf')]) {
    const applied = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
    expect(applied.code).toBe(1);
    expect(applied.err + applied.out).toContain(config);
    expect(servers()).toEqual(running);
  }
  expect(lab.lease(guest)['ip']).toBe('192.168.50.2');
});

test('one with which dnsmasq does not start: the server before runs again, and that is said', () => {
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  const before = servers();
  const applied = lab.netctl(['apply', '--yes'], {
    spec: specFor(`{ config: ${lab.write('unfit.conf', 'interface=nowhere0\n')} }`),
  });
  expect(applied.code).toBe(1);
  expect(applied.err + applied.out).toMatch(/unknown interface nowhere0[^]*the one before runs again/);
  expect(servers()).toHaveLength(1);
  expect(servers()).not.toEqual(before);
  expect(lab.lease(guest)['ip']).toBe('192.168.50.2');
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
});

test('what dnsmasq refuses, and lines with which netctl would not know the server, are errors of a plan, and nothing is done', () => {
  const before = lab.snapshot();
  for (const [line, said] of [
    ['no-such-word=1', 'bad option at line 1 of'],
    ['conf-file=/nowhere/at.all', 'cannot read /nowhere/at.all'],
    ['pid-file=/tmp/other.pid', 'line 1: pid-file=/tmp/other.pid'],
    [' keep-in-foreground # so', 'line 1: keep-in-foreground'],
    ['user = nobody', 'line 1: user=nobody'],
    ['bind-dynamic', 'line 1: bind-dynamic'],
    ['listen-address=0.0.0.0', 'line 1: listen-address=0.0.0.0'],
  ] as const) {
    const spec = specFor(`{ config: ${lab.write('odd.conf', `${line}\n`)} }`);
    for (const verb of [['plan'], ['apply', '--yes']]) {
      const { code, err } = lab.netctl(verb, { spec });
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/spec\.yaml:3:\d+: error: dhcp\.config [^]*\[config-unfit\][^]*hint: /) as string,
      ]);
      expect(err).toContain(said);
    }
  }
  expect(lab.snapshot()).toBe(before);
});

test('lines that open the server to others are warnings, and it runs', () => {
  for (const [line, word] of [
    ['interface=eth1', 'interface'],
    ['listen-address=203.0.113.11', 'listen-address'],
    ['port=5353', 'port'],
  ] as const) {
    const applied = lab.netctl(['apply', '--yes'], {
      spec: specFor(`{ config: ${lab.write(`${word}.conf`, `${line}\n`)} }`),
    });
    expect([applied.code, applied.err]).toEqual([
      0,
      expect.stringMatching(/spec\.yaml:3:\d+: warning: dhcp\.config [^]*\[config-listens\]/) as string,
    ]);
    expect(applied.err).toContain(`line 1: ${line}`);
  }
});

test('a line after which nobody gets a lease is a warning', () => {
  const spec = specFor(`{ config: ${lab.write('denies.conf', 'no-dhcp-interface=br-*\n')} }`);
  expect(lab.netctl(['apply', '--yes'], { spec })).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /warning: dhcp\.config [^]*line 1: no-dhcp-interface=br-\*: the server gives no addresses[^]*\[config-denies\]/,
    ) as string,
  });
});

test('one in a directory of netctl’s own is refused, also by a link', () => {
  mkdirSync(lab.state(''), { recursive: true });
  symlinkSync(lab.state(''), lab.path('aside'));
  for (const config of [lab.state('own.conf'), lab.path('aside/networks/own.conf')]) {
    const applied = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
    expect(applied).toMatchObject({
      code: 65,
      err: expect.stringMatching(/spec\.yaml:3:\d+: error: dhcp\.config .* \[config-inside\][^]*hint: /) as string,
    });
    expect(servers()).toEqual([]);
  }
});

test('one that has the server run as somebody else: it is ended, the one before runs again, and nothing is left of it', () => {
  // What a file includes is read by dnsmasq alone.
  const config = lab.write('own.conf', `conf-file=${lab.write('user.conf', 'user=nobody\n')}\n`);
  const first = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
  expect([first.code, first.err + first.out, servers()]).toEqual([
    1,
    expect.stringMatching(/it runs as user \d+, and not as root/) as string,
    [],
  ]);
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  const second = lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) });
  expect([second.code, second.err + second.out]).toEqual([
    1,
    expect.stringMatching(/it runs as user \d+, and not as root[^]*the one before runs again/) as string,
  ]);
  expect(servers()).toHaveLength(1);
  expect(lab.lease(guest)['ip']).toBe('192.168.50.2');
  must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(servers()).toEqual([]);
});

test('one that is edited: the server is restarted with it, once; one with a bad line is an error, and the server runs on', async () => {
  const config = lab.write('own.conf', 'address=/printer.lan/192.168.50.77\n');
  must(lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) }));
  const answer = (): string => lab.resolves(guest, 'printer.lan', '192.168.50.1');
  lab.lease(guest);
  expect(answer()).toBe('192.168.50.77');
  lab.write('own.conf', 'address=/printer.lan/192.168.50.78\n');
  expect(lab.netctl(['status'])).toMatchObject({
    code: 2,
    out: expect.stringContaining('its dhcp.config has changed') as string,
  });
  must(lab.netctl(['apply', '--yes']));
  expect(answer()).toBe('192.168.50.78');
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });

  const running = servers();
  lab.write('own.conf', 'address=/printer.lan/192.168.50.78\nno-such-word=1\n');
  for (const verb of [['plan'], ['apply', '--yes'], ['status']])
    expect(lab.netctl(verb)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/error: dhcp\.config [^]*bad option at line 2[^]*\[config-unfit\]/) as string,
    });
  expect(servers()).toEqual(running);
  lab.write('own.conf', 'address=/printer.lan/192.168.50.78\n');
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  expect(servers()).toEqual(running);

  const watch = new RunningWatch(lab, []);
  try {
    await watch.says('ready');
    lab.write('own.conf', 'address=/printer.lan/192.168.50.79\n');
    watch.signal('SIGHUP');
    await watch.until(() => answer() === '192.168.50.79', 'it serves what is written');
  } finally {
    await watch.end();
  }
});
