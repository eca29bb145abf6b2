// test/kernel/ports.test.ts — the host's ends of NICs: kept while a hypervisor holds them, borrowed when somebody else
// makes them, exchanged.
import { spawn as background } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isNightly } from '../nightly.ts';
import { Lab, must } from './lab.ts';
import { RunningWatch } from './watch/running.ts';

let lab: Lab;
const started: ChildProcess[] = [];
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  lab.close();
});

const spec = (...instances: readonly string[]): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }
  back: { mode: flat-dhcp, bridge: br-back, interface: null, cidr: 10.20.0.0/24, mtu: 1400 }
instances:
${instances.map((instance) => `  ${instance}\n`).join('')}`;
const nic = (device: string, network = 'lab'): string => `{ network: ${network}, device: { ${device} } }`;
const settles = (text?: string): string => {
  const applied = must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], text === undefined ? {} : { spec: text }));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  return applied.out;
};
const link = (name: string, namespace = lab.host): string =>
  lab.in(namespace, ['ip', '-d', '-o', 'link', 'show', 'dev', name]).out;

describe('a tap that a hypervisor holds', () => {
  /** Opens the tap as qemu does, and keeps it. */
  async function hold(tap: string): Promise<ChildProcess> {
    const program =
      'open(F, "+<", "/dev/net/tun") or die; ioctl(F, 0x400454ca, pack("a16sx22", shift, 0x1002)) or die "$!"; $| = 1; print "held\\n"; sleep 600';
    const child = background('ip', ['netns', 'exec', lab.host, 'perl', '-e', program, tap], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    started.push(child);
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => {
        reject(new Error('it could not be opened'));
      });
    });
    return child;
  }

  test('stays held while others come and go, when it changes, and ends with its instance', async () => {
    settles(spec(`vm-1: { nics: [${nic('type: tap, name: tap1')}] }`));
    const holder = await hold('tap1');
    const index = link('tap1').split(':')[0];
    expect(link('tap1')).toContain('LOWER_UP');
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    settles(
      spec(`vm-1: { nics: [${nic('type: tap, name: tap1')}] }`, `vm-2: { nics: [${nic('type: tap, name: tap2')}] }`),
    );
    lab.ip(lab.host, 'link del dev br-lab');
    settles();
    // Another network: another bridge, another MTU, and the same device.
    settles(spec(`vm-1: { nics: [${nic('type: tap, name: tap1', 'back')}] }`));
    expect(link('tap1')).toMatch(/LOWER_UP.* mtu 1400 .*master br-back/);
    expect(link('tap1').split(':')[0]).toBe(index);
    expect(holder.exitCode).toBe(null);
    settles(spec(`vm-3: { nics: [${nic('type: tap, name: tap3')}] }`));
    expect(link('tap1')).toBe('');
  });

  test('and that it made itself is not taken from it', async () => {
    await hold('tap1');
    const ended = lab.netctl(['apply', '--yes'], { spec: spec(`vm-1: { nics: [${nic('type: tap, name: tap1')}] }`) });
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.err).toContain('[link-foreign]');
  });
});

describe('a device that somebody else makes', () => {
  const wanting = spec(
    `vm-1: { nics: [${nic('type: external, name: vnet0')}] }`,
    `vm-2: { nics: [${nic('type: tap, name: tap2')}] }`,
  );

  test('is named missing, put in the bridge when it appears, and restored as it was', () => {
    const guest = lab.namespace('vm-1');
    const before = lab.snapshot();
    expect(settles(wanting)).toContain('waiting: link vnet0: the external device vnet0 is not there yet');
    const missing = lab.netctl(['status']);
    expect(missing).toMatchObject({ code: 0 });
    expect(missing.out).toMatch(/vm-1\/lab .* missing: the external device vnet0 is not there yet\n/);
    lab.ip(lab.host, `link add name vnet0 type veth peer name eth0 netns ${guest}`);
    lab.ip(guest, 'link set dev eth0 up');
    const mac = /vm-1\/lab .*(fa:16:3e:\S+)/.exec(missing.out)?.[1] ?? '';
    lab.ip(guest, `link set dev eth0 address ${mac}`);
    const alone = lab.snapshot();
    expect(lab.netctl(['status'])).toMatchObject({ code: 2 });
    settles();
    expect(link('vnet0')).toMatch(/,UP.*master br-lab.* hairpin on /);
    expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2' });
    lab.ip(guest, 'address flush dev eth0 scope global');
    // Its maker makes it anew.
    lab.ip(lab.host, 'link del dev vnet0');
    expect(lab.netctl(['status']).out).toContain('missing: the external device vnet0');
    settles();
    lab.ip(lab.host, `link add name vnet0 type veth peer name eth0 netns ${guest}`);
    settles();
    expect(link('vnet0')).toContain('master br-lab');
    must(lab.netctl(['destroy', '--yes']));
    expect(link('vnet0')).not.toMatch(/master|,UP/);
    lab.ip(lab.host, 'link del dev vnet0');
    expect(lab.snapshot()).toBe(before);
    expect(alone).not.toBe(before);
  });

  test('differs in status while another guest than its own is heard behind it, and in nothing else', async () => {
    const guest = lab.namespace('vm-1');
    lab.ip(lab.host, `link add name ext0 type veth peer name eth0 netns ${guest}`);
    // By IPv6 it would be heard from by itself, again and again.
    must(
      lab.in(guest, ['sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1']),
    );
    lab.ip(guest, 'link set dev eth0 address 52:54:00:12:34:56 up');
    settles(spec(`vm-1: { nics: [${nic('type: external, name: ext0')}] }`));
    lab.ip(lab.host, 'link set dev ext0 type bridge_slave fdb_flush');
    expect(lab.netctl(['status'])).toMatchObject({ code: 0 });
    lab.ip(guest, 'address add 192.168.50.2/24 dev eth0');
    must(lab.in(guest, ['ping', '-n', '-c', '1', '-W', '5', '192.168.50.1']));
    const other = lab.netctl(['status']);
    expect(other).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /: 1 thing differs from the spec\n[^]* {2}vm-1\/lab .* external ext0 {2}differs: 52:54:00:12:34:56 is seen behind it\n/,
      ) as string,
    });
    expect(lab.netctl(['plan', '--detailed-exitcode']).code).toBe(0);
    const watch = new RunningWatch(lab);
    await watch.until(
      () => existsSync(lab.run('watch.sock')) && lab.netctl(['status']).out.includes('in force since'),
      'status asks it',
    );
    expect(lab.netctl(['status'])).toMatchObject({ code: 2, out: expect.stringContaining('in force since') as string });
    expect(lab.netctl(['status']).out).toContain('differs: 52:54:00:12:34:56 is seen behind it\n');
    await watch.end();
    const mac = /vm-1\/lab .*(fa:16:3e:\S+)/.exec(other.out)?.[1] ?? '';
    lab.ip(guest, `link set dev eth0 address ${mac}`);
    must(lab.in(guest, ['ping', '-n', '-c', '1', '-W', '5', '192.168.50.1']));
    expect(lab.netctl(['status'])).toMatchObject({ code: 0 });
  });

  test("is restored when its instance goes, and is nobody's loss when it has gone before", () => {
    const make = (): void => {
      for (const words of [
        'tuntap add dev vnet0 mode tap',
        'link set dev vnet0 address 02:00:00:00:00:01 up promisc on',
      ])
        lab.ip(lab.host, words);
    };
    make();
    const before = lab.snapshot();
    settles(wanting);
    expect(link('vnet0')).toContain('master br-lab');
    settles(spec(`vm-2: { nics: [${nic('type: tap, name: tap2')}] }`));
    expect(link('vnet0')).toMatch(/PROMISC,UP/);
    expect(link('vnet0')).not.toContain('master');
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
    settles(wanting);
    lab.ip(lab.host, 'link del dev vnet0');
    must(lab.netctl(['destroy', '--yes']));
    make();
    expect(lab.snapshot()).toBe(before);
  });
});

describe('several NICs', () => {
  test('the first carries the default route, each has its own address, names and MTU', () => {
    const guest = lab.namespace('vm-1');
    const second = lab.namespace('vm-2');
    const veth = (name: string, netns: string, network: string): string =>
      nic(`type: veth, name: ${name}, netns: ${netns}`, network);
    settles(
      spec(
        `vm-1: { nics: [${veth('v-1-a', guest, 'lab')}, ${veth('v-1-b', guest, 'back')}, ${nic(`type: veth, name: v-1-c, netns: ${guest}, peer: spare`)}] }`,
        `vm-2: { nics: [${veth('v-2-a', second, 'back')}] }`,
      ),
    );
    expect(lab.lease(guest)).toMatchObject({
      ip: '192.168.50.2',
      router: '192.168.50.1',
      dns: '192.168.50.1',
      mtu: '1500',
    });
    const back = lab.lease(guest, 'eth1');
    expect(back).toMatchObject({ ip: '10.20.0.2', dns: '10.20.0.1', mtu: '1400' });
    expect(back).not.toHaveProperty('router');
    const spare = lab.lease(guest, 'spare');
    expect(spare).toMatchObject({ ip: '192.168.50.3' });
    expect(spare).not.toHaveProperty('router');
    expect(lab.lease(second)).toMatchObject({ ip: '10.20.0.3', router: '10.20.0.1' });
    expect(lab.ip(guest, 'route show default')).toMatch(/^default via 192\.168\.50\.1 dev eth0 \n$/);
    expect(lab.pings(guest, '10.20.0.3')).toBe(true);
    expect(lab.pings(second, '10.20.0.2')).toBe(true);
    // Each network knows the instance by its address there.
    expect(lab.resolves(second, 'vm-1', '10.20.0.1')).toBe('10.20.0.2');
    expect(lab.resolves(guest, 'vm-1', '192.168.50.1')).toMatch(/^192\.168\.50\.[23]$/);
  });
});

describe('a veth into a namespace', () => {
  test("where another has the name of its other end: plan says it, nothing is done, and netctl's own is no such", () => {
    const guest = lab.namespace('g1');
    const text = spec(`vm-1: { nics: [${nic(`type: veth, name: v1, netns: ${guest}`)}] }`);
    lab.ip(guest, 'link add name eth0 type bridge');
    const before = lab.snapshot();
    const planned = lab.netctl(['plan'], { spec: text });
    expect([planned.code, planned.err]).toEqual([
      1,
      expect.stringMatching(
        /spec\.yaml:6:\d+: error: the other end of v1 is to be eth0 in namespace \S+-g1, where a bridge of that name is there already {2}\[peer-taken\]/,
      ),
    ]);
    expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 1 });
    expect(lab.snapshot()).toBe(before);
    lab.ip(guest, 'link del dev eth0');
    settles();
    settles(text.replace('name: v1', 'name: v2'));
    expect(link('eth0', guest)).toContain('veth');
  });

  test('that is not there yet, that goes, and that is another one of the same name', () => {
    const name = lab.host.replace(/host$/, 'late');
    const text = spec(
      `vm-1: { nics: [${nic(`type: veth, name: v1, netns: ${name}`)}] }`,
      `vm-2: { nics: [${nic('type: tap, name: tap2')}] }`,
    );
    expect(settles(text)).toContain(`waiting: link v1: the namespace ${name} is not there yet`);
    expect(lab.netctl(['status'])).toMatchObject({ code: 0 });
    for (let life = 0; life < 2; life++) {
      lab.namespace('late');
      settles();
      expect(lab.lease(name)).toMatchObject({ ip: '192.168.50.2' });
      must(lab.in(lab.host, ['ip', 'netns', 'del', name]));
      settleDown(() => link('v1') === '');
      expect(settles()).toContain(`waiting: link v1`);
    }
  });

  /** A namespace is taken down after its name is gone. */
  function settleDown(isDown: () => boolean): void {
    for (let tries = 0; tries < 100 && !isDown(); tries++) must(lab.in(lab.host, ['sleep', '0.05']));
    expect(isDown()).toBe(true);
  }
});

describe('one name', () => {
  const names = ['tap', 'veth', 'external', 'bridge'] as const;
  const text = (type: (typeof names)[number], guest: string): string => {
    if (type === 'bridge') return spec(`vm-2: { nics: [${nic('type: tap, name: tap2')}] }`).replace('br-back', 'same');
    return spec(
      `vm-1: { nics: [${nic(`type: ${type}, name: same${type === 'veth' ? `, netns: ${guest}` : ''}`)}] }`,
      `vm-2: { nics: [${nic('type: tap, name: tap2')}] }`,
    );
  };

  /** From each and to each; test/features/port/one-name.test.ts has all pairs, on a host in memory. */
  const few = names.map((from, i) => [from, names[(i + 1) % names.length] ?? from] as const);
  const all = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));

  test.each(isNightly ? all : few)('that was a %s becomes a %s', (from, to) => {
    const guest = lab.namespace('vm-1');
    const make = (): void => {
      lab.ip(lab.host, 'link add name same type veth peer name other');
    };
    if (from === 'external') make();
    settles(text(from, guest));
    if (from === 'external') {
      const refused = lab.netctl(['apply', '--yes'], { spec: text(to, guest) });
      expect(refused).toMatchObject({ code: 1 });
      expect(refused.err).toContain('[link-foreign]');
      lab.ip(lab.host, 'link del dev same');
    }
    settles(text(to, guest));
    // Ours has gone, and its maker can make it.
    if (to === 'external') {
      make();
      settles();
    }
    const kind = { tap: / tun type tap /, veth: / veth /, external: / veth /, bridge: / bridge forward_delay 0 / }[to];
    expect(link('same')).toMatch(kind);
    if (to !== 'bridge') expect(link('same')).toContain('master br-lab');
    must(lab.netctl(['destroy', '--yes']));
    expect(link('same')).toMatch(to === 'external' ? / veth / : /^$/);
  });
});
