// test/kinds/address/address.test.ts — which addresses are ours, which are borrowed or in the way, and what is told to
// `ip`.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/core/resource.ts';
import { parseLinks, READ_LINKS } from '../../../src/iproute2/links.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../../src/iproute2/route-lines.ts';
import { address } from '../../../src/kinds/address/index.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { link } from '../../../src/kinds/link/index.ts';
import { addressesOf } from '../../../src/kinds/address/observe.ts';
import { createIp } from '../../fake-host/ip.ts';

const gateway: Address = { kind: 'address', link: 'br-lab', cidr: '10.0.0.1/24', broadcast: '10.0.0.255', first: true };
const moved: Address = { kind: 'address', link: 'br-lab', cidr: '192.0.2.5/24', movedFrom: 'eth1' };
const service: Address = { kind: 'address', link: 'lo', cidr: '169.254.169.254/32', scope: 'link' };
const back: Address = { kind: 'address', link: 'eth1', cidr: '192.0.2.5/24', borrowed: true, label: 'eth1:0' };

describe('of a host’s addresses', () => {
  for (const [name, lines, wanted, found] of [
    [
      'ours by the metric',
      ['address replace 10.0.0.1/24 metric 117 dev br-lab'],
      [],
      [{ cidr: '10.0.0.1/24', metric: 117 }],
    ],
    [
      'ours by the metric, on somebody’s link',
      ['address replace 10.0.0.1/24 metric 117 dev eth1'],
      [],
      [{ link: 'eth1', cidr: '10.0.0.1/24', metric: 117, empties: true }],
    ],
    [
      'somebody’s, just where ours is to be',
      ['address replace 169.254.169.254/32 scope link dev lo'],
      [service],
      [{ link: 'lo', cidr: '169.254.169.254/32', scope: 'link', foreign: true }],
    ],
    ['somebody’s on our bridge', ['address replace 10.9.0.1/24 dev br-lab'], [gateway], []],
    [
      'just the wanted one on our bridge, without a mark',
      ['address replace 10.0.0.1/24 brd 10.0.0.255 dev br-lab'],
      [gateway],
      [{ cidr: '10.0.0.1/24', broadcast: '10.0.0.255' }],
    ],
    ['moved ones of an uplink', ['address replace 192.0.2.5/24 dev br-lab'], [moved], [{ cidr: '192.0.2.5/24' }]],
    [
      'what is still on the uplink',
      ['address replace 192.0.2.9/24 label eth1:0 dev eth1', 'address replace 2001:db8::9/64 dev eth1 nodad'],
      [moved],
      [
        { link: 'eth1', cidr: '192.0.2.9/24', label: 'eth1:0', borrowed: true },
        { link: 'eth1', cidr: '2001:db8::9/64', borrowed: true },
      ],
    ],
    ['moved ones, to be given back', ['address replace 192.0.2.5/24 dev br-lab'], [back], [{ cidr: '192.0.2.5/24' }]],
    [
      'one given back',
      ['address replace 192.0.2.5/24 label eth1:0 dev eth1'],
      [back],
      [{ link: 'eth1', cidr: '192.0.2.5/24', label: 'eth1:0', borrowed: true }],
    ],
    [
      'one that somebody has elsewhere',
      ['address replace 10.0.0.1/16 dev eth2'],
      [gateway],
      [{ link: 'eth2', cidr: '10.0.0.1/16', foreign: true }],
    ],
    ['nobody’s business', ['address replace 10.5.0.1/16 dev eth2'], [gateway, moved], []],
    ['the kernel’s own IPv6', [], [gateway], []],
    [
      'behind another of ours',
      ['address replace 192.0.2.5/24 dev br-lab', 'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
      [gateway, moved],
      [
        { cidr: '192.0.2.5/24' },
        { cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117, behind: [{ cidr: '192.0.2.5/24' }] },
      ],
    ],
    [
      'behind somebody’s: that is left alone',
      ['address replace 10.9.0.1/24 dev br-lab', 'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
      [gateway],
      [{ cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117 }],
    ],
    [
      'missing, with others before it',
      [
        'address replace 192.0.2.5/24 dev br-lab',
        'route add default via 192.0.2.1 dev br-lab proto 117 src 192.0.2.5',
        'route add 10.7.0.0/16 via 192.0.2.1 dev br-lab proto 117',
      ],
      [gateway, moved],
      [
        { cidr: '192.0.2.5/24' },
        {
          cidr: '10.0.0.1/24',
          missing: true,
          behind: [{ cidr: '192.0.2.5/24' }],
          restores: ['route replace default via 192.0.2.1 dev br-lab proto 117 src 192.0.2.5 metric 0'],
        },
      ],
    ],
    [
      'going, with one of its network to stay',
      [
        'address replace 10.0.0.9/24 metric 117 dev br-lab',
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
      ],
      [gateway],
      [
        { cidr: '10.0.0.9/24', metric: 117, makesRoom: true, promotes: true },
        { cidr: '10.0.0.1/24', broadcast: '10.0.0.255', metric: 117 },
      ],
    ],
    [
      'going together',
      ['address replace 10.0.0.9/24 metric 117 dev br-lab', 'address replace 10.0.0.8/24 metric 117 dev br-lab'],
      [],
      [
        { cidr: '10.0.0.9/24', metric: 117 },
        { cidr: '10.0.0.8/24', metric: 117, comesAfter: '10.0.0.9/24' },
      ],
    ],
  ] as const satisfies readonly (readonly [
    string,
    readonly string[],
    readonly Address[],
    readonly Partial<Address>[],
  ])[]) {
    test(name, () => {
      const ip = createIp({ interfaces: ['eth1', 'eth2'] });
      ip.do('link add name br-lab group 117 address 02:00:00:00:00:01 type bridge', 'link set dev br-lab up', ...lines);
      const links = parseLinks(ip.run({ argv: READ_LINKS }).stdout);
      const routes = parseRouteLines(ip.run({ argv: READ_ALL_ROUTES }).stdout);
      expect(addressesOf(links, routes, wanted).map(({ stands: _, goes: _goes, ...rest }) => rest)).toEqual(
        found.map((partial) => ({ kind: 'address', link: 'br-lab', ...partial })),
      );
    });
  }
});

test('of the addresses that are looked at again only those of the devices that are named are what they are now', async () => {
  const ip = createIp({ interfaces: ['eth1'] });
  ip.do(
    'link add name br-lab group 117 address 02:00:00:00:00:01 type bridge',
    'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
    'address replace 169.254.169.254/32 scope link metric 117 dev lo',
  );
  const host = {
    read: (argv: readonly string[]) => Promise.resolve(ip.run({ argv }).stdout),
    files: () => Promise.resolve(new Map<string, string>()),
    processes: () => Promise.resolve([]),
  };
  const wanted = [gateway, service];
  const before = await address.observe({ ...host }, wanted, {});
  ip.do(
    'address del 10.0.0.1/24 dev br-lab',
    'address replace 10.0.0.9/24 metric 117 dev br-lab',
    'address del 169.254.169.254/32 dev lo',
  );
  const all = await address.observe({ ...host }, wanted, {});
  expect(before).toHaveLength(2);
  expect(all.map(({ cidr }) => cidr)).toEqual(['10.0.0.9/24']);
  expect(await address.again?.({ ...host }, wanted, {}, ['br-lab'], before)).toEqual([
    ...before.filter(({ link }) => link === 'lo'),
    ...all,
  ]);
  expect(await address.again?.({ ...host }, wanted, {}, ['lo'], before)).toEqual(
    before.filter(({ link }) => link === 'br-lab'),
  );
  expect(await address.again?.({ ...host }, wanted, {}, ['br-lab', 'lo'], before)).toEqual(all);
});

describe('ip is told', () => {
  for (const [name, change, lines] of [
    [
      'to add ours',
      { verb: 'create', ref: 'address x', after: gateway },
      ['address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
    ],
    [
      'to add a moved one, without a mark',
      { verb: 'create', ref: 'address x', after: moved },
      ['address replace 192.0.2.5/24 dev br-lab'],
    ],
    [
      'to give one back as it was',
      { verb: 'create', ref: 'address x', after: { ...back, metric: 100, noPrefixRoute: true } },
      ['address replace 192.0.2.5/24 metric 100 dev eth1 label eth1:0 noprefixroute'],
    ],
    [
      'to add IPv6 at once',
      { verb: 'create', ref: 'address x', after: { ...moved, cidr: '2001:db8::5/64' } },
      ['address replace 2001:db8::5/64 dev br-lab nodad'],
    ],
    [
      'to add one of the link only',
      { verb: 'create', ref: 'address x', after: service },
      ['address replace 169.254.169.254/32 scope link metric 117 dev lo'],
    ],
    [
      'to recreate for its scope',
      {
        verb: 'update',
        ref: 'address x',
        before: { kind: 'address', link: 'lo', cidr: '169.254.169.254/32', metric: 117 },
        after: service,
      },
      ['address del 169.254.169.254/32 dev lo', 'address replace 169.254.169.254/32 scope link metric 117 dev lo'],
    ],
    ['to remove', { verb: 'delete', ref: 'address x', before: gateway }, ['address del 10.0.0.1/24 dev br-lab']],
    [
      'to remove what others stand behind',
      { verb: 'delete', ref: 'address x', before: { ...gateway, promotes: true } },
      ['sysctl -q -w net/ipv4/conf/br-lab/promote_secondaries=1', 'address del 10.0.0.1/24 dev br-lab'],
    ],
    [
      'to mark',
      { verb: 'update', ref: 'address x', before: { ...gateway, broadcast: '10.0.0.255' }, after: gateway },
      ['address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
    ],
    [
      'to put first',
      {
        verb: 'update',
        ref: 'address x',
        before: {
          ...gateway,
          metric: 117,
          behind: [{ cidr: '192.0.2.5/24' }, { cidr: '192.0.2.6/24' }],
          restores: ['route replace default via 192.0.2.1 dev br-lab'],
        },
        after: gateway,
      },
      [
        'sysctl -q -w net/ipv4/conf/br-lab/promote_secondaries=1',
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
        'address del 192.0.2.6/24 dev br-lab',
        'address del 192.0.2.5/24 dev br-lab',
        'address replace 192.0.2.5/24 dev br-lab',
        'address replace 192.0.2.6/24 dev br-lab',
        'route replace default via 192.0.2.1 dev br-lab',
      ],
    ],
    [
      'to recreate for a broadcast address',
      {
        verb: 'update',
        ref: 'address x',
        before: { ...gateway, broadcast: '10.0.0.127', metric: 117, behind: [] },
        after: gateway,
      },
      [
        'sysctl -q -w net/ipv4/conf/br-lab/promote_secondaries=1',
        'address del 10.0.0.1/24 dev br-lab',
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
      ],
    ],
  ] as const satisfies readonly (readonly [string, Change<Address>, readonly string[]])[]) {
    test(name, () => {
      const ops = address.steps([change]).flatMap((step) => step.ops);
      expect(ops.flatMap((op) => (op.op === 'batch' ? op.lines : op.op === 'run' ? [op.argv.join(' ')] : []))).toEqual(
        lines,
      );
    });
  }

  test('of several to remove, the last first', () => {
    const removal = (cidr: string): Change<Address> => ({
      verb: 'delete',
      ref: `address ${cidr}`,
      before: { ...gateway, cidr },
    });
    expect(
      address
        .steps([removal('10.0.0.1/24'), removal('10.0.0.2/24')])
        .flatMap((step) => step.changes.map((change) => change.ref)),
    ).toEqual(['address 10.0.0.2/24', 'address 10.0.0.1/24']);
  });
});

describe('of the kernel’s routes to the same', () => {
  const leads = ['192.0.2.0/24'];
  const found = (...lines: readonly string[]): readonly (readonly string[] | undefined)[] => {
    const ip = createIp({ interfaces: ['eth1', 'eth2'] });
    ip.do('link add name br-lab group 117 address 02:00:00:00:00:01 type bridge', 'link set dev br-lab up', ...lines);
    const [links, routes] = [
      parseLinks(ip.run({ argv: READ_LINKS }).stdout),
      parseRouteLines(ip.run({ argv: READ_ALL_ROUTES }).stdout),
    ];
    return addressesOf(links, routes, [moved]).map((one) => one.leads);
  };
  const [one, other] = ['address replace 192.0.2.5/24 dev eth1', 'address replace 192.0.2.9/24 dev eth2'];
  test('those that come before others are known', () => {
    expect(found(one, 'address replace 192.0.2.6/24 dev eth1', other)).toEqual([leads, undefined]);
    expect(found(other, one)).toEqual([undefined]);
    expect(found(one)).toEqual([undefined]);
    expect(found(one, 'address replace 192.0.2.9/24 metric 5 dev eth2')).toEqual([undefined]);
    expect(found(one.replace('eth1', 'br-lab'), other)).toEqual([leads]);
  });

  const lines = (link: string): readonly string[] => [
    `route flush exact 192.0.2.0/24 dev ${link} table 254 proto 2 src 192.0.2.5`,
    `route prepend 192.0.2.0/24 dev ${link} proto 2 scope 253 src 192.0.2.5`,
  ];
  const told = (...changes: readonly Change<Address>[]): readonly (readonly string[])[] =>
    address.steps(changes).map(({ ops }) => ops.flatMap((op) => (op.op === 'batch' ? op.lines : [])));
  const here: Address = { kind: 'address', link: 'eth1', cidr: '192.0.2.5/24', borrowed: true, goes: true, leads };
  test('they are put first where the address goes, before it leaves where it was', () => {
    expect(
      told({ verb: 'create', ref: 'address x', after: moved }, { verb: 'delete', ref: 'address y', before: here }),
    ).toEqual([['address replace 192.0.2.5/24 dev br-lab', ...lines('br-lab'), 'address del 192.0.2.5/24 dev eth1']]);
  });
  test('they are put first where it is given back, whatever became of them', () => {
    expect(
      told({
        verb: 'create',
        ref: 'address x',
        after: { ...back, leads: [...leads, 'broadcast 192.0.2.255'], metric: 5 },
      }),
    ).toEqual([
      [
        'address replace 192.0.2.5/24 metric 5 dev eth1 label eth1:0',
        'route flush exact 192.0.2.0/24 dev eth1 table 254 proto 2 src 192.0.2.5',
        'route prepend 192.0.2.0/24 dev eth1 proto 2 scope 253 src 192.0.2.5 metric 5',
        'route flush type broadcast exact 192.0.2.255 dev eth1 table 255 proto 2 src 192.0.2.5',
        'route prepend broadcast 192.0.2.255 dev eth1 table 255 proto 2 scope 253 src 192.0.2.5',
      ],
    ]);
  });
  test('they are put first again where it is made again for another', () => {
    expect(
      told({
        verb: 'update',
        ref: 'address x',
        before: { ...gateway, missing: true, behind: [{ cidr: moved.cidr, leads }] },
        after: gateway,
      }),
    ).toEqual([
      [
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
        'address del 192.0.2.5/24 dev br-lab',
        'address replace 192.0.2.5/24 dev br-lab',
        ...lines('br-lab'),
      ],
    ]);
  });
  test('as found they are wanted again', () =>
    expect(address.asFound?.(here, [])).toEqual({
      kind: 'address',
      link: 'eth1',
      cidr: '192.0.2.5/24',
      borrowed: true,
      leads,
    }));
});

describe('of addresses that move', () => {
  const gone = (link: string, cidr: string, rest: Partial<Address> = {}): Change<Address> => ({
    verb: 'delete',
    ref: `address ${link} ${cidr}`,
    before: { kind: 'address', link, cidr, goes: true, ...rest },
  });
  const made = (link: string, cidr: string, rest: Partial<Address> = {}): Change<Address> => ({
    verb: 'create',
    ref: `address ${link} ${cidr}`,
    after: { kind: 'address', link, cidr, movedFrom: 'eth1', ...rest },
  });
  const [a, b] = ['192.0.2.5/24', '192.0.2.6/24'];
  for (const [name, changes, lines] of [
    [
      'those on the bridge come before those on the interface go',
      [
        made('br-lab', a),
        made('br-lab', b),
        gone('eth1', b, { borrowed: true, comesAfter: a }),
        gone('eth1', a, { borrowed: true }),
      ],
      [[`+ br-lab ${a}`, `+ br-lab ${b}`, `- eth1 ${b}`, `- eth1 ${a}`]],
    ],
    [
      'one between two goes with them, one beside them by itself',
      [
        made('br-lab', a),
        made('br-lab', b),
        gone('eth1', a),
        gone('eth1', '10.0.0.7/32', { comesAfter: a }),
        gone('eth1', b, { comesAfter: '10.0.0.7/32' }),
        gone('eth1', '10.0.0.8/32', { comesAfter: b }),
      ],
      [[`+ br-lab ${a}`, `+ br-lab ${b}`, `- eth1 ${b}`, '- eth1 10.0.0.7/32', `- eth1 ${a}`], ['- eth1 10.0.0.8/32']],
    ],
    [
      'one that is in two places goes from both',
      [made('br-lab', a), gone('eth1', a), gone('br-old', a)],
      [[`+ br-lab ${a}`, `- eth1 ${a}`, `- br-old ${a}`]],
    ],
    [
      'what is the first of its bridge comes before what arrives from another',
      [made('br-b', '10.0.0.1/24', { first: true }), made('br-b', a), gone('br-a', a)],
      [['+ br-b 10.0.0.1/24', `+ br-b ${a}`, `- br-a ${a}`]],
    ],
    [
      'one that gets another length is there before the old one goes',
      [made('br-lab', '192.0.2.5/25'), gone('br-lab', a)],
      [['+ br-lab 192.0.2.5/25', `- br-lab ${a}`]],
    ],
    [
      'with the first, before those that it is before',
      [made('br-lab', '10.0.0.1/24', { first: true }), made('br-lab', '192.0.2.5/25'), gone('br-lab', a)],
      [['+ br-lab 10.0.0.1/24', '+ br-lab 192.0.2.5/25', `- br-lab ${a}`]],
    ],
    [
      'one in whose network the first is goes before another has a network to itself',
      [made('br-lab', '192.0.2.6/25', { first: true }), made('br-lab', a), gone('br-lab', '192.0.2.5/25')],
      [['+ br-lab 192.0.2.6/25', '- br-lab 192.0.2.5/25', '+ br-lab 192.0.2.6/25', `+ br-lab ${a}`]],
    ],
    [
      'not where that comes into the network of one that goes later',
      [
        made('br-lab', '192.0.2.6/25', { first: true }),
        made('br-lab', a),
        gone('br-lab', '192.0.2.5/25'),
        gone('br-lab', b),
      ],
      [['+ br-lab 192.0.2.6/25', `+ br-lab ${a}`, '- br-lab 192.0.2.5/25', `- br-lab ${b}`]],
    ],
    [
      'another address of its link goes by itself',
      [made('br-lab', '192.0.2.7/25'), gone('br-lab', a)],
      [['+ br-lab 192.0.2.7/25'], [`- br-lab ${a}`]],
    ],
  ] as const satisfies readonly (readonly [string, readonly Change<Address>[], readonly (readonly string[])[]])[]) {
    test(name, () => {
      const shown = (line: string): string =>
        line.replace(
          /^address (del|replace) (\S+) (?:metric 117 )?dev (\S+)$/,
          (_, verb: string, cidr: string, link: string) => `${verb === 'del' ? '-' : '+'} ${link} ${cidr}`,
        );
      expect(
        address.steps(changes).map(({ ops }) => ops.flatMap((op) => (op.op === 'batch' ? op.lines.map(shown) : []))),
      ).toEqual(lines);
    });
  }
});

describe('two wants of one address', () => {
  const plain: Address = { kind: 'address', link: 'br-lab', cidr: '10.0.0.1/24' };
  for (const [name, a, b, merged] of [
    [
      'first, and moved',
      { ...plain, first: true },
      { ...plain, movedFrom: 'eth1' },
      { ...plain, first: true, movedFrom: 'eth1' },
    ],
    ['moved from two interfaces', { ...plain, movedFrom: 'eth2' }, { ...plain, movedFrom: 'eth1' }, undefined],
    [
      'with two broadcast addresses',
      { ...plain, broadcast: '10.0.0.255' },
      { ...plain, broadcast: '10.0.0.127' },
      undefined,
    ],
  ] as const satisfies readonly (readonly [string, Address, Address, Address | undefined])[]) {
    test(name, () => {
      expect(address.merge?.(a, b)).toEqual(merged);
    });
  }
});

describe('a person reads', () => {
  for (const [line, after, before] of [
    ['10.0.0.1/24 on br-lab', gateway, undefined],
    ['10.0.0.1/24 on br-lab (first)', gateway, { ...gateway, metric: 117, behind: [] }],
    [
      '192.0.2.5/24 on br-lab (moved from eth1, broadcast none, metric none)',
      moved,
      { ...moved, broadcast: '192.0.2.255', metric: 117 },
    ],
  ] as const satisfies readonly (readonly [string, Address, Address | undefined])[]) {
    test(line, () => {
      expect(address.describe(after, before)).toBe(line);
    });
  }
});

test('what is missing holds nothing yet, what goes makes room for the first', () => {
  expect(address.claims?.({ ...gateway, missing: true })).toEqual(['first on br-lab']);
  expect(address.claims?.({ ...moved, makesRoom: true })).toEqual(['ip 192.0.2.5', 'first on br-lab']);
});

test('as it was found it can be had again, in its place and with its metric', () => {
  const found: Address = {
    kind: 'address',
    link: 'br-lab',
    cidr: '10.0.0.1/24',
    metric: 117,
    stands: 0,
    promotes: true,
    comesAfter: '10.0.0.9/24',
    behind: [],
  };
  expect(address.asFound?.(found, [])).toEqual({
    kind: 'address',
    link: 'br-lab',
    cidr: '10.0.0.1/24',
    metric: 117,
    borrowed: true,
    place: 0,
  });
  expect(address.asFound?.({ ...found, borrowed: true }, [])).toEqual({
    kind: 'address',
    link: 'br-lab',
    cidr: '10.0.0.1/24',
    metric: 117,
    borrowed: true,
    place: 0,
  });
  expect(address.asFound?.({ ...found, missing: true }, [])).toBeUndefined();
});

test('one that goes is gone from its bridge before that announces what it has', () => {
  expect(address.claims?.({ kind: 'address', link: 'br-lab', cidr: '203.0.113.11/24', goes: true })).toEqual([
    'ip 203.0.113.11',
    'neighbours of br-lab',
  ]);
  expect(
    link.claims?.({
      kind: 'link',
      type: 'bridge',
      name: 'br-lab',
      mac: '02:00:00:00:00:01',
      mtu: 1500,
      netfilter: false,
      announces: true,
    }),
  ).toEqual(['link name br-lab', 'neighbours of br-lab']);
});
