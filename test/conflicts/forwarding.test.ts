// test/conflicts/forwarding.test.ts — a host that forwards, and a device of it that does not.
import { describe, expect, test } from 'vitest';
import { found } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import type { Around } from './around.ts';
import { rules, SPEC } from './host-scene.ts';

describe('a host that forwards, and a device that does not', () => {
  const values = (forward: string, links: Readonly<Record<string, string>>): Around['settings'] => ({
    '/proc/sys/net/ipv4/ip_forward': [forward],
    ...Object.fromEntries(
      Object.entries(links).map(([link, value]) => [`/proc/sys/net/ipv4/conf/${link}/forwarding`, [value]]),
    ),
  });
  const shut = (link: string, what: string, name = link): readonly string[] => [
    'not-forwarding',
    `net.ipv4.conf.${name}.forwarding is 0: ${what} of lab come by ${link}, and are not forwarded`,
    `sysctl -w net.ipv4.conf.${name}.forwarding=1`,
  ];
  const listed = SPEC.replace('interface: null', 'interface: null, forward: [eth1, br.5]');
  for (const [name, spec, settings, expected] of [
    ['all do', SPEC, values('1', { eth1: '1', eth2: '1' }), []],
    ['the way out', SPEC, values('1', { eth1: '0', eth2: '1' }), [shut('eth1', 'replies from outside')]],
    [
      'where floating addresses are',
      SPEC,
      values('1', { eth1: '1', eth2: '0' }),
      [shut('eth2', 'packets to floating addresses')],
    ],
    [
      'one that `forward` names',
      listed,
      values('1', { eth1: '1', 'br.5': '0', eth2: '1' }),
      [shut('br.5', 'replies from outside', 'br/5')],
    ],
    ['an apply switches all on', SPEC, values('0', { eth1: '0', eth2: '0' }), []],
    [
      'a bridge of ours is told by itself',
      SPEC.replace('interface: null', 'interface: eth1'),
      values('1', { 'br-lab': '0', eth1: '0', eth2: '1' }),
      [],
    ],
    [
      'none is asked for',
      SPEC.replace('interface: null', 'interface: null, forward: none'),
      values('1', { eth1: '0', eth2: '0' }),
      [],
    ],
  ] as const) {
    test(name, async () =>
      expect(
        (await found(spec, { settings: settings ?? {} })).map(({ code, message, hint }) => [code, message, hint]),
      ).toEqual(expected),
    );
  }

  const by = (link: string, table: string): string =>
    `1 default via 203.0.113.1 dev ${link} table ${table} proto 3 scope 0`;
  for (const [name, rule, link] of [
    ['another table has a default route that is for others', { src: '10.20.0.11' }, 'eth1'],
    ['a rule for everything leads to another table', { src: 'all' }, 'eth3'],
  ] as const) {
    test(`the way out of a host that names none, where ${name}`, async () => {
      const others = {
        ...rules({ priority: 100, ...rule, table: '77' }),
        [READ_ALL_ROUTES.join(' ')]: [by('eth3', '77'), by('eth1', '254')].join('\n'),
      };
      const all = await found(SPEC.replace('publicInterface: eth1', ''), {
        settings: values('1', { eth1: '0', eth2: '1', eth3: '0' }) ?? {},
        others,
      });
      expect(
        all.filter(({ code }) => code === 'not-forwarding').map(({ code, message, hint }) => [code, message, hint]),
      ).toEqual([shut(link, 'replies from outside')]);
    });
  }
});
