// test/kernel/uplinks/carried.test.ts — uplinks with one attribute more than the usual each: it works by the bridge,
// and is on the interface again afterwards.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isNightly } from '../../nightly.ts';
import { Lab, must } from '../lab.ts';
import type { Row } from './row.ts';
import { ROWS } from './rows.ts';
import { whole } from './whole.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

describe('goes along, and comes back to the letter', () => {
  for (const rows of isNightly ? ROWS.map((row) => [row]) : together(ROWS, 9)) {
    test(rows.map(([name]) => name).join(' + '), () => {
      for (const command of rows.flatMap(([, made]) => made)) must(lab.in(lab.host, command.split(' ')));
      const before = whole(lab);
      must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      for (const [name, , asked, holds] of rows)
        if (asked !== undefined && holds !== undefined)
          expect(lab.in(lab.host, asked.split(' ')).out.trim(), `${name}: ${asked}`).toMatch(holds);
      expect(lab.netctl(['status']).code, 'status').toBe(0);
      must(lab.netctl(['destroy', '--yes']));
      expect(whole(lab)).toEqual(before);
    });
  }
});

/** What has nothing to do with the others: a route, a setting, an address more, a neighbour or the like. */
const APART: readonly RegExp[] = [
  /^ip (-6 )?route add /,
  /^sysctl .*\.(?!forwarding|disable_ipv6)\w+=/,
  /^ip addr add /,
  /^(ip (neigh|token|addrlabel|mptcp|maddr)|tc) /,
];

/** Two to four of each sort on one interface, in so many groups; the others alone. */
function together(rows: readonly Row[], groups: number): readonly (readonly Row[])[] {
  const sortOf = ([, made]: Row): number =>
    made.length === 1 ? APART.findIndex((sort) => sort.test(made[0] ?? '')) : -1;
  const sorts = APART.map((_, sort) => rows.filter((row) => sortOf(row) === sort));
  return [
    ...rows.filter((row) => sortOf(row) === -1).map((row) => [row]),
    ...Array.from({ length: groups }, (_, group) =>
      sorts.flatMap((sort) => sort.filter((_row, i) => i % groups === group)),
    ),
  ];
}

test('an MTU for IPv6 alone, which the kernel forgets with that of the device, is set again', () => {
  must(
    lab.in(lab.host, [
      'timeout',
      '10',
      'sh',
      '-c',
      'until ip link show dev eth1 | grep -q "state UP"; do sleep 0.05; done',
    ]),
  );
  lab.ip(lab.host, 'link set dev eth1 mtu 1450');
  must(lab.in(lab.host, ['sysctl', '-qw', 'net.ipv6.conf.eth1.mtu=1400']));
  const before = whole(lab);
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  expect(lab.in(lab.host, ['sysctl', '-n', 'net.ipv6.conf.eth1.mtu']).out).toBe('1500\n');
  must(lab.netctl(['destroy', '--yes']));
  expect(whole(lab)).toEqual(before);
  // Nor is it lost by an apply that is rolled back.
  must(lab.netctl(['apply', '--yes', '--confirm-timeout', '300s', '--no-wait'], { spec: SPEC }));
  must(lab.netctl(['rollback', '--yes']));
  expect(whole(lab)).toEqual(before);
});
