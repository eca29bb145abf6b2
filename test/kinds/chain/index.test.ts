// test/kinds/chain/index.test.ts — chains on a fake host: what is sent for a change, and what others keep.
import { describe, expect, test } from 'vitest';
import { diff } from '../../../src/core/diff.ts';
import { observe } from '../../../src/core/observe.ts';
import { order } from '../../../src/core/order.ts';
import { DriverError, refOf } from '../../../src/core/resource.ts';
import type { Memory, Plan, State, Wanted } from '../../../src/core/resource.ts';
import { createChainKind } from '../../../src/kinds/chain/index.ts';
import { iptables as backend } from '../../../src/kinds/chain/iptables/index.ts';
import { chain } from '../../../src/kinds/chain/model.ts';
import type { Chain, Rule, Table } from '../../../src/kinds/chain/model.ts';
import { textOf } from '../../../src/kinds/chain/iptables/render.ts';
import { FakeHost, PowerCut } from '../../fake-host/index.ts';
import { createIptables } from '../../fake-host/iptables.ts';
import type { Iptables } from '../../fake-host/iptables.ts';

const kind = createChainKind(backend, 4);
const kinds = [kind];
const accept = (why: string): Rule => ({
  rank: 100,
  match: [{ match: 'in', link: why }],
  then: { target: 'accept' },
  why,
});
const hook = (name: string, more: Partial<Rule> = {}): Rule => ({
  rank: 0,
  match: [],
  then: { target: 'jump', chain: `netctl-${name}` },
  why: 'networks',
  place: 'top',
  ...more,
});
const own = (...whys: readonly string[]): Chain => chain('filter', 'netctl-FORWARD', whys.map(accept));
const hooked: readonly Chain[] = [chain('filter', 'FORWARD', [hook('FORWARD')]), own('br1', 'br2', 'br3')];

class Bench {
  readonly iptables: Iptables = createIptables();
  readonly host = new FakeHost({
    tools: { 'iptables-save': this.iptables.save, 'iptables-restore': this.iptables.restore },
  });

  async observe(memory: Memory = {}): Promise<State> {
    return await observe(this.host, new Map(), kinds, { chain: memory });
  }

  async plan(chains: readonly Chain[], memory: Memory = {}): Promise<Plan> {
    const state: State = new Map(chains.map((one) => [refOf(one, kinds), one]));
    const wanted: Wanted = { state, because: new Map(), after: new Map(), waiting: [] };
    return order(diff(await this.observe(memory), wanted, kinds), wanted, kinds);
  }

  async apply(chains: readonly Chain[], memory: Memory = {}): Promise<string> {
    const { steps } = await this.plan(chains, memory);
    for (const { ops } of steps) for (const op of ops) await this.host.perform(op);
    return steps
      .flatMap(({ ops }) =>
        ops.flatMap((op) => (op.op === 'run' ? [(op.stdin ?? '').replaceAll(/netctl:\w{8}/g, 'TAG')] : [])),
      )
      .join('');
  }
}

const said = (why: string): string => `-i ${why} -m comment --comment "TAG ${why}" -j ACCEPT`;

