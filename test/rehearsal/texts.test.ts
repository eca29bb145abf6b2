// test/rehearsal/texts.test.ts — what other tools print, in words in which the copy is told the same; and what they
// refuse.
import { describe, expect, test } from 'vitest';
import { listeningOf, socketsOf } from '../../src/pipeline/preflight/listening.ts';
import { isNeedless, refusedLines } from '../../src/rehearsal/refused.ts';
import { routeLines, ruleLines } from '../../src/rehearsal/routes.ts';
import { settingNames, settingsOf } from '../../src/rehearsal/settings.ts';
import { devicesOf } from '../../src/rehearsal/device.ts';
import { foreignTables, mapsBeside, tablesBeyond, withoutTables } from '../../src/rehearsal/tables.ts';

describe('a route', () => {
  for (const [name, text, line] of [
    [
      'by a gateway',
      'default via 203.0.113.1 dev eth1 proto 4 metric 100 onlink ',
      'default via 203.0.113.1 dev eth1 proto 4 metric 100 onlink',
    ],
    ['of another table', '10.73.0.0/16 dev eth2 table 117 scope 253 ', '10.73.0.0/16 dev eth2 table 117 scope 253'],
    ['that leads nowhere', '6 10.72.0.0/16 ', 'blackhole 10.72.0.0/16'],
    [
      'unreachable, with what the kernel answers',
      '7 2001:db8::/32 dev lo metric 1024 error -113 pref medium',
      'unreachable 2001:db8::/32 dev lo metric 1024 pref medium',
    ],
    [
      'of several ways',
      '10.9.0.0/16 \\\tnexthop via 10.1.0.3 dev a weight 1 \\\tnexthop via 10.1.0.4 dev a weight 3 linkdown ',
      '10.9.0.0/16 nexthop via 10.1.0.3 dev a weight 1 nexthop via 10.1.0.4 dev a weight 3',
    ],
    [
      'that will end, of a next hop with a number',
      'default nhid 7 via fe80::1 dev eth1 proto 9 metric 1024 expires 1790sec pref high',
      'default via fe80::1 dev eth1 proto 9 metric 1024 pref high',
    ],
  ] as const)
    test(name, () => expect(routeLines(`${text}\n`)).toEqual([`route add ${line}`]));

  test("the kernel's own come by themselves", () => {
    expect(
      routeLines(
        '10.1.0.0/24 dev a proto 2 scope 253 src 10.1.0.1 \n2 10.1.0.1 dev a table 255 proto 2 scope 254 src 10.1.0.1 \n',
      ),
    ).toEqual([]);
  });
  test('what needs no gateway comes first', () => {
    expect(routeLines('default via 10.0.0.1 dev a \n10.0.0.1 dev a scope 253 \n')).toEqual([
      'route add 10.0.0.1 dev a scope 253',
      'route add default via 10.0.0.1 dev a',
    ]);
  });
});

describe('a routing rule', () => {
  for (const [name, text, expected] of [
    ['by source', '32765:\tfrom 198.18.0.9 lookup 117', ['rule add pref 32765 from 198.18.0.9 lookup 117']],
    ['that prohibits', '32763:\tfrom all iif lo 8', ['rule add pref 32763 from all iif lo prohibit']],
    [
      'whose device is gone',
      '5:\tfrom all iif eth9 [detached] lookup 7',
      ['rule add pref 5 from all iif eth9 lookup 7'],
    ],
    [
      'that every namespace has',
      '0:\tfrom all lookup 255\n32766:\tfrom all lookup 254\n32767:\tfrom all lookup 253',
      [],
    ],
  ] as const)
    test(name, () => expect(ruleLines(`${text}\n`)).toEqual(expected));
});

test('tables of nft are made again unless iptables says them back', () => {
  const text =
    'table ip filter\ntable ip nat\ntable ip6 filter\ntable bridge nat\ntable inet filter\ntable ip mine\ntable netdev filter\n';
  expect(foreignTables(text, [])).toEqual(['inet filter', 'ip mine', 'netdev filter']);
  expect(foreignTables(text, ['ip nat'])).toEqual(['ip nat', 'inet filter', 'ip mine', 'netdev filter']);
});

test('a table that iptables cannot say whole is not taken from it', () => {
  const saved =
    "# Table `nat' is incompatible, use 'nft' tool.\n# Table `raw' contains incompatible base-chains, use 'nft' tool to list them.\n*raw\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n";
  expect(tablesBeyond(saved)).toEqual(['nat', 'raw']);
  expect(
    withoutTables(saved, ['nat', 'raw'])
      .split('\n')
      .filter((line) => !line.startsWith('#')),
  ).toEqual(['*filter', ':INPUT ACCEPT [0:0]', 'COMMIT', '']);
});

