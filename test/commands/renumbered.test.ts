// test/commands/renumbered.test.ts — an operator renumbers a host on its bridge, where its address is, and the uplink
// goes into another bridge later.
import { expect, test } from 'vitest';
import { Bench } from './bench.ts';

const HOST = `interface eth1
address add 203.0.113.11/24 brd 203.0.113.255 dev eth1
route add default via 203.0.113.1 dev eth1
`;
const spec = (...networks: readonly string[]): string =>
  `apiVersion: netctl/v1\nnetworks:\n${networks.map((one, i) => `  n${i}: { mode: flat-dhcp, snat: false, cidr: 10.0.${i}.0/24, ${one} }\n`).join('')}`;
const BEFORE = spec('bridge: br-lab, interface: eth1');
const BY_HIM = `address del 203.0.113.11/24 dev br-lab
address add 203.0.113.20/24 brd 203.0.113.255 dev br-lab
route replace default via 203.0.113.1 dev br-lab
address add 10.9.0.1/24 dev br-lab
route add 10.1.0.0/16 via 10.9.0.9 dev br-lab
`;
const HIS = ['203.0.113.20/24', '10.9.0.1/24', 'default via 203.0.113.1', '10.1.0.0/16 via 10.9.0.9'];

async function renumbered(): Promise<Bench> {
  const bench = new Bench(HOST);
  expect((await bench.apply(BEFORE)).code).toBe(0);
  bench.scene.befall(BY_HIM);
  return bench;
}

/** Addresses and routes of one link. */
function held(bench: Bench, link: string): string {
  const text = bench.scene.held().get('ip-addr.txt') ?? '';
  const addresses = new RegExp(`^${link}: .*\\n((?: .*\\n)*)`, 'm').exec(text)?.[1] ?? '';
  return addresses + [...text.matchAll(/^route .*$/gm)].filter(([line]) => line.includes(` dev ${link} `)).join('\n');
}

test.each([
  ['of another name', spec('bridge: br-prod, interface: eth1'), ''],
  ['of another network', spec('bridge: br-lab, interface: null', 'bridge: br-prod, interface: eth1'), '10.0.0.1/24'],
])('what he has put on the bridge goes along to one %s, and to the interface in the end', async (_name, then, left) => {
  const [bench, straight] = [await renumbered(), await renumbered()];
  const { code, err } = await bench.apply(then);
  expect([code, err]).toEqual([0, expect.not.stringMatching(/bridge-address|route-lost/)]);
  for (const words of HIS) {
    expect(held(bench, 'br-prod')).toContain(words);
    expect(held(bench, 'br-lab')).not.toContain(words);
  }
  expect(held(bench, 'br-lab')).toContain(left);
  expect(await bench.plan(then, { detailedExitcode: true })).toMatchObject({ code: 0, err: '' });
  expect((await bench.destroy()).code).toBe(0);
  expect((await straight.destroy()).code).toBe(0);
  for (const words of HIS) expect(held(bench, 'eth1')).toContain(words);
  expect(bench.scene.snapshot()).toBe(straight.scene.snapshot());
});

test('what he removes of it there is his to remove, also with what was reached by it', async () => {
  const bench = await renumbered();
  const then = spec('bridge: br-prod, interface: eth1');
  expect((await bench.apply(then)).code).toBe(0);
  bench.scene.befall('address del 10.9.0.1/24 dev br-prod\n');
  const { code, err } = await bench.apply(then);
  expect([code, err]).toEqual([0, expect.stringMatching(/^warning: 10\.9\.0\.1\/24, .* is on br-prod no more/)]);
  // The kernel has left it.
  expect(held(bench, 'br-prod')).toContain('10.1.0.0/16 via 10.9.0.9');
  bench.scene.befall('route del 10.1.0.0/16 dev br-prod\n');
  bench.scene.befall(
    'address del 203.0.113.20/24 dev br-prod\naddress add 198.51.100.20/24 dev br-prod\nroute del default dev br-prod\n',
  );
  expect(await bench.apply(then)).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /warning: the route default via 203\.0\.113\.1, .* is there no more, and no address there reaches 203\.0\.113\.1: it is not made again/,
    ) as string,
  });
  expect(held(bench, 'br-prod')).not.toContain('203.0.113');
  expect(await bench.apply(then)).toMatchObject({ code: 0, err: '' });
});
