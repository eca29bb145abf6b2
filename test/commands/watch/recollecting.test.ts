// test/commands/watch/recollecting.test.ts — when routes and namespaces are asked for again.
import { expect, test } from 'vitest';
import { RECOLLECTED, Recollecting } from '../../../src/commands/watch/recollecting.ts';
import type { HostReader } from '../../../src/core/resource.ts';
import type { Sign } from '../../../src/core/sign.ts';
import { parseLinks } from '../../../src/iproute2/links.ts';

const [four = [], six = [], namespaces = []] = RECOLLECTED;
const links = parseLinks(JSON.stringify([
  { ifindex: 2, ifname: 'br0', flags: [], mtu: 1500, addr_info: [{ family: 'inet', local: '10.0.0.1', prefixlen: 24, scope: 'global' }] },
  { ifindex: 3, ifname: 'tap-a', flags: [], mtu: 1500, addr_info: [{ family: 'inet6', local: 'fe80::1', prefixlen: 64, scope: 'link' }] },
  { ifindex: 4, ifname: 'tun0', flags: [], mtu: 1500, addr_info: [] },
]));
const printed = new Map([[four.join(' '), '[{"dst":"10.9.0.0/16","dev":"tun0"}]'], [six.join(' '), '[]'], [namespaces.join(' '), '[{"name":"vm-1"}]']]);

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

const [routes4, routes6, names] = [four.join(' '), six.join(' '), namespaces.join(' ')];
for (const [name, signs, asked] of [
  ['for nothing where a port changed', [{ part: 'links', name: 'tap-a' }], []],
  ['for nothing where a chain, a file and a setting changed', [{ part: 'rules', name: 'nat/a' }, { part: 'files' }, { part: 'settings' }], []],
  ['for routes where a device with an address changed', [{ part: 'links', name: 'br0' }], [routes4, routes6]],
  ['for those routes that a device without address carries', [{ part: 'links', name: 'tun0' }], [routes4]],
  ['for routes where any device may have changed', [{ part: 'links' }], [routes4, routes6]],
  ['for routes where one came or went', [{ part: 'routes' }], [routes4, routes6]],
  ['for namespaces where one came or went', [{ part: 'namespaces', name: 'vm-2' }], [names]],
  ['for all where everything is to be looked at', [{ part: 'everything' }], [routes4, routes6, names]],
] as readonly (readonly [string, readonly Sign[], readonly string[]])[]) {
  test(name, async () => {
    const real = host();
    const reader = new Recollecting(real, { links, printed }, signs);
    const read = await Promise.all(RECOLLECTED.map((argv) => reader.read(argv)));
    expect(real.asked).toEqual(asked);
    expect(read).toEqual(RECOLLECTED.map((argv) => (asked.includes(argv.join(' ')) ? 'anew' : printed.get(argv.join(' ')))));
    // What was asked for holds from here on.
    expect([...reader.printed.values()].filter((text) => text === 'anew')).toHaveLength(asked.length);
  });
}

test('knows nothing at first, and nothing of other namespaces and other words', async () => {
  const [first, later] = [host(), host()];
  await new Recollecting(first, undefined, []).read(four);
  expect(first.asked).toEqual([routes4]);
  const reader = new Recollecting(later, { links, printed }, []);
  await reader.read(four, 'vm-1');
  await reader.read(['iptables-save']);
  expect(later.asked).toEqual([`vm-1 ${routes4}`, 'iptables-save']);
  expect(reader.printed).toEqual(printed);
});
