// test/kernel/uplinks/source-address.test.ts — a network that is the one which its uplink is in: from which address the
// host speaks to its neighbours.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

const spec = (server: string, cidr = '203.0.113.0/24'): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: ${cidr}, allocate: [203.0.113.64/27], gateway: 203.0.113.1, dhcp: { server: ${server} } }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const source = (ip: string): string => /src (\S+)/.exec(lab.ip(lab.host, `route get ${ip}`))?.[1] ?? '';

test("from the network's own, which plan says; beyond it, and again afterwards, from the host's", () => {
  expect(lab.netctl(['plan'], { spec: spec('203.0.113.40') })).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /warning: connections that the host begins to 203\.0\.113\.0\/24 will come from 203\.0\.113\.40, .*, and come from 203\.0\.113\.11 now.*\[uplink-source-address\]/,
    ) as string,
  });
  const applied = must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.40') }));
  expect(applied.err).toContain('hint: `dhcp: { server: 203.0.113.11 }`');
  expect([source('203.0.113.99'), source('192.0.2.1')]).toEqual(['203.0.113.40', '203.0.113.11']);
  // It is so by now.
  expect(lab.netctl(['plan'], { spec: spec('203.0.113.40') }).err).not.toContain('uplink-source-address');
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(source('203.0.113.99')).toBe('203.0.113.11');
});

test("by the way out that it says, from the host's own throughout", () => {
  const applied = must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.11') }));
  expect(applied.err).not.toContain('uplink-source-address');
  expect([source('203.0.113.99'), source('192.0.2.1')]).toEqual(['203.0.113.11', '203.0.113.11']);
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(source('203.0.113.99')).toBe('203.0.113.11');
});

test("the lower half of the LAN, by the host's address: plan says that the upper half has no route of its own any more; and it is all there again afterwards", () => {
  const [half, before] = [spec('203.0.113.11', '203.0.113.0/25'), lab.snapshot()];
  expect(lab.netctl(['plan'], { spec: half }).err).toMatch(
    /warning: the host's 203\.0\.113\.11\/24 on eth1 becomes 203\.0\.113\.11\/25 on br-lab, .* no route of its own to 203\.0\.113\.128\/25 any more.*\[uplink-prefix\]/,
  );
  must(lab.netctl(['apply', '--yes'], { spec: half }));
  expect(lab.ip(lab.host, 'route get 203.0.113.200')).toContain('via 203.0.113.1');
  expect(lab.netctl(['plan'], { spec: half }).err).not.toContain('uplink-prefix');
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(lab.snapshot()).toBe(before);
});

test('the same, with another name of its bridge at once', () => {
  must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.11') }));
  const half = spec('203.0.113.11', '203.0.113.0/25').replace('br-lab', 'br-new');
  expect(lab.netctl(['plan'], { spec: half }).err).toMatch(
    /the host's 203\.0\.113\.11\/24 on br-lab becomes 203\.0\.113\.11\/25 on br-new, .*\[uplink-prefix\]/,
  );
});

test('the lower half of the LAN, by an address of its own, which plan says', () => {
  const applied = must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.40', '203.0.113.0/25') }));
  expect(applied.err).toMatch(
    /the host begins to 203\.0\.113\.0\/25 will come from 203\.0\.113\.40, .*\[uplink-source-address\]/,
  );
  expect([source('203.0.113.99'), source('203.0.113.200')]).toEqual(['203.0.113.40', '203.0.113.11']);
});

for (const [name, lines] of [
  ['a metric', ['address add 203.0.113.11/24 brd + metric 1024 dev eth1']],
  [
    "a route of somebody's instead of the kernel's",
    [
      'address add 203.0.113.11/24 brd + noprefixroute dev eth1',
      'route add 203.0.113.0/24 dev eth1 proto kernel scope link src 203.0.113.11 metric 100',
    ],
  ],
] as const)
  test(`an address of the host\'s with ${name} has on the bridge the routes that it had, and nobody is said to have changed it`, () => {
    for (const line of [
      'address flush dev eth1',
      ...lines,
      'route add default via 203.0.113.1 dev eth1 src 203.0.113.11',
    ])
      lab.ip(lab.host, line);
    const routes = (link: string): string =>
      lab
        .ip(lab.host, `route show dev ${link}`)
        .replaceAll(/ proto \S+/g, '')
        .split('\n')
        .sort()
        .join('\n');
    const [before, all] = [routes('eth1'), lab.snapshot()];
    must(lab.netctl(['apply', '--yes'], { spec: spec('203.0.113.11') }));
    expect(routes('br-lab')).toBe(before);
    expect(must(lab.netctl(['destroy', '--yes'], { spec: null })).err).not.toContain('somebody');
    expect(lab.snapshot()).toBe(all);
  });
