// test/uplinks/snapshot.test.ts — what iproute2 prints as a snapshot of one interface: all that is tied to it, and
// nothing of others.
import { describe, expect, test } from 'vitest';
import { snapshotOf } from '../../src/uplinks/snapshot.ts';
import { addressWords, neighbourWords, ruleWords } from '../../src/uplinks/format.ts';
import { snapshotTaken, PRINTED, printedWith, QUEUES } from './printed.ts';

const snapshot = snapshotTaken();

describe('a snapshot', () => {
  test('is plain data', () => expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot));
  test('of an interface that is not there is none', () => expect(snapshotOf('eth9', PRINTED, QUEUES)).toBeUndefined());
  test('has the interface without its addresses', () =>
    expect(snapshot.link).toMatchObject({ ifname: 'eth1', mtu: 1500, link_type: 'ether' }));
  test('has no addresses among what is told of the interface', () =>
    expect(snapshot.link).not.toHaveProperty('addr_info'));
  test('has the addresses with every attribute', () =>
    expect(snapshot.addresses.map((address) => addressWords(address, 'eth1'))).toEqual([
      '10.9.8.1/24 dev eth1 label eth1:x scope link noprefixroute',
      '203.0.113.11/24 brd 203.0.113.255 dev eth1',
      '10.9.9.1 peer 10.9.9.2/32 dev eth1',
      '203.0.113.12/24 dev eth1 valid_lft 600 preferred_lft 500',
      '2001:db8::2/64 dev eth1 nodad home noprefixroute',
      '2001:db8::1/64 dev eth1 nodad mngtmpaddr',
      expect.stringMatching(/^fe80::\S+\/64 dev eth1 scope link$/),
    ]));
  test('has the routes of all tables, in the words of ip', () =>
    expect(snapshot.routes.map(({ words }) => words).filter((words) => / proto 3 /.test(words))).toEqual([
      '198.51.101.0/24 table 100 proto 3 scope 0 nexthop via 203.0.113.1 dev eth1 weight 2 nexthop via 203.0.113.2 dev eth1 weight 1',
      'broadcast 198.51.112.255 dev eth1 table 100 proto 3 scope 253',
      'default via 203.0.113.1 dev eth1 table 254 proto 3 scope 0 mtu lock 1400 window 65535 rtt 100ms rttvar 50ms ssthresh 10 cwnd 7 advmss 1300 reordering 5 hoplimit 33 initcwnd 20 features ecn rto_min lock 5ms initrwnd 30 quickack 1 congctl cubic fastopen_no_cookie 1',
      '198.51.100.0/24 tos 0x10 via 203.0.113.1 dev eth1 table 254 proto 3 scope 0',
      '198.51.102.0/24 via inet6 fe80::9 dev eth1 table 254 proto 3 scope 0',
      '198.51.103.0/24 nhid 5 via 203.0.113.7 dev eth1 table 254 proto 3 scope 0',
      '198.51.104.0/24 via 203.0.113.4 dev eth1 table 254 proto 3 scope 0 src 203.0.113.11 realms 3/4',
      '198.51.105.0/24 encap ip id 100 src 0.0.0.0 dst 10.0.0.1 ttl 0 tos 0 dev eth1 table 254 proto 3 scope 253',
      'multicast 239.0.0.0/8 dev eth1 table 254 proto 3 scope 253',
      'local 198.51.111.1 dev eth1 table 255 proto 3 scope 254',
      expect.stringMatching(
        /^2001:db8:1::\/64 encap seg6 mode encap segs 1 \[ 2001:db8::5 \] dev eth1 table 254 proto 3/,
      ),
      expect.stringMatching(
        /^2001:db8:2::\/64 dev eth1 table 254 proto 3 scope 0 metric 1024 expires \d+sec pref high$/,
      ),
      '2001:db8:3::/64 from 2001:db8:9::/64 dev eth1 table 254 proto 3 scope 0 metric 1024 pref medium',
    ]));
  test('has its token, labels and endpoints, and no others', () =>
    expect(
      ['eth1', 'eth2'].map(
        (name) =>
          snapshotOf(
            name,
            {
              ...PRINTED,
              links: '[{"ifname":"eth1"},{"ifname":"eth2"}]',
              endpoints: '[{"address":"203.0.113.11","id":3,"dev":"eth2"}]',
            },
            QUEUES,
          )?.named,
      ),
    ).toEqual([
      [],
      [
        { of: 'token', token: '::5', ifname: 'eth2' },
        { of: 'label', address: '2001:db8::', prefixlen: 32, ifname: 'eth2', label: 7 },
        { of: 'endpoint', address: '203.0.113.11', id: 3, dev: 'eth2' },
      ],
    ]));
  test('takes what new devices have in their neighbour tables from the loopback, where a namespace shows no default', () =>
    expect(
      snapshotTaken(
        printedWith(
          'settings',
          () =>
            '/proc/sys/net/ipv4/neigh/lo/gc_stale_time:60\n/proc/sys/net/ipv4/conf/lo/rp_filter:1\n/proc/sys/net/ipv4/conf/default/rp_filter:0\n',
        ),
      ).defaults,
    ).toEqual({ 'ipv4/neigh/gc_stale_time': '60', 'ipv4/conf/rp_filter': '0' }));
  test('knows which metrics are locked: the records do not say so', () =>
    expect(snapshot.routes.flatMap(({ locks }) => locks)).toEqual(['mtu', 'rto_min']));
  test('has the routes of other interfaces whose source it is', () => {
    const route =
      '{"type":"1","dst":"10.0.0.0/8","dev":"far1","table":"254","protocol":"3","scope":"253","prefsrc":"203.0.113.11","flags":[]}';
    const other = printedWith('routes', (text) => text.replace('[', `[${route},`));
    expect(snapshotTaken(other).routes.map(({ words }) => words)).toContain(
      '10.0.0.0/8 dev far1 table 254 proto 3 src 203.0.113.11',
    );
  });
  test('tells before which routes of others its own come', () => {
    const at = (dev: string, rest = ''): string =>
      `{"type":"1","dst":"203.0.113.0/24","dev":"${dev}","table":"254","protocol":"2","scope":"253","prefsrc":"203.0.113.9","flags":["linkdown"]${rest}}`;
    const lines = (dev: string): string =>
      `1 203.0.113.0/24 dev ${dev} table 254 proto 2 scope 253 src 203.0.113.9 linkdown`;
    const snapshotWith = (...devices: readonly string[]): unknown =>
      snapshotTaken({
        ...PRINTED,
        routes: `[${devices.map((dev) => at(dev)).join(',')}]`,
        routeWords: devices.map(lines).join('\n'),
      }).ahead;
    const said = (dev: string): string => `203.0.113.0/24 dev ${dev} table 254 proto 2 scope 253 src 203.0.113.9`;
    expect(snapshotWith('eth1')).toBeUndefined();
    expect(snapshotWith('eth2', 'eth1', 'eth3', 'eth4')).toEqual({ [said('eth1')]: [said('eth3'), said('eth4')] });
    expect(snapshotWith('eth2', 'eth1')).toEqual({});
  });
  test('has no other routes of other interfaces', () =>
    expect(snapshot.routes.filter(({ fields }) => fields['dev'] === 'far1' || fields['dev'] === 'lo')).toEqual([]));
  test('has the policy rules of both families', () =>
    expect(snapshot.rules.map((rule) => `${String(rule['family'])} ${ruleWords(rule)}`)).toEqual([
      '4 priority 99 from all fwmark 0x3 oif eth1 lookup 101',
      '4 priority 32765 from all iif eth1 lookup 100',
      '6 priority 32765 from all iif eth1 lookup 100',
    ]));
  test('has a policy rule of which netctl does not know all, whatever it is about', () => {
    const strange =
      '[{"priority":100,"src":"10.0.0.1","table":"200","frob":7},{"priority":101,"src":"10.0.0.2","table":"200"}]';
    expect(
      snapshotOf('eth1', { ...PRINTED, rules: { 4: strange, 6: '[]' } }, QUEUES)?.rules.map(({ priority }) => priority),
    ).toEqual([100]);
  });
  test("has the neighbours that somebody has put there, and none of the kernel's own", () =>
    expect(snapshot.neighbours.map((neighbour) => neighbourWords(neighbour, 'eth1'))).toEqual([
      '203.0.113.1 lladdr 02:00:00:00:00:99 dev eth1 nud permanent',
      '203.0.113.2 lladdr 02:00:00:00:00:99 dev eth1 nud noarp',
      'proxy 203.0.113.9 dev eth1',
      'proxy 2001:db8::9 dev eth1',
    ]));
  test('has next-hop objects, and the groups with them', () =>
    expect(snapshot.nexthops.map(({ id }) => id)).toEqual([5, 6]));
  test('has multicast MACs that somebody has joined', () => expect(snapshot.joins).toEqual(['33:33:00:00:00:05']));
  test('has its queues', () => expect(snapshot.qdiscs.map(({ kind }) => kind)).toEqual(['tbf', 'clsact']));
  test('has its settings', () =>
    expect([snapshot.settings['ipv4/conf/rp_filter'], snapshot.settings['ipv6/neigh/gc_stale_time']]).toEqual([
      '0',
      '60',
    ]));
  test('has nothing that depends on it, where that is the other end of a veth', () =>
    expect(snapshot.dependents).toEqual([]));
});