describe('what is sent', () => {
  const rows: readonly (readonly [string, readonly Chain[], readonly Chain[], readonly string[]])[] = [
    [
      'all that is new, a chain before the jump to it',
      [],
      hooked,
      [
        '*filter',
        ':netctl-FORWARD - [0:0]',
        ...['br1', 'br2', 'br3'].map((why) => `-A netctl-FORWARD ${said(why)}`),
        '-I FORWARD 1 -m comment --comment "TAG networks" -j netctl-FORWARD',
        'COMMIT',
        '',
      ],
    ],
    ['nothing when nothing differs', hooked, hooked, []],
    [
      'one rule more',
      [own('br1', 'br2')],
      [own('br1', 'br2', 'br3')],
      ['*filter', `-A netctl-FORWARD ${said('br3')}`, 'COMMIT', ''],
    ],
    [
      'one rule less',
      [own('br1', 'br2', 'br3')],
      [own('br1', 'br3')],
      ['*filter', '-D netctl-FORWARD 2', 'COMMIT', ''],
    ],
    [
      'everything else: the chain anew',
      [own('br1', 'br2', 'br3')],
      [own('br4')],
      ['*filter', ':netctl-FORWARD - [0:0]', `-A netctl-FORWARD ${said('br4')}`, 'COMMIT', ''],
    ],
    [
      'all goes, the jump before the chain',
      hooked,
      [],
      [
        '*filter',
        '-D FORWARD -m comment --comment "TAG networks" -j netctl-FORWARD',
        '-F netctl-FORWARD',
        '-X netctl-FORWARD',
        'COMMIT',
        '',
      ],
    ],
    [
      'only the tables that change',
      [...hooked, chain('mangle', 'netctl-x', [])],
      [...hooked],
      ['*mangle', '-F netctl-x', '-X netctl-x', 'COMMIT', ''],
    ],
  ];
  for (const [name, before, after, lines] of rows)
    test(name, async () => {
      const bench = new Bench();
      await bench.apply(before);
      expect(await bench.apply(after)).toBe(lines.join('\n'));
      expect((await bench.plan(after)).steps).toEqual([]);
    });
});

describe('what others have', () => {
  const foreign = [
    '*filter',
    ':DOCKER - [0:0]',
    ':my-netctl-x - [0:0]',
    ':netctl - [0:0]',
    '-A FORWARD -j DOCKER',
    '-A FORWARD -m comment --comment "netctl:01234567 mine" -j my-netctl-x',
    '-A DOCKER -m comment --comment "not of netctl:01234567" -j ACCEPT',
    '-P FORWARD DROP',
    'COMMIT',
    '*nat',
    '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE',
    'COMMIT',
    '',
  ].join('\n');
  test('stays byte for byte', async () => {
    const bench = new Bench();
    bench.iptables.load(foreign);
    const before = bench.iptables.text();
    await bench.apply(hooked);
    await bench.apply([own('br1')]);
    await bench.apply([]);
    expect(bench.iptables.text()).toBe(before);
  });
  test('keeps its place, also when rules come and go around ours', async () => {
    const bench = new Bench();
    await bench.apply(hooked);
    bench.iptables.load('*filter\n-I FORWARD 1 -i eth0 -j DROP\n-A FORWARD -o eth0 -j DROP\nCOMMIT\n');
    expect((await bench.plan(hooked)).steps).toEqual([]);
    await bench.apply([]);
    expect(bench.iptables.text()).toContain('-A FORWARD -i eth0 -j DROP\n-A FORWARD -o eth0 -j DROP\nCOMMIT');
  });
  test('that jumps to a chain of ours keeps the chain there, and netctl says so', async () => {
    const bench = new Bench();
    await bench.apply(hooked);
    bench.iptables.load('*filter\n-A OUTPUT -j netctl-FORWARD\nCOMMIT\n');
    await expect(bench.apply([])).rejects.toThrow(DriverError);
  });
});

describe('hooks in a chain of the kernel', () => {
  const chains = ['a', 'b', 'y', 'z'].map((name) => chain('filter', `netctl-${name}`, []));
  const order = (bench: Bench): string =>
    bench.iptables
      .text()
      .split('\n')
      .flatMap((line) => /^-A FORWARD .*-j (?:netctl-)?(\w+)$/.exec(line)?.[1] ?? [])
      .join(' ');
  const rules = (names: string): readonly Rule[] =>
    names.split('').map((name) => hook(name, { place: name < 'm' ? 'top' : 'bottom' }));
  for (const [before, after] of [
    ['', 'abyz'],
    ['a', 'ab'],
    ['b', 'ab'],
    ['yz', 'abyz'],
    ['by', 'abyz'],
    ['abyz', 'by'],
    ['ba', 'ab'],
    ['zy', 'yz'],
    ['abyz', ''],
  ] as const) {
    test(`${before || 'none'} → ${after || 'none'}, around another's rule`, async () => {
      const bench = new Bench();
      bench.iptables.load('*filter\n-A FORWARD -j ACCEPT\nCOMMIT\n');
      await bench.apply([...chains, chain('filter', 'FORWARD', rules(before))]);
      await bench.apply(after === '' ? chains : [...chains, chain('filter', 'FORWARD', rules(after))]);
      const [top, bottom] = [/[a-l]/, /[m-z]/].map((half) => after.split('').filter((name) => half.test(name)));
      expect(order(bench)).toBe([...(top ?? []), 'ACCEPT', ...(bottom ?? [])].join(' '));
      if (after !== '')
        expect((await bench.plan([...chains, chain('filter', 'FORWARD', rules(after))])).steps).toEqual([]);
    });
  }
});

