// test/commands/route-by-floating.test.ts — a route of the operator's by another interface, with an address of netctl's
// as its source, falls with that: it is said before.
import { expect, test } from 'vitest';
import { Bench } from './bench.ts';

const HOST = `interface eth1
interface eth2
address add 203.0.113.11/24 dev eth1
address add 10.9.0.5/24 dev eth2
`;
const spec = (rest: string): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24${rest}
`;
const FLOATING = spec(
  ' } }\npools: { pub: { ranges: [203.0.113.65] } }\ninstances: { vm-1: { nics: [{ network: lab, floating: [203.0.113.65] }] } }',
);
const SNAT = spec(', snat: 203.0.113.65 } }');
const NONE = spec(' } }');
const SAID =
  /warning: a route has 203\.0\.113\.65 of eth1 as source, and falls with that: 10\.67\.0\.0\/16 via 10\.9\.0\.1 dev eth2 src 203\.0\.113\.65 {2}\[route-lost\]/;

test.each([
  ['a floating address', FLOATING],
  ['one that a network goes out with', SNAT],
])('%s', async (_name, with_) => {
  const bench = new Bench(HOST);
  expect((await bench.apply(with_)).code).toBe(0);
  bench.scene.befall('route add 10.67.0.0/16 via 10.9.0.1 dev eth2 src 203.0.113.65\n');
  expect((await bench.plan(with_)).err).not.toContain('route-lost');
  expect((await bench.plan(NONE)).err).toMatch(SAID);
  expect((await bench.destroy()).err).toMatch(SAID);
});
