// test/kernel/default-route.test.ts — the way to what is far away is asked before and after an apply: where it is lost,
// the apply is rolled back.
import { chmodSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probe } from '../../src/probes/probing.ts';
import { askedAgain } from '../../src/probes/compare.ts';
import type { Answer, Way } from '../../src/probes/model.ts';
import { Lab, must, spawn } from './lab.ts';
import type { Ended } from './lab.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
`;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  lab.ip(lab.world, 'address add 203.0.113.2/24 dev far1');
  lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
  lab.ip(lab.host, '-6 route add default via 2001:db8::1');
  mkdirSync(lab.path('bin'));
});
afterAll(() => {
  lab.close();
});

/** Somebody does this as soon as the bridge has its default route. */
function meanwhile(words: string): Ended {
  const real = must(spawn(['sh', '-c', 'command -v ip'])).out.trim();
  lab.write(
    'bin/ip',
    `#!/bin/sh
case "$*" in *-batch*) ;; *) exec ${real} "$@" ;; esac
lines=${lab.path('lines')}; cat >$lines; ${real} "$@" <$lines || exit
if grep -q '^route add default .*dev br-lab' $lines; then ${real} -n ${lab.host} ${words}; fi
`,
  );
  chmodSync(lab.path('bin/ip'), 0o755);
  return lab.netctl(['apply', '--yes'], {
    spec: SPEC,
    env: { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` },
  });
}

const ways = (): string =>
  ['route get 192.0.2.1', '-6 route get 3fff::1']
    .map((words) => lab.ip(lab.host, words))
    .join('')
    .replaceAll(/ proto 117| (uid|metric) .*|cache.*/g, '');

for (const [name, words, why] of [
  [
    'IPv4 loses its default route',
    'route del default',
    /^default route of IPv4: nothing leads to \S+: Network is unreachable; before, it was via 203\.0\.113\.1 from 203\.0\.113\.11$/m,
  ],
  [
    'IPv6 loses its default route',
    '-6 route del default',
    /^default route of IPv6: nothing leads to \S+: .*; before, it was via 2001:db8::1 from 2001:db8::11$/m,
  ],
  [
    'another gateway',
    'route replace default via 203.0.113.2',
    /^default route of IPv4: what is for far away goes via 203\.0\.113\.2 from 203\.0\.113\.11; before, it went via 203\.0\.113\.1 from /m,
  ],
  [
    'another source',
    'route replace default via 203.0.113.1 src 203.0.113.12',
    /^default route of IPv4: what is for far away goes via 203\.0\.113\.1 from 203\.0\.113\.12; before, it went via 203\.0\.113\.1 from 203\.0\.113\.11$/m,
  ],
] as const) {
  test(`${name}: rolled back, with that as the reason`, { timeout: 120_000 }, () => {
    const before = ways();
    const { code, err } = meanwhile(words);
    expect(err).toMatch(why);
    expect(err).toMatch(/was rolled back: default route of IPv[46] no longer answers\. /);
    expect([code, ways()], err).toEqual([3, before]);
  });
}

test('a move into a bridge, as it is meant to be, passes', { timeout: 120_000 }, () => {
  const before = ways();
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  expect(ways()).toBe(before.replaceAll('dev eth1', 'dev br-lab'));
  must(lab.netctl(['destroy', '--yes']));
});

test(
  "a host without an address of its own for what is far away speaks from netctl's, and no longer",
  { timeout: 120_000 },
  () => {
    const has = (scope: string): void => {
      lab.ip(lab.host, '-4 address flush dev eth1');
      for (const ip of ['203.0.113.11', '203.0.113.12'])
        lab.ip(lab.host, `address add ${ip}/24 brd + scope ${scope} dev eth1`);
      lab.ip(lab.host, 'route add default via 203.0.113.1');
    };
    has('link');
    const before = ways();
    const specs = [SPEC, SPEC.replace('interface: eth1', 'interface: null'), 'apiVersion: netctl/v1\nnetworks: {}\n'];
    for (const spec of specs) must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec }));
    expect(ways()).toBe(before);
    has('global');
  },
);

test(
  'a host without any default route is asked nothing afterwards, and waits for nothing',
  { timeout: 120_000 },
  async () => {
    for (const words of ['route del default', '-6 route del default']) lab.ip(lab.host, words);
    const far: readonly Way[] = [
      { kind: 'way', family: 4, to: '192.0.2.1' },
      { kind: 'way', family: 6, to: '3fff::1' },
    ];
    const answers: readonly Answer[] = await probe(
      far.map((target) => ({ name: `IPv${target.family}`, target, timeout: 60_000 })),
      { netns: lab.host, program: lab.command() },
    );
    expect(answers).toMatchObject([
      { answered: false, why: 'nothing leads to 192.0.2.1: Network is unreachable' },
      { answered: false },
    ]);
    expect(askedAgain(answers)).toEqual([]);
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  },
);
