// test/monitors/ip.test.ts — lines of `ip monitor` as they were recorded, and the hints they are.
import { describe, expect, test } from 'vitest';
import { IpEvents } from '../../src/monitors/ip.ts';

const knowing = (listing: string): IpEvents => {
  const events = new IpEvents();
  events.learn(listing);
  return events;
};
const ETHER = '\\    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff';

describe('one line', () => {
  for (const [line, hints] of [
    [
      `[nsid current][LINK]2: br0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default ${ETHER}`,
      [{ subsystem: 'links', name: 'br0' }],
    ],
    [
      `[nsid current][LINK]3: v0@if2: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default ${ETHER} link-netns mon2`,
      [{ subsystem: 'links', name: 'v0' }],
    ],
    [
      '[nsid current][LINK]3: v0@br0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 master br0 state DOWN \\    link/ether 3e:1a:cd:7d:32:de',
      [{ subsystem: 'links', name: 'v0' }],
    ],
    [
      `[nsid current][LINK]Deleted 3: v0@NONE: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default ${ETHER}`,
      [{ subsystem: 'links', name: 'v0' }],
    ],
    [
      '[nsid current][ADDR]2: br0    inet 10.1.0.1/24 scope global br0\\       valid_lft forever preferred_lft forever',
      [{ subsystem: 'links', name: 'br0' }],
    ],
    [
      '[nsid current][ADDR]Deleted 2: eth0.100    inet6 fe80::1/64 scope link tentative \\       valid_lft forever preferred_lft forever',
      [{ subsystem: 'links', name: 'eth0.100' }],
    ],
    ['[nsid current][ROUTE]10.9.0.0/24 via 10.1.0.5 dev br0 linkdown ', [{ subsystem: 'routes' }]],
    [
      '[nsid current][ROUTE]Deleted 2001:db8::/64 dev br0 proto kernel metric 256 linkdown pref medium',
      [{ subsystem: 'routes' }],
    ],
    ['[nsid current][ROUTE]broadcast 10.1.0.255 dev br0 table local proto kernel scope link src 10.1.0.1 ', []],
    ['[nsid current][ROUTE]local 10.1.0.1 dev br0 table local proto kernel scope host src 10.1.0.1 ', []],
    [
      '[nsid current][ROUTE]Deleted local 10.1.0.1 dev br0 table local proto kernel scope host src 10.1.0.1 ',
      [{ subsystem: 'routes' }],
    ],
    ['[nsid current][NETCONF]inet all forwarding on ', [{ subsystem: 'settings' }]],
    ['[nsid current][NETCONF]inet br0 rp_filter loose ', [{ subsystem: 'settings' }]],
    [
      '[nsid current][NETCONF]inet v0 forwarding off rp_filter off mc_forwarding off proxy_neigh off ignore_routes_with_linkdown off ',
      [],
    ],
    ['[nsid current][NETCONF]Deleted inet v0 ', []],
    ['[nsid current][NSID]Deleted nsid 0 ', [{ subsystem: 'namespaces' }]],
    [
      `[nsid 0][LINK]2: ens3@if3: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default ${ETHER} link-netnsid 0`,
      [],
    ],
    ['[nsid 0][ADDR]2: br0    inet 10.1.0.2/24 scope global eth0\\       valid_lft forever preferred_lft forever', []],
    ['[nsid 0][ROUTE]10.1.0.0/24 dev br0 proto kernel scope link src 10.1.0.2 ', []],
    ['[nsid current][LINK]what a later ip may print', [{ subsystem: 'links' }]],
    ['anything else', []],
    ['', []],
  ] as const)
    test(line.slice(0, 60), () => expect(knowing('').take([line])).toEqual(hints));
});

