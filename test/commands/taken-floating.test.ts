// test/commands/taken-floating.test.ts — a floating address that somebody on the wire has, as the host's own table of neighbours knows.
import { expect, test } from 'vitest';
import { Bench } from './bench.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24 } }
pools: { public: { ranges: [203.0.113.64/28] } }
instances:
  vm-1: { nics: [{ network: lab, floating: [203.0.113.70] }] }
`;
const HOST = 'interface eth1\nlink set dev eth1 up\naddress add 203.0.113.11/24 brd + dev eth1\n';
const heard = (state: string, ip = '203.0.113.70', mac = '02:00:00:00:00:99'): string => `${HOST}neigh replace ${ip} lladdr ${mac} nud ${state} dev eth1\n`;

test('one that somebody has asks before it is taken, and not once it is here', async () => {
  const bench = new Bench(heard('permanent'));
  const said = expect.stringMatching(/^spec\.yaml:6:\d+: warning: 02:00:00:00:00:99 on eth1 had 203\.0\.113\.70 when this host last heard of it \(PERMANENT\)[^]*\[floating-taken\]/m) as string;
  expect(await bench.plan(SPEC)).toMatchObject({ code: 0, err: said });
  expect(await bench.apply(SPEC)).toMatchObject({ code: 0, err: said });
  expect((await bench.plan(SPEC)).err).not.toContain('floating-taken');
});

test('of another address nothing is said', async () => {
  expect((await new Bench(heard('permanent', '203.0.113.71')).plan(SPEC)).err).not.toContain('floating-taken');
});