for (const [name, link] of [
  ['a VLAN', { ifindex: 9, ifname: 'eth1.5', link: 'eth1', linkinfo: { info_kind: 'vlan', info_data: { id: 5 } } }],
  [
    'a macvlan',
    { ifindex: 9, ifname: 'mv0', link: 'eth1', linkinfo: { info_kind: 'macvlan', info_data: { mode: 'vepa' } } },
  ],
  [
    'a tunnel that is bound to it',
    { ifindex: 9, ifname: 'vx0', linkinfo: { info_kind: 'vxlan', info_data: { id: 7, link: 'eth1' } } },
  ],
] as const) {
  test(`has ${name}`, () =>
    expect(
      snapshotTaken(printedWith('links', (text) => text.replace('[', `[${JSON.stringify(link)},`))).dependents,
    ).toEqual([link]));
}

test('has the device that it is in', () => {
  const inBond = printedWith('links', (text) =>
    text
      .replace('[', '[{"ifindex":9,"ifname":"bond0","linkinfo":{"info_kind":"bond"}},')
      .replace('"ifname":"eth1",', '"ifname":"eth1","master":"bond0",'),
  );
  expect(snapshotTaken(inBond).master).toEqual({ ifindex: 9, ifname: 'bond0', linkinfo: { info_kind: 'bond' } });
});
