// test/kernel/pitfalls.test.ts — where nova-network went wrong on the data plane, and netctl does not. What is tried
// elsewhere is named beside the test that tries it.
import { chmodSync, mkdirSync } from 'node:fs';
import { env } from 'node:process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';
import type { Ended } from './lab.ts';

// The rest of the list:
//   another's rule or chain with our prefix in it            harmless.test.ts
//   routes and flags lost when the bridge takes the uplink   uplink.test.ts
//   wrong source behind an outside router, by bridge netfilter or rp_filter   nova/outside-router.test.ts,
//   nova/neighbours.test.ts
//   metadata at loopback, source-NATed, or behind INPUT DROP  nova/settings.test.ts, nova/host-gateway.test.ts
//   devices that are there but wrong, servers with old arguments   repair.test.ts

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const FLOATING = { 'vm-1': '203.0.113.6', 'vm-10': '203.0.113.60', 'vm-100': '203.0.113.66' };
const FIXED = { 'vm-1': '10.0.0.2', 'vm-10': '10.0.0.20', 'vm-100': '10.0.0.200' };

/** Names and addresses that begin like each other. */
const spec = (
  floating: Readonly<Record<string, string>> = FLOATING,
  fixed: Readonly<Record<string, string>> = FIXED,
): string => `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: { address: 127.0.0.1 } }
networks:
  lab1: { mode: flat-dhcp, bridge: br1, interface: null, cidr: 10.0.0.0/24 }
  lab10: { mode: flat-dhcp, bridge: br10, interface: null, cidr: 10.0.10.0/24 }
pools:
  public: { ranges: [203.0.113.6, 203.0.113.60-203.0.113.69] }
instances:
${Object.entries(fixed)
  .map(
    ([name, address]) =>
      `  ${name}: { nics: [{ network: lab1, address: ${address}, floating: [${floating[name] ?? ''}] }] }\n`,
  )
  .join('')}`;
const apply = (text: string, path?: string): Ended =>
  lab.netctl(['apply', '--yes', '--allow-mass-delete'], {
    spec: text,
    ...(path === undefined ? {} : { env: { PATH: `${path}:${env['PATH'] ?? ''}` } }),
  });
const settles = (text: string): void => {
  must(apply(text));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
};
const has = (word: string, line: string): boolean => line.split(/[ /]/).includes(word);

describe('a name or an address is no part of a longer one', () => {
  test('what goes takes nothing along that only begins like it', () => {
    settles(spec());
    const before = lab.rules();
    const goes = (line: string): boolean => has('203.0.113.6', line) || has('10.0.0.2', line);
    expect(before.filter(goes).length).toBeGreaterThanOrEqual(4);
    settles(spec(FLOATING, { 'vm-10': FIXED['vm-10'], 'vm-100': FIXED['vm-100'] }));
    expect(lab.rules()).toEqual(before.filter((line) => !goes(line)));
    expect(lab.ip(lab.host, '-o address show dev eth1')).toMatch(/203\.0\.113\.60\/32[^]*203\.0\.113\.66\/32/);
  });

  test('nor does a network that goes', () => {
    settles(spec());
    const before = lab.rules();
    settles(spec().replace(/^ {2}lab10: .*\n/m, ''));
    const without10 = lab.rules();
    expect(without10).toEqual(before.filter((line) => !has('br10', line) && !has('10.0.10.0', line)));
    expect(without10.filter((line) => has('br1', line)).length).toBeGreaterThanOrEqual(6);
  });
});

describe('what the first apply makes is what a restart makes', () => {
  test('source NAT too, though the gateway was nowhere yet', () => {
    settles(spec());
    const first = lab.rules();
    expect(first).toContainEqual(
      expect.stringMatching(/^-A netctl-snat -s 10\.0\.0\.0\/24 -o eth1 .*-j SNAT --to-source 203\.0\.113\.11$/),
    );
    lab.reboot({ processes: 'end' });
    settles(spec());
    expect(lab.rules()).toEqual(first);
    lab.ip(lab.host, 'address flush dev br1');
    settles(spec());
    expect(lab.rules()).toEqual(first);
  });
});