test('rules that stay keep their counters', async () => {
  const bench = new Bench();
  await bench.apply(hooked);
  bench.iptables.pass('br2');
  bench.iptables.pass('-j netctl-FORWARD');
  await bench.apply([hooked[0] ?? own(), own('br0', 'br1', 'br2')]);
  expect(
    bench.iptables
      .text('counters')
      .split('\n')
      .filter((line) => line.startsWith('[1:0]')),
  ).toHaveLength(2);
});

test('an edit by hand is mended: a rule more, a rule less, another order, another rule under a kept comment', async () => {
  const bench = new Bench();
  const plain = [own('br1', 'br2', 'br3')];
  await bench.apply(plain);
  const clean = bench.iptables.text();
  const memory =
    kind.remember?.([...(await bench.observe()).values()].filter((one): one is Chain => one.kind === 'chain')) ?? {};
  for (const edited of ['-A netctl-FORWARD -j DROP', '-D netctl-FORWARD 1', '-F netctl-FORWARD']) {
    bench.iptables.load(`*filter\n${edited}\nCOMMIT\n`);
    await bench.apply(plain, memory);
    expect(bench.iptables.text()).toBe(clean);
  }
  const [rule = ''] = /^-A netctl-FORWARD -i br2.*$/m.exec(clean) ?? [];
  bench.iptables.load(
    `*filter\n-D netctl-FORWARD 2\n${rule.replace('-i br2', '-i evil').replace('-A netctl-FORWARD', '-I netctl-FORWARD 2')}\nCOMMIT\n`,
  );
  await bench.apply(plain, memory);
  expect(bench.iptables.text()).toBe(clean);
});

test('power lost between two tables: the next run settles', async () => {
  const bench = new Bench();
  const wanted = [
    ...hooked,
    chain('mangle', 'POSTROUTING', [hook('POSTROUTING')]),
    chain('mangle', 'netctl-POSTROUTING', []),
  ];
  bench.host.killAfter(1);
  await expect(bench.apply(wanted)).rejects.toThrow(PowerCut);
  expect(bench.iptables.text()).not.toBe('');
  await bench.apply(wanted);
  expect((await bench.plan(wanted)).steps).toEqual([]);
});

test('features that speak of one chain meet in it by rank', () => {
  const [a, b] = [
    chain('filter', 'netctl-x', [accept('br1'), accept('br3')]),
    chain('filter', 'netctl-x', [{ ...accept('br2'), rank: 50 }, accept('br1')]),
  ];
  expect(kind.merge?.(a, b)?.rules.map((rule) => /-i (\S+)/.exec(textOf(rule))?.[1])).toEqual(['br2', 'br1', 'br3']);
});

describe('needs', () => {
  for (const [name, rules, needs] of [
    ['the chains it jumps to', [hook('a')], ['chain nat/netctl-a']],
    ['nothing of what the kernel has', [accept('br1')], []],
  ] as const)
    test(name, () => expect(kind.needs(chain('nat' satisfies Table, 'netctl-x', rules))).toEqual(needs));
});

describe('says', () => {
  for (const [text, after, before] of [
    ['filter netctl-FORWARD', own(), undefined],
    ['filter netctl-FORWARD  2 rules', own('br1', 'br2'), undefined],
    ['filter netctl-FORWARD  +1 rule', own('br1', 'br2'), own('br1')],
    ['filter netctl-FORWARD  +1 -2 rules', own('br3'), own('br1', 'br2')],
    ['filter netctl-FORWARD  in another order', own('br1', 'br2'), own('br2', 'br1')],
  ] as const)
    test(text, () => expect(kind.describe(after, before)).toBe(text));
});
