// test/uplinks/settled-since.test.ts — what somebody has set of a borrowed interface, told from what netctl and the
// kernel have: a row a thing, with what is said of it and how it is to be.
import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/uplinks/snapshot.ts';
import { saidSince, settledSince } from '../../src/uplinks/settled-since.ts';
import { snapshotTaken } from './printed.ts';

const plain = snapshotTaken();
const having = (
  settings: Snapshot['settings'],
  link: Snapshot['link'] = {},
  more: Partial<Snapshot> = {},
): Snapshot => ({
  ...plain,
  ...more,
  settings: { ...plain.settings, ...settings },
  link: { ...plain.link, ...link },
});
const mtu = String(plain.link['mtu']);
const DOWN = { flags: ['BROADCAST', 'MULTICAST'] };

const rows: readonly (readonly [
  name: string,
  found: Snapshot,
  now: Snapshot,
  forwards: boolean,
  said: readonly unknown[],
  isToBe: Snapshot,
])[] = [
  ['nothing', plain, plain, true, [], plain],
  [
    'no queue yet, since it was not up after a start of the host',
    having({}, {}, { qdiscs: [{ kind: 'noqueue', handle: '0:', root: true }] }),
    having({}, DOWN, { qdiscs: [] }),
    true,
    [],
    having({}, {}, { qdiscs: [] }),
  ],
  [
    'forwarding, of a host that forwards for netctl',
    having({ 'ipv4/conf/forwarding': '0' }),
    having({ 'ipv4/conf/forwarding': '1' }),
    true,
    [],
    having({ 'ipv4/conf/forwarding': '0' }),
  ],
  [
    'forwarding, of one that has forwarded before',
    having({ 'ipv4/conf/forwarding': '0' }),
    having({ 'ipv4/conf/forwarding': '1' }),
    false,
    ['net.ipv4.conf.eth1.forwarding is 1, and was 0'],
    having({ 'ipv4/conf/forwarding': '1' }),
  ],
  [
    'no IPv6, as is advised for a port',
    having({ 'ipv6/conf/disable_ipv6': '0' }),
    having({ 'ipv6/conf/disable_ipv6': '1' }),
    false,
    [],
    having({ 'ipv6/conf/disable_ipv6': '0' }),
  ],
  [
    'IPv6 again',
    having({ 'ipv6/conf/disable_ipv6': '1' }),
    having({ 'ipv6/conf/disable_ipv6': '0' }),
    false,
    ['net.ipv6.conf.eth1.disable_ipv6 is 0, and was 1'],
    having({ 'ipv6/conf/disable_ipv6': '0' }),
  ],
  [
    "an MTU that is raised for the network, and IPv6's with it",
    having({ 'ipv6/conf/mtu': mtu }),
    having({ 'ipv6/conf/mtu': '9000' }, { mtu: 9000 }),
    false,
    [],
    having({ 'ipv6/conf/mtu': mtu }),
  ],
  [
    'an MTU for IPv6',
    having({ 'ipv6/conf/mtu': mtu }),
    having({ 'ipv6/conf/mtu': '1300' }),
    false,
    [`net.ipv6.conf.eth1.mtu is 1300, and was ${mtu}`],
    having({ 'ipv6/conf/mtu': '1300' }),
  ],
  [
    'being a port',
    plain,
    having({}, { master: 'br-lab', linkinfo: { info_slave_kind: 'bridge' }, promiscuity: 1, allmulti: 1 }),
    false,
    [],
    plain,
  ],
  [
    'the queues of an interface that was never up',
    having({}, DOWN, { qdiscs: [{ kind: 'noop' }] }),
    having({}, {}, { qdiscs: [{ kind: 'mq' }] }),
    false,
    [],
    having({}, DOWN, { qdiscs: [{ kind: 'mq' }] }),
  ],
  [
    'what could not be read',
    plain,
    having({ 'ipv4/conf/rp_filter': '7' }, {}, { unread: ['sysctl'] }),
    false,
    [],
    plain,
  ],
];

test.each(rows)('%s', (_, found, now, forwards, said, isToBe) => {
  const { link, ...rest } = settledSince(found, now, forwards);
  const { flags, ...fields } = isToBe.link;
  expect([saidSince(found, now, forwards), { ...rest, link: { ...link, flags: [] } }]).toEqual([
    said,
    { ...isToBe, link: { ...fields, flags: [] } },
  ]);
  expect(link['flags']).toEqual(
    expect.arrayContaining((flags as readonly string[]).filter((flag) => flag !== 'LOWER_UP')),
  );
});