test('maps in tables of iptables are told to nft, and no others: those come with their table', () => {
  const map = (table: string): string => `table ${table} {\n\tmap m {\n\t\ttype ifname : verdict\n\t}\n}\n`;
  expect(mapsBeside(`${map('ip filter')}table ip nat {\n}\n${map('ip raw')}${map('inet mine')}`, ['ip raw'])).toBe(
    map('ip filter'),
  );
});

test('settings are asked for of all, of what is wanted and of devices with addresses', () => {
  const devices = devicesOf(
    JSON.stringify([
      { ifindex: 1, ifname: 'eth0.5', addr_info: [{ local: '10.0.0.1' }] },
      { ifindex: 2, ifname: 'tap1', addr_info: [] },
    ]),
  );
  const names = settingNames(devices, ['net.core.somaxconn', 'net.ipv4.ip_forward']);
  expect(names).toContain('net.ipv4.conf.eth0/5.promote_secondaries');
  expect(names).toContain('net.core.somaxconn');
  expect(names.filter((name) => name === 'net.ipv4.ip_forward' || name.includes('tap1'))).toEqual([
    'net.ipv4.ip_forward',
  ]);
});

test('settings of devices wait until there are devices', () => {
  expect(
    settingsOf(
      'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 2\nnet.ipv4.conf.eth1.promote_secondaries = 1\n',
    ),
  ).toEqual({
    first:
      'net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 2\nnet.ipv6.conf.all.accept_dad = 0\nnet.ipv6.conf.default.accept_dad = 0\n',
    then: 'net.ipv4.conf.eth1.promote_secondaries = 1\n',
  });
});

test('a socket is in the way where it hears all, or one address, and is nobody of ours', () => {
  const line = (local: string): string =>
    `tcp   LISTEN 0      32          ${local}      0.0.0.0:*    users:(("dnsmasq",pid=${local.length},fd=4))\n`;
  expect(
    listeningOf(
      ['0.0.0.0:53', '*:53', '10.0.0.1:53', '10.10.11.11:53', '127.0.0.53%lo:53', '[::]:53']
        .map((local) => line(local))
        .join(''),
      new Set(['10.10.11.11:53'.length]),
    ),
  ).toEqual([
    { address: '0.0.0.0', port: 53 },
    { address: '::', port: 53 },
    { address: '10.0.0.1', port: 53 },
  ]);
});

test('sockets have an owner, an address and perhaps a device; of those for IPv6 alone nobody is in the way', () => {
  const text = [
    'udp   UNCONN 0      0          0.0.0.0:67      0.0.0.0:*    ',
    'udp   UNCONN 0      0      0.0.0.0%br0:67      0.0.0.0:*    users:(("kea",pid=7,fd=3),("a b",pid=8,fd=4))',
    'tcp   LISTEN 0      5      [::ffff:10.0.0.1]:53      *:*    ',
    'tcp   LISTEN 0      5      *%br0:53      *:*    ',
    'tcp   LISTEN 0      5      [fe80::1]%br0:53      [::]:*    ',
    'udp   UNCONN 0      0      [::]:67      [::]:*    ',
  ].join('\n');
  expect(socketsOf(text, new Set())).toEqual([
    { protocol: 'udp', address: '0.0.0.0', port: 67, users: [] },
    {
      protocol: 'udp',
      address: '0.0.0.0',
      device: 'br0',
      port: 67,
      users: [
        { name: 'kea', pid: 7 },
        { name: 'a b', pid: 8 },
      ],
    },
    { protocol: 'tcp', address: '10.0.0.1', port: 53, users: [] },
    { protocol: 'tcp', address: '::', device: 'br0', port: 53, users: [] },
  ]);
  expect(listeningOf(text, new Set())).toEqual([{ address: '10.0.0.1', port: 53 }]);
  expect(socketsOf(text, new Set([8]))).toHaveLength(3);
});

describe('refused lines', () => {
  test('each with what was said of it', () => {
    expect(
      refusedLines(
        ['a', 'b', 'c'],
        'Cannot find device "x"\nCommand failed -:1\nError: one.\nError: two.\nCommand failed -:3\n',
      ),
    ).toEqual([
      { line: 'a', said: 'Cannot find device "x"' },
      { line: 'c', said: 'Error: one.; Error: two.' },
    ]);
  });
  test('a stand-in for what could be made after all is none', () => {
    const line = 'link add name v type veth peer name e1 netns far';
    expect(isNeedless({ line, said: 'RTNETLINK answers: File exists' })).toBe(true);
    expect(isNeedless({ line, said: 'RTNETLINK answers: Operation not permitted' })).toBe(false);
    expect(
      isNeedless({ line: 'tuntap add dev gre0 mode tun', said: 'ioctl(TUNSETIFF): Device or resource busy' }),
    ).toBe(true);
    expect(
      isNeedless({ line: 'tuntap add dev tap0 mode tap', said: 'ioctl(TUNSETIFF): Device or resource busy' }),
    ).toBe(false);
    expect(isNeedless({ line: 'address add 10.0.0.1/24 dev v', said: 'RTNETLINK answers: File exists' })).toBe(false);
  });
});
