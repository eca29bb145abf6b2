// test/transaction/probes.test.ts — which ways out an apply asks, where routes of several tables come along with an
// uplink.
import { expect, test } from 'vitest';
import { Bench } from '../commands/bench.ts';
import type { Probe } from '../../src/probes/model.ts';

const HOST =
  'interface eth1\ninterface eth2\naddress add 203.0.113.11/24 brd 203.0.113.255 dev eth1\n' +
  'address add 10.20.0.11/24 brd 10.20.0.255 dev eth2\nroute add default via 203.0.113.1 dev eth1\n';
const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br100, interface: eth2, cidr: 10.0.0.0/24 }\n';

for (const [name, route, any] of [
  [
    'a default route of another table comes along: it is no second way out',
    'route add default via 10.20.0.1 dev eth2 table 77',
    undefined,
  ],
  ['one of the main table is', 'route add default via 10.20.0.1 dev eth2 metric 500', true],
] as const) {
  test(name, async () => {
    const asked: Probe[] = [];
    const { code } = await new Bench(`${HOST}${route}\n`).apply(
      SPEC,
      { yes: true },
      {
        probe: (probes) => {
          asked.push(...probes);
          return Promise.resolve(probes.map((probe) => ({ probe, answered: true, ms: 1 })));
        },
      },
    );
    expect(code).toBe(0);
    expect([
      ...new Set(asked.flatMap(({ target }) => (target.kind === 'way' && target.family === 4 ? [target.any] : []))),
    ]).toEqual([any]);
  });
}
