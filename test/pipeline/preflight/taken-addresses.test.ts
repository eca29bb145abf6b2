// test/pipeline/preflight/taken-addresses.test.ts — an address to be added that somebody on the wire has, as the host's
// own tables of neighbours and routes know.
import { expect, test } from 'vitest';
import { Bench } from '../../commands/bench.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24 } }
pools: { public: { ranges: [203.0.113.64/28] } }
instances:
  vm-1: { nics: [{ network: lab, floating: [203.0.113.70] }] }
`;
const HOST = 'interface eth1\nlink set dev eth1 up\naddress add 203.0.113.11/24 brd + dev eth1\n';
const heard = (state: string, ip = '203.0.113.70', mac = '02:00:00:00:00:99'): string =>
  `${HOST}neigh replace ${ip} lladdr ${mac} nud ${state} dev eth1\n`;

test('one that somebody has asks before it is taken, and not once it is here', async () => {
  const bench = new Bench(heard('permanent'));
  const said = expect.stringMatching(
    /^spec\.yaml:6:\d+: warning: 02:00:00:00:00:99 on eth1 had 203\.0\.113\.70 when this host last heard of it \(PERMANENT\)[^]*\[address-taken\]/m,
  ) as string;
  expect(await bench.plan(SPEC)).toMatchObject({ code: 0, err: said });
  expect(await bench.apply(SPEC)).toMatchObject({ code: 0, err: said });
  expect((await bench.plan(SPEC)).err).not.toContain('address-taken');
});

test('of another address nothing is said', async () => {
  expect((await new Bench(heard('permanent', '203.0.113.71')).plan(SPEC)).err).not.toContain('address-taken');
});

const snat = SPEC.replace('cidr: 10.0.0.0/24', 'cidr: 10.0.0.0/24, snat: 203.0.113.80').replace(
  ', floating: [203.0.113.70]',
  '',
);

test('one that instances go out with asks, too', async () => {
  expect(await new Bench(heard('permanent', '203.0.113.80')).plan(snat)).toMatchObject({
    code: 0,
    err: expect.stringMatching(
      /^spec\.yaml:3:\d+: warning: 02:00:00:00:00:99 on eth1 had 203\.0\.113\.80 [^]*\[address-taken\]/m,
    ) as string,
  });
});

for (const [name, spec, ip, route] of [
  ['a floating address', SPEC, '203.0.113.70', 'default via 203.0.113.70'],
  ['one that instances go out with', snat, '203.0.113.80', '198.51.100.0/24 via 203.0.113.80 table 7'],
] as const)
  test(`${name} that is a router of the host's own asks first`, async () => {
    const bench = new Bench(`${HOST}route add ${route} dev eth1\n`);
    const asks = expect.stringMatching(
      new RegExp(
        `^spec\\.yaml:\\d+:\\d+: warning: ${ip} is a router that this host sends to \\(${route.replace(/ table 7/, '')} dev eth1\\)[^]*\\[address-router\\]`,
        'm',
      ),
    ) as string;
    expect(await bench.plan(spec)).toMatchObject({ code: 0, err: asks });
    expect((await bench.apply(spec)).err).toEqual(asks);
  });