describe('a floating address leads to one instance, once', () => {
  const moved = spec({ 'vm-10': FLOATING['vm-1'], 'vm-1': FLOATING['vm-10'], 'vm-100': FLOATING['vm-100'] });
  /** A directory with one tool in it that fails when its arguments, or its input, have some words. */
  const failing = (tool: string, words: string): string => {
    const directory = lab.path(`failing-${tool}`);
    mkdirSync(directory, { recursive: true });
    const script = lab.write(
      `failing-${tool}/${tool}`,
      `#!/bin/sh
PATH=${env['PATH'] ?? ''}
input=$(mktemp); trap 'rm -f "$input"' EXIT
[ -t 0 ] || cat >"$input"
if echo "$*" | cat - "$input" | grep -qe '${words}'; then echo "${tool}: something else failed" >&2; exit 4; fi
${tool} "$@" <"$input"
`,
    );
    chmodSync(script, 0o755);
    return directory;
  };

  test.each([
    ['the rules cannot be set', 'iptables-restore', '203[.]0[.]113'],
    ['the address cannot be bound', 'ip', '203[.]0[.]113[.]6'],
  ])(
    'when %s, it says so; the next apply has each rule once, and nothing is bound that has no rules',
    (_name, tool, words) => {
      settles(spec());
      const settled = lab.rules();
      must(lab.netctl(['destroy', '--yes']));
      for (const text of [spec(), moved, spec()]) expect(apply(text, failing(tool, words))).toMatchObject({ code: 1 });
      const bound = lab.ip(lab.host, '-o address show dev eth1').match(/203\.0\.113\.6\d?(?=\/32)/g) ?? [];
      for (const address of bound)
        expect(lab.rules().filter((line) => line.startsWith('-A netctl-dnat-') && has(address, line))).toHaveLength(1);
      settles(spec());
      expect(lab.rules()).toEqual(settled);
      settles(moved);
      settles(spec());
      expect(lab.rules()).toEqual(settled);
    },
  );

  test('when somebody has copied its rules, they are there once again', () => {
    settles(spec());
    const settled = lab.rules();
    const copied = settled
      .filter((line) => has('203.0.113.60', line) && line.startsWith('-A '))
      .map((line) => line.replace('10.0.0.20', '10.0.0.200'));
    must(
      lab.in(lab.host, ['iptables-restore', '--noflush', lab.write('copied', `*nat\n${copied.join('\n')}\nCOMMIT\n`)]),
    );
    expect(lab.netctl(['status'])).toMatchObject({ code: 2 });
    settles(spec());
    expect(lab.rules()).toEqual(settled);
  });
});

describe('each network has its own server', () => {
  test('guests of several networks made at once get their own router, resolver and prefix', () => {
    const guests = [1, 2, 3].map((n) => lab.namespace(`g${n}`));
    settles(`apiVersion: netctl/v1
networks:
  one: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
  two: { mode: flat-dhcp, interface: null, cidr: 10.0.2.0/25, gateway: 10.0.2.126 }
  three: { mode: flat-dhcp, interface: null, cidr: 10.0.3.0/26, gateway: 10.0.3.62, dhcp: { server: 10.0.3.1 } }
instances:
${['one', 'two', 'three'].map((network, i) => `  vm-${i}: { nics: [{ network: ${network}, device: { type: veth, netns: ${guests[i] ?? ''} } }] }\n`).join('')}`);
    expect(guests.map((guest) => lab.lease(guest))).toMatchObject([
      { ip: '10.0.1.2', mask: '24', router: '10.0.1.1', dns: '10.0.1.1', serverid: '10.0.1.1' },
      { ip: '10.0.2.1', mask: '25', router: '10.0.2.126', dns: '10.0.2.126', serverid: '10.0.2.126' },
      { ip: '10.0.3.2', mask: '26', router: '10.0.3.62', dns: '10.0.3.1', serverid: '10.0.3.1' },
    ]);
  });
});

describe('the gateway keeps its MAC', () => {
  test('while ports with lower ones come and go', () => {
    const text = (...names: readonly string[]): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.0.0.0/24 }
instances:
${names.map((name) => `  ${name}: { nics: [{ network: lab, mac: "02:00:00:00:00:0${name.slice(-1)}" }] }\n`).join('')}`;
    const mac = (): string | undefined => /link\/ether (\S+)/.exec(lab.ip(lab.host, '-o link show dev br-lab'))?.[1];
    settles(text('vm-5', 'vm-6'));
    const first = mac();
    for (const names of [['vm-5', 'vm-1'], ['vm-1'], ['vm-9']]) {
      settles(text(...names));
      lab.ip(lab.host, 'link add name foreign address 00:00:00:00:00:02 type veth peer name foreign2');
      lab.ip(lab.host, 'link set dev foreign master br-lab up');
      expect(mac()).toBe(first);
      lab.ip(lab.host, 'link del dev foreign');
      expect(mac()).toBe(first);
    }
  });
});

describe('what is there already is not taken for done', () => {
  test('a floating address that somebody has bound elsewhere is an error, with its place', () => {
    lab.ip(lab.host, 'address add 203.0.113.60/32 dev eth2');
    const ended = apply(spec());
    expect(ended).not.toMatchObject({ code: 0 });
    expect(ended.err).toContain('203.0.113.60');
    expect(lab.ip(lab.host, '-o address show dev eth2')).toContain('203.0.113.60/32');
  });

  test('an interface that is not there is an error, and named', () => {
    const ended = apply(spec().replace('publicInterface: eth1', 'publicInterface: eth7'));
    expect(ended).not.toMatchObject({ code: 0 });
    expect(ended.err).toContain('eth7');
  });
});
