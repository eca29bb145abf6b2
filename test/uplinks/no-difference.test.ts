// test/uplinks/no-difference.test.ts — what may be otherwise in a later snapshot of an interface without being a
// difference.
import { describe, expect, test } from 'vitest';
import { differences } from '../../src/uplinks/differences.ts';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import { addresses, before, each, link, routes } from './differences-scene.ts';

describe('no difference', () => {
  const given = {
    family: 'inet6',
    local: '2001:db8::77',
    prefixlen: 64,
    scope: 'global',
    dynamic: true,
    mngtmpaddr: true,
    valid_life_time: 86_400,
    preferred_life_time: 14_400,
  };
  for (const [name, after] of [
    ['another index', { link: { ...link, ifindex: 77 } }],
    [
      'a lifetime that counts down',
      {
        addresses: each(
          addresses,
          ({ local }) => local === '203.0.113.12',
          (address) => [{ ...address, valid_life_time: 510, preferred_life_time: 410 }],
        ),
      },
    ],
    [
      "a route's lifetime, too",
      {
        routes: each(
          routes,
          ({ fields }) => fields['expires'] !== undefined,
          (route) => [{ ...route, fields: { ...route.fields, expires: 12 } }],
        ),
      },
    ],
    [
      'an address whose duplicate was looked for',
      {
        addresses: each(
          addresses,
          ({ tentative }) => tentative === true,
          ({ tentative: _, ...rest }) => [rest],
        ),
      },
    ],
    [
      'a carrier that comes and goes',
      { link: { ...link, flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'UP'], operstate: 'DOWN' } },
    ],
    [
      'routes of a link that has none',
      { routes: routes.map((route) => ({ ...route, fields: { ...route.fields, flags: ['linkdown'] } })) },
    ],
    ['routes in another order', { routes: routes.toReversed() }],
    ['an address that a router gives', { addresses: [...addresses, given] }],
  ] as const)
    test(name, () => expect(differences(before, { ...before, ...after })).toEqual([]));

  test('what HTB has counted', () => {
    const htb = (sent: number): Snapshot => ({
      ...before,
      qdiscs: [
        {
          kind: 'htb',
          handle: '1:',
          root: true,
          options: { r2q: 10, default: '0', direct_packets_stat: sent, direct_qlen: 1000 },
        },
      ],
    });
    expect(differences(htb(3), htb(88))).toEqual([]);
  });
  const without = { ...before, addresses: each(addresses, ({ local }) => local === '203.0.113.12') };
  test('an address whose time is over', () => expect(differences(before, without, 601)).toEqual([]));
  test('but one that had time left', () => expect(differences(before, without, 599)).toHaveLength(1));
});