test('an address is at the device that has the number here, whatever ip calls it', () => {
  const events = knowing('');
  expect(
    events.take([
      '[nsid 0][LINK]77: zzz: <BROADCAST>',
      '[nsid current][LINK]4: br0: <BROADCAST>',
      '[nsid current][LINK]4: br9: <BROADCAST>',
    ]),
  ).toEqual([
    { subsystem: 'links', name: 'br0' },
    { subsystem: 'links', name: 'br9' },
  ]);
  expect(events.take(['[nsid current][ADDR]4: br0    inet 10.3.3.3/24 scope global br9'])).toEqual([
    { subsystem: 'links', name: 'br9' },
  ]);
  expect(events.take(['[nsid current][ADDR]77: zzz    inet 10.3.7.4/24 scope global br77'])).toEqual([
    { subsystem: 'links' },
  ]);
  events.take(['[nsid current][LINK]77: br77: <BROADCAST>', '[nsid 0][LINK]77: zzz: <BROADCAST>']);
  expect(events.take(['[nsid current][ADDR]77: zzz    inet 10.3.7.4/24 scope global br77'])).toEqual([
    { subsystem: 'links', name: 'br77' },
  ]);
});

test('a far end is told by the name of its near one, and what a guest has for itself is not', () => {
  const events = knowing('1: lo: <LOOPBACK>\n3: v0@if2: <BROADCAST>\n');
  expect(
    events.take([`[nsid 5][LINK]2: eth0@if3: <BROADCAST,MULTICAST,UP> mtu 1300 state UP ${ETHER} link-netnsid 0`]),
  ).toEqual([{ subsystem: 'links', name: 'v0' }]);
  expect(
    events.take([
      `[nsid 5][LINK]Deleted 2: eth0@if3: <BROADCAST> mtu 1500 state DOWN ${ETHER} link-netnsid 0 new-netnsid 1 new-ifindex 3`,
    ]),
  ).toEqual([{ subsystem: 'links', name: 'v0' }]);
  // To another guest; a device on a device; its loopback; the end of a pair whose other end is gone.
  expect(
    events.take([
      '[nsid 5][LINK]4: eth1@if99: <UP> link-netnsid 1',
      '[nsid 5][LINK]5: eth0.5@eth0: <UP>',
      '[nsid 5][LINK]1: lo: <LOOPBACK,UP>',
      '[nsid 5][LINK]Deleted 2: eth0@NONE: <BROADCAST>',
    ]),
  ).toEqual([]);
  expect(events.take(['[nsid 5][LINK]what a later ip may print'])).toEqual([{ subsystem: 'links' }]);
});

test('a device that is given another name is told by both, whatever was heard of it', () => {
  const events = knowing('1: lo: <LOOPBACK>\n2: br0: <BROADCAST>\n3: v0@if2: <BROADCAST>\n');
  const rename = (index: number, name: string): unknown =>
    events.take([`[nsid current][LINK]${index}: ${name}@if9: <BROADCAST>`]).map((hint) => hint.name);
  expect(rename(2, 'br9')).toEqual(['br9', 'br0']);
  expect(rename(3, 'v9')).toEqual(['v9', 'v0']);
  expect(rename(3, 'v9')).toEqual(['v9']);
  expect(rename(3, 'v1')).toEqual(['v1', 'v9']);
  expect(rename(4, 'tap4')).toEqual(['tap4']);
});

test('until it is known which devices there are, one that was not heard of may have had any name', () => {
  const events = new IpEvents();
  const line = '[nsid current][LINK]2: br0: <BROADCAST>';
  expect(events.take([line])).toEqual([{ subsystem: 'links' }]);
  expect(events.take([line])).toEqual([{ subsystem: 'links', name: 'br0' }]);
  events.learn('2: old: <BROADCAST>\n');
  expect(events.take(['[nsid current][ADDR]2: what    inet 10.0.0.1/24'])).toEqual([
    { subsystem: 'links', name: 'br0' },
  ]);
  events.begin();
  expect(events.take([line])).toEqual([{ subsystem: 'links' }]);
});

test('many lines of one device are one hint, and many devices are all', () => {
  const lines = Array.from(
    { length: 3_000 },
    (_, i) => `[nsid current][ADDR]${i % 3}: eth${i % 3}    inet 10.0.0.${i}/32 scope global`,
  );
  expect(knowing('').take(lines)).toEqual(['eth0', 'eth1', 'eth2'].map((name) => ({ subsystem: 'links', name })));
  expect(knowing('').take(Array.from({ length: 33 }, (_, i) => `[nsid current][LINK]${i}: tap${i}: <UP>`))).toEqual([
    { subsystem: 'links' },
  ]);
});
