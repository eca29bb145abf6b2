// test/commands/address-of-the-host.test.ts — an address that the host has itself is not given to an instance, however
// the host has it.
import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';

const ROUTER = 'route add default via 172.31.1.1 dev eth1 onlink\n';
const spec = (network: string, floating: string): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, bridge: br100, interface: ${network}, cidr: 10.0.0.0/24 } }
pools: { pub: { ranges: [203.0.113.11, 203.0.113.64/28] } }
instances:
  vm-1: { nics: [{ network: lab, floating: [${floating}] }] }
`;

describe.each([
  ['alone on the uplink', 'address add 203.0.113.11/32 dev eth1', 'eth1', 'claimed-twice'],
  ['with its network on the uplink', 'address add 203.0.113.11/24 dev eth1', 'eth1', 'claimed-twice'],
  ['point-to-point on the uplink', 'address add 203.0.113.11 peer 172.31.1.1/32 dev eth1', 'eth1', 'address-foreign'],
  ['alone on an interface', 'address add 203.0.113.11/32 dev eth1', 'null', 'address-foreign'],
  ['point-to-point on an interface', 'address add 203.0.113.11 peer 172.31.1.1/32 dev eth1', 'null', 'address-foreign'],
  ['point-to-point elsewhere', 'address add 203.0.113.11 peer 172.31.1.1/32 dev eth2', 'null', 'address-foreign'],
])('the host has it %s', (_how, line, network, code) => {
  const host = `interface eth1\ninterface eth2\n${line}\n`;

  // What the spec asks for twice is no spec.
  const exit = code === 'claimed-twice' ? 65 : 1;

  test('before the first apply', async () => {
    const bench = new Bench(host + ROUTER);
    const before = bench.scene.snapshot();
    expect(await bench.plan(spec(network, '203.0.113.11'))).toMatchObject({
      code: exit,
      err: expect.stringMatching(new RegExp(`error: .*203\\.0\\.113\\.11.*\\[${code}\\]`)) as string,
    });
    expect((await bench.apply(spec(network, '203.0.113.11'))).code).toBe(exit);
    expect(bench.scene.snapshot()).toBe(before);
  });

  test('by an edit of the spec', async () => {
    const bench = new Bench(host + ROUTER);
    expect((await bench.apply(spec(network, '203.0.113.65'))).code).toBe(0);
    const before = bench.scene.snapshot();
    expect(await bench.apply(spec(network, '203.0.113.11'))).toMatchObject({
      code: exit,
      err: expect.stringContaining(`[${code}]`) as string,
    });
    expect(bench.scene.snapshot()).toBe(before);
    // Nor is it dealt to whoever asks for any.
    expect((await bench.apply(spec(network, '{ pool: pub }'))).code).toBe(0);
    expect(bench.scene.snapshot()).toBe(before);
  });
});

test('what netctl has bound stays, also when its interface becomes an uplink, and when the store is lost', async () => {
  const bench = new Bench(`interface eth1\naddress add 203.0.113.11/32 dev eth1\n${ROUTER}`);
  expect((await bench.apply(spec('null', '203.0.113.65'))).code).toBe(0);
  expect(await bench.apply(spec('eth1', '203.0.113.65'))).toMatchObject({ code: 0, err: '' });
  await bench.forget();
  expect(await bench.plan(spec('eth1', '203.0.113.65'), { detailedExitcode: true })).toMatchObject({ code: 0 });
});
