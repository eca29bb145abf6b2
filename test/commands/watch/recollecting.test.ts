// test/commands/watch/recollecting.test.ts — when routes and namespaces are asked for again.
import { expect, test } from 'vitest';
import { CACHED, CachedReader } from '../../../src/watch/cached-reader.ts';
import type { HostReader } from '../../../src/core/resource.ts';
import type { Hint } from '../../../src/core/hint.ts';
import { parseLinks } from '../../../src/iproute2/links.ts';

const [routes = [], namespaces = []] = CACHED;
const links = parseLinks(
  JSON.stringify([
    {
      ifindex: 2,
      ifname: 'br0',
      flags: [],
      mtu: 1500,
      addr_info: [{ family: 'inet', local: '10.0.0.1', prefixlen: 24, scope: 'global' }],
    },
    {
      ifindex: 3,
      ifname: 'tap-a',
      flags: [],
      mtu: 1500,
      addr_info: [{ family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' }],
    },
    { ifindex: 4, ifname: 'tun0', flags: [], mtu: 1500, addr_info: [] },
  ]),
);
const printed = new Map([
  [routes.join(' '), '1 10.9.0.0/16 dev tun0 table 254 proto 3 scope 253 '],
  [namespaces.join(' '), '[{"name":"vm-1"}]'],
]);

function host(): HostReader & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: (argv, netns) => {
      asked.push([...(netns === undefined ? [] : [netns]), ...argv].join(' '));
      return Promise.resolve('anew');
    },
    files: () => Promise.resolve(new Map()),
    processes: () => Promise.resolve([]),
  };
}

const [ways, names] = [routes.join(' '), namespaces.join(' ')];
for (const [name, hints, asked] of [
  ['for nothing where a port changed', [{ subsystem: 'links', name: 'tap-a' }], []],
  [
    'for nothing where a chain, a file and a setting changed',
    [{ subsystem: 'rules', name: 'nat/a' }, { subsystem: 'files' }, { subsystem: 'settings' }],
    [],
  ],
  ['for routes where a device with an address changed', [{ subsystem: 'links', name: 'br0' }], [ways]],
  ['for those routes that a device without address carries', [{ subsystem: 'links', name: 'tun0' }], [ways]],
  ['for routes where any device may have changed', [{ subsystem: 'links' }], [ways]],
  ['for routes where one came or went', [{ subsystem: 'routes' }], [ways]],
  ['for namespaces where one came or went', [{ subsystem: 'namespaces', name: 'vm-2' }], [names]],
  ['for all where everything is to be looked at', [{ subsystem: 'everything' }], [ways, names]],
] as readonly (readonly [string, readonly Hint[], readonly string[]])[]) {
  test(name, async () => {
    const real = host();
    const reader = new CachedReader(real, { links, printed }, hints);
    const read = await Promise.all(CACHED.map((argv) => reader.read(argv)));
    expect(real.asked).toEqual(asked);
    expect(read).toEqual(CACHED.map((argv) => (asked.includes(argv.join(' ')) ? 'anew' : printed.get(argv.join(' ')))));
    // What was asked for holds from here on.
    expect([...reader.printed.values()].filter((text) => text === 'anew')).toHaveLength(asked.length);
  });
}

test('knows nothing at first, and nothing of other namespaces and other words', async () => {
  const [first, later] = [host(), host()];
  await new CachedReader(first, undefined, []).read(routes);
  expect(first.asked).toEqual([ways]);
  const reader = new CachedReader(later, { links, printed }, []);
  await reader.read(routes, 'vm-1');
  await reader.read(['iptables-save']);
  expect(later.asked).toEqual([`vm-1 ${ways}`, 'iptables-save']);
  expect(reader.printed).toEqual(printed);
});
