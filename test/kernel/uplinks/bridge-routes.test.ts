// test/kernel/uplinks/bridge-routes.test.ts — routes that others put on a bridge of netctl's in the place of those that
// came along, and a way back that is killed in its middle.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import { whole } from './whole.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const spec = (network: string): string =>
  `apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, ${network}, cidr: 192.168.50.0/24 }\ninstances:\n  vm-1: { nics: [{ network: lab, device: { type: tap, name: tap-1 } }] }\n`;
const SPEC = spec('bridge: br-lab, interface: eth1');
const NONE = 'apiVersion: netctl/v1\nnetworks: {}\n';

function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

describe('a route that somebody has put in the place of one that came along', () => {
  const both = (deeds: readonly string[]): void => {
    given(
      'ip address add 198.51.100.2/24 dev eth2',
      'ip route add 10.7.0.0/16 via 203.0.113.3 metric 50 table 77',
      'ip -6 address add 2001:db8::11/64 dev eth1 nodad',
      'ip -6 route add default via 2001:db8::1',
    );
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    given(...deeds);
  };
  const routes = (): readonly string[] =>
    lab
      .ip(lab.host, 'route show table all')
      .split('\n')
      .filter((line) => / via /.test(line))
      .map((line) => line.trim())
      .sort();

  for (const [name, back, leave] of [
    ['that bridge leaves', 'eth1', () => lab.netctl(['destroy', '--yes'])],
    [
      'that bridge leaves, and the store is lost',
      'eth1',
      () => {
        for (const name of ['allocations.json', 'host.json'])
          for (const path of [lab.state(name), lab.run(name)]) rmSync(path);
        return lab.netctl(['destroy', '--yes']);
      },
    ],
    [
      'its network leaves the spec',
      'eth1',
      () => lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: NONE }),
    ],
    ['nothing changes', 'br-lab', () => lab.netctl(['apply', '--yes'], { spec: SPEC })],
  ] as const)
    test(`stays in it when ${name}: by the same device, and by another`, () => {
      both([
        'ip route replace default via 198.51.100.1 dev eth2',
        'ip route replace 10.7.0.0/16 via 203.0.113.4 dev br-lab metric 50 table 77',
        'ip -6 route replace default via 2001:db8::2 dev br-lab',
      ]);
      expect(must(lab.netctl(['plan'], { spec: SPEC })).out).toContain('nothing to do');
      const ended = must(leave());
      expect(ended.err).not.toMatch(/is gone|route-foreign/);
      expect(routes()).toEqual([
        `10.7.0.0/16 via 203.0.113.4 dev ${back} table 77 metric 50`,
        'default via 198.51.100.1 dev eth2',
        `default via 2001:db8::2 dev ${back} metric 1024 pref medium`,
      ]);
    });

  test('one that is only removed is drift: it is made again', () => {
    both(['ip route del default', 'ip route del 10.7.0.0/16 table 77']);
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    expect(routes().filter((line) => !line.includes('2001:'))).toEqual([
      '10.7.0.0/16 via 203.0.113.3 dev br-lab table 77 proto 117 metric 50',
      'default via 203.0.113.1 dev br-lab proto 117',
    ]);
  });
});

test('killed in the middle of the way back, with what it runs, netctl knows what was put on the bridge', () => {
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  given('ip address add 10.9.0.1/24 dev br-lab', 'ip route add 10.1.0.0/16 via 203.0.113.9');
  const real = must(lab.in(lab.host, ['sh', '-c', 'command -v ip'])).out.trim();
  mkdirSync(lab.path('bin'));
  writeFileSync(
    lab.path('bin/ip'),
    `#!/bin/bash
case " $* " in *" -batch "*) ;; *) exec ${real} "$@" ;; esac
lines=$(cat)
grep -q nomaster <<<"$lines" || exec ${real} "$@" <<<"$lines"
sed '/route add default/,$d' <<<"$lines" | ${real} "$@"
kill -9 $PPID
`,
  );
  chmodSync(lab.path('bin/ip'), 0o755);
  const env = { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` };
  expect(lab.netctl(['destroy', '--yes'], { env, spawns: true }).code).not.toBe(0);
  expect(lab.ip(lab.host, 'route show 10.1.0.0/16')).toBe('');
  must(lab.netctl(['destroy', '--yes']));
  expect(whole(lab).join('\n')).toMatch(/10\.9\.0\.1\/24 [^]*10\.1\.0\.0\/16 via 203\.0\.113\.9 dev eth1/);
});
