// test/kernel/unnumbered.test.ts — an interface without an IPv4 address of its own, as hosters give them: floating
// addresses come and go on it, and its routes and neighbours stay.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const WORDS = [
  'address del 203.0.113.11/24 dev eth1',
  'address add 203.0.113.11/32 dev lo',
  'route add default via 203.0.113.1 dev eth1 onlink src 203.0.113.11',
  'route add 198.51.100.0/24 via 203.0.113.1 dev eth1 onlink table 77',
  'neigh add 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent dev eth1',
  'neigh add proxy 198.51.100.9 dev eth1 protocol 8',
  'neigh add 2001:db8::9 lladdr 02:00:00:00:00:99 nud permanent dev eth1',
];

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
  for (const words of WORDS) lab.ip(lab.host, words);
  lab.ip(lab.world, 'route add 203.0.113.11/32 dev far1');
});
afterEach(() => {
  lab.close();
});

const spec = (floating: readonly string[]): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1, sourceAddress: 203.0.113.11 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 } }
pools: { public: { ranges: [203.0.113.64/28] } }
instances: { vm-1: { nics: [{ network: lab${floating.length === 0 ? '' : `, floating: [${floating.join(', ')}]`} }] } }
`;

test('the kernel flushes them with the last address, and they are put back in the same batch', () => {
  const ofEth1 = (words: string): string[] =>
    lab
      .ip(lab.host, words)
      .split('\n')
      .filter((line) => line !== '');
  const held = (): readonly string[] => [
    ...ofEth1('route show table all dev eth1')
      .filter((line) => !/^(local|broadcast|fe80|multicast)/.test(line))
      .sort(),
    ...ofEth1('neigh show nud permanent dev eth1').sort(),
    ...ofEth1('neigh show proxy dev eth1'),
  ];
  const before = held();
  expect(before).toHaveLength(5);
  const apply = (floating: readonly string[]): string =>
    must(lab.netctl(['apply', '--yes', '--host', 'h1'], { spec: spec(floating) })).out;
  apply(['203.0.113.70', '203.0.113.71']);
  expect(apply(['203.0.113.70'])).not.toContain('interrupts: link eth1');
  expect(held()).toEqual(before);
  expect(apply([])).toContain('link eth1');
  expect(held()).toEqual(before);
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  apply(['203.0.113.72']);
  must(lab.netctl(['destroy', '--yes']));
  expect(held()).toEqual(before);
});
