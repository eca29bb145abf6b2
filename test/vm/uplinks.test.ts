// test/vm/uplinks.test.ts — devices that the kernel under other tests does not make: which of them are refused as
// uplinks, and what goes on working on one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from '../kernel/lab.ts';

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
});
afterAll(() => {
  lab.close();
});

const network = (name: string, link: string, third: number): string =>
  `  ${name}: { mode: flat, bridge: br-${name}, interface: ${link}, cidr: 10.7.${third}.0/24, gateway: null }\n`;

test('all that stand in the way are said at once, each at its line, and nothing is changed', () => {
  for (const words of [
    ...[1, 2, 3, 4, 5].map((number) => `link add name dum${number} type dummy`),
    'link add link dum1 name mv0 type macvlan',
    'link add link dum2 name iv0 type ipvlan',
    'link add name bond0 type bond mode active-backup',
    'link set dev dum3 master bond0',
    'link add name vrf1 type vrf table 10',
    'link set dev dum4 master vrf1',
    'link add link dum5 name ms0 type macsec',
    'link add name wg0 type wireguard',
  ])
    lab.ip(lab.host, words);
  const names = ['dum1', 'dum2', 'dum3', 'dum4', 'dum5', 'wg0', 'iv0', 'vrf1'];
  const spec = `apiVersion: netctl/v1\nnetworks:\n${names.map((name, i) => network(`n${i}`, name, i)).join('')}`;
  const shown = (): string => lab.ip(lab.host, '-d addr').replaceAll(/(valid_lft|preferred_lft) \w+/g, '');
  const before = shown();
  const { code, err } = lab.netctl(['apply', '--yes'], { spec });
  const told = err
    .split('\n')
    .filter((line) => / error: .*\[uplink-/.test(line))
    .map((line) => line.replace(/^.*spec\.yaml:(\d+):\d+: /, '$1 '));
  // Dummies are down, and without ARP: that is said besides.
  expect([code, told.toSorted()]).toEqual([
    1,
    [
      expect.stringContaining('10 error: the kernel puts vrf1 in no bridge: it is of the kind vrf'),
      expect.stringContaining('3 error: mv0 (macvlan) depends on dum1: it gets the packets that come in by it'),
      expect.stringContaining('4 error: iv0 (ipvlan) depends on dum2: it gets the packets'),
      expect.stringContaining('5 error: dum3 is in the bond bond0'),
      expect.stringContaining('6 error: dum4 is in the VRF vrf1'),
      expect.stringContaining('7 error: ms0 (macsec) depends on dum5: it gets the packets'),
      expect.stringContaining(
        '8 error: the kernel puts wg0 in no bridge: it has no Ethernet link layer (wireguard, none)',
      ),
      expect.stringContaining('9 error: the kernel puts iv0 in no bridge: it is of the kind ipvlan'),
    ],
  ]);
  expect(shown()).toBe(before);
});

test('VLAN devices on an uplink go on working, and nothing is said of them', () => {
  for (const [namespace, trunk, own] of [
    [lab.host, 'eth2', 1],
    [lab.world, 'far2', 2],
  ] as const) {
    lab.ip(namespace, `link add link ${trunk} name vlan100 type vlan id 100`);
    lab.ip(namespace, `address add 10.0.100.${own}/24 dev vlan100`);
    lab.ip(namespace, 'link set dev vlan100 up');
  }
  expect(lab.pings(lab.world, '10.0.100.1')).toBe(true);
  const applied = must(
    lab.netctl(['apply', '--yes'], { spec: `apiVersion: netctl/v1\nnetworks:\n${network('lab', 'eth2', 9)}` }),
  );
  expect(applied.err).not.toContain('[uplink-');
  expect(lab.ip(lab.host, '-br link show master br-lab')).toContain('eth2');
  expect(lab.pings(lab.world, '10.0.100.1')).toBe(true);
});
