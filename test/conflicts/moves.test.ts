// test/conflicts/moves.test.ts — an uplink that changes its bridge, or leaves it: what is said of the host's routes is
// what will be so, and no more.
import { describe, expect, test } from 'vitest';
import { Bench } from '../commands/bench.ts';

const HOST = `interface eth1
interface eth2
address add 203.0.113.11/24 brd 203.0.113.255 dev eth1
address add 10.20.0.11/24 brd 10.20.0.255 dev eth2
`;
const BY_ETH1 = 'route add default via 203.0.113.1 dev eth1\n';
const spec = (lab: string, more = ''): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, ${lab} }
  priv: { mode: flat-dhcp, cidr: 192.168.60.0/24, interface: null }
${more}pools: { public: { ranges: [203.0.113.64/27] } }
instances: { vm-1: { nics: [{ network: priv, floating: [203.0.113.70], device: { type: tap } }] } }
`;

const told = (err: string): readonly string[] =>
  [...err.matchAll(/warning: (.*)$/gm)]
    .map(([, line = '']) => line)
    .filter((line) => /\[(other-way-out|no-way-out|rp-filter|not-forwarding)\]/.test(line));

/** What a plan says, the apply of it, and the status behind it. */
async function saidOf(bench: Bench, text: string): Promise<readonly (readonly string[])[]> {
  const planned = await bench.plan(text);
  const done = await bench.apply(text, { allowMassDelete: true });
  expect([planned.code, done.code, done.err]).toEqual([0, 0, expect.anything()]);
  const status = await bench.status(text);
  return [planned, done, status].map(({ err, out }) => told(err + out));
}

const NOTHING = [[], [], []];

describe('the uplink is the way out', () => {
  const moves = [
    ['into a bridge of another name', spec('interface: eth1'), spec('interface: eth1, bridge: brx')],
    [
      'to another network',
      spec('interface: eth1'),
      spec('interface: null', '  new: { mode: flat-dhcp, cidr: 192.168.70.0/24, interface: eth1 }\n'),
    ],
    [
      'to a network that has a bridge already',
      spec('interface: eth1', '  new: { mode: flat-dhcp, cidr: 192.168.70.0/24, interface: null }\n'),
      spec('interface: null', '  new: { mode: flat-dhcp, cidr: 192.168.70.0/24, interface: eth1 }\n'),
    ],
    ['to itself, and the bridge stays', spec('interface: eth1'), spec('interface: null')],
    ['to itself, and the bridge goes', spec('interface: eth1'), spec('interface: eth2')],
    [
      'changed for the other one',
      spec('interface: eth1', '  new: { mode: flat-dhcp, cidr: 192.168.70.0/24, interface: eth2 }\n'),
      spec('interface: eth2', '  new: { mode: flat-dhcp, cidr: 192.168.70.0/24, interface: eth1 }\n'),
    ],
  ] as const;
  for (const [name, before, after] of moves) {
    test(name, async () => {
      const bench = new Bench(`${HOST}${BY_ETH1}`);
      expect([await saidOf(bench, before), await saidOf(bench, after), await saidOf(bench, before)]).toEqual([
        NOTHING,
        NOTHING,
        NOTHING,
      ]);
    });
  }
});

test('what somebody has lost of it comes again, and until then another way', async () => {
  const bench = new Bench(`${HOST}${BY_ETH1}route add default via 10.20.0.1 dev eth2 metric 500\n`);
  expect(await saidOf(bench, spec('interface: eth1'))).toEqual(NOTHING);
  bench.scene.befall('route del default dev br-lab metric 0');
  expect((await bench.status(spec('interface: eth1'))).code).toBe(2);
  expect(await saidOf(bench, spec('interface: eth1'))).toEqual(NOTHING);
});

describe('and what will be so is said all the same', () => {
  const leaves = (link: string, more: string): string =>
    `what instances send to the outside leaves by ${link} (route 0.0.0.0/0 via 10.20.0.1 dev ${link}) and not by eth1 (publicInterface), ${more}`;
  test('the way out is another uplink, which goes into a bridge of another name', async () => {
    const bench = new Bench(`${HOST}route add default via 10.20.0.1 dev eth2\n`);
    const [plan = [], ...rest] = [
      ...(await saidOf(bench, spec('interface: eth2'))),
      ...(await saidOf(bench, spec('interface: eth2, bridge: brx'))),
    ];
    expect(plan.join()).toContain(leaves('eth2', 'where it is not source-NATed'));
    expect(rest.map((lines) => lines.join())).toEqual([
      expect.stringContaining(leaves('eth2', '')),
      expect.stringContaining(leaves('br-lab', '')),
      ...Array.from({ length: 3 }, () => expect.stringContaining(leaves('brx', '')) as unknown),
    ]);
  });

  test('the way out goes back to its interface, which is not the public one', async () => {
    const bench = new Bench(`${HOST}route add default via 10.20.0.1 dev eth2\n`);
    await saidOf(bench, spec('interface: eth2'));
    const all = await saidOf(bench, spec('interface: null'));
    expect(all.map((lines) => lines.join())).toEqual(
      Array.from({ length: 3 }, () => expect.stringContaining(leaves('eth2', '')) as unknown),
    );
  });

  test('an instance is the router of a bridge that stays, and the uplink leaves it', async () => {
    const bench = new Bench(`${HOST}${BY_ETH1}`);
    await saidOf(bench, spec('interface: eth1'));
    bench.scene.befall('route del default dev br-lab\nroute add default via 192.168.50.9 dev br-lab');
    const { err } = await bench.plan(spec('interface: null'));
    expect(told(err).join()).toContain(
      'leaves by br-lab (route 0.0.0.0/0 via 192.168.50.9 dev br-lab) and not by eth1 (publicInterface)',
    );
  });

  test('without pruning the uplink stays in its bridge, with the way out', async () => {
    const bench = new Bench(`${HOST}${BY_ETH1}`);
    await saidOf(bench, spec('interface: eth1'));
    const { err } = await bench.apply(spec('interface: null'), { prune: false });
    expect(told(err).join()).toContain('leaves by br-lab');
  });
});
