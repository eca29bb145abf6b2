// test/uplinks/elsewhere.test.ts — which devices of other network namespaces stand on devices of this one.
import { describe, expect, test } from 'vitest';
import { parseElsewhere } from '../../src/uplinks/elsewhere.ts';

const device = (kind: string, link_netnsid?: number): object => ({
  ifname: 'x0',
  link_index: 3,
  ...(link_netnsid === undefined ? {} : { link_netnsid }),
  linkinfo: { info_kind: kind },
});
const printed = (
  home: readonly string[],
  netns: string,
  devices: readonly object[],
  known: readonly object[],
): string =>
  `${home.map((name) => `${name}\n`).join('')}\n${netns}\n${JSON.stringify(devices)}\n${JSON.stringify(known)}\n`;

describe('devices in other network namespaces', () => {
  for (const [name, home, devices, known, expected] of [
    ['a macvlan, of a host that has no name', [], [device('macvlan', 0)], [{ nsid: 0 }], ['x0']],
    ['a macvlan, of one that names no numbers', [], [device('macvlan', 0)], [], ['x0']],
    [
      'a macvlan, of a namespace with a name',
      ['host'],
      [device('macvlan', 1)],
      [
        { nsid: 0, name: 'other' },
        { nsid: 1, name: 'host' },
      ],
      ['x0'],
    ],
    ['and with two names', ['host', 'too'], [device('macvlan', 1)], [{ nsid: 1, name: 'too' }], ['x0']],
    ['one whose parent is in another one', ['host'], [device('macvlan', 0)], [{ nsid: 0, name: 'other' }], []],
    [
      'one whose parent is in another one, of a host that has no name',
      [],
      [device('macvlan', 0)],
      [{ nsid: 0, name: 'other' }],
      [],
    ],
    ['one whose parent is in one without a name', ['host'], [device('macvlan', 0)], [], []],
    ['one whose parent is there as well', [], [device('ipvlan')], [], []],
    ['an ipvlan', [], [device('ipvlan', 0)], [], ['x0']],
    ['a veth', [], [device('veth', 0)], [], []],
    ['a VLAN, which the kernel asks before a bridge', [], [device('vlan', 0)], [], []],
  ] as const) {
    test(name, () =>
      expect(
        parseElsewhere(printed(home, '/run/netns/web', devices, known)).map(({ parent, netns, device: { ifname } }) => [
          parent,
          netns,
          ifname,
        ]),
      ).toEqual(expected.map((one) => [3, '/run/netns/web', one])),
    );
  }

  test('of nothing there is nothing', () => {
    expect([parseElsewhere(''), parseElsewhere('\n'), parseElsewhere('host\n\n')]).toEqual([[], [], []]);
  });

  test('in several', () => {
    const text = `${printed([], '/proc/7/ns/net', [device('macvlan', 0)], [])}${printed([], '/run/netns/b', [device('macvlan', 0)], []).slice(1)}`;
    expect(parseElsewhere(text).map(({ netns }) => netns)).toEqual(['/proc/7/ns/net', '/run/netns/b']);
  });
});
