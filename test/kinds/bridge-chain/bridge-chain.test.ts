// test/kinds/bridge-chain/bridge-chain.test.ts — chains for frames: looked for only where there can be any, and told to
// a person.
import { describe, expect, test } from 'vitest';
import { DriverError } from '../../../src/core/resource.ts';
import { bridgeChain as kind } from '../../../src/kinds/bridge-chain/index.ts';
import { bridgeChain } from '../../../src/kinds/bridge-chain/model.ts';
import { textOf } from '../../../src/kinds/bridge-chain/spelling.ts';
import { createEbtables } from '../../fake-host/ebtables.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { Bench } from '../bench.ts';

const wanted = bridgeChain([
  { from: '10.0.0.0/24', to: '10.0.0.0/24', then: 'bridge' },
  { from: '10.0.0.3/32', to: '10.0.0.0/24', not: true, then: 'route' },
]);
const other = bridgeChain([{ from: '10.0.1.0/24', to: '192.0.2.0/24', then: 'route' }]);

test('rules in the words of ebtables', () => {
  expect(wanted.rules.map(textOf)).toEqual([
    '-p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 10.0.0.0/24 -j RETURN',
    '-p IPv4 -d Unicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 -j redirect --redirect-target CONTINUE',
  ]);
});

test('networks share the chain', () => {
  expect(kind.merge?.(wanted, other)?.rules).toEqual([...wanted.rules, ...other.rules]);
});

test('made, changed and taken away', async () => {
  const ebtables = createEbtables();
  const bench = new Bench(
    new FakeHost({ tools: { 'ebtables-nft-save': ebtables.save, 'ebtables-nft-restore': ebtables.restore } }),
    [kind],
  );
  for (const state of [[wanted], [other], []]) {
    await bench.apply(state);
    expect((await bench.plan(state)).steps).toEqual([]);
  }
  expect(ebtables.text()).not.toContain('netctl');
});

describe('the host is asked', () => {
  const asked = async (
    wants: readonly (typeof wanted)[],
    memory: Readonly<Record<string, string>>,
    fails = false,
  ): Promise<number> => {
    let times = 0;
    const save = { run: () => ((times += 1), { exitCode: fails ? 1 : 0, stdout: '', stderr: '' }) };
    await kind.observe(new FakeHost({ tools: { 'ebtables-nft-save': save } }), wants, memory);
    return times;
  };
  for (const [name, wants, memory, times] of [
    ['for what is wanted', [wanted], { here: 'no' }, 1],
    ['while there is some', [], { here: 'yes' }, 1],
    ['when nobody remembers', [], {}, 1],
    ['not, where there was none and none is wanted', [], { here: 'no' }, 0],
  ] as const) {
    test(name, async () => expect(await asked(wants, memory)).toBe(times));
  }
  test('and need not have an answer where none was ever made', async () => expect(await asked([], {}, true)).toBe(1));
  test('and else must have one', async () => {
    await expect(asked([wanted], {}, true)).rejects.toThrow(DriverError);
    await expect(asked([], { here: 'yes' }, true)).rejects.toThrow(DriverError);
  });
});

test('as it was found it is put down as text, and known by it when it is wanted again', async () => {
  const ebtables = createEbtables();
  const host = new FakeHost({
    tools: { 'ebtables-nft-save': ebtables.save, 'ebtables-nft-restore': ebtables.restore },
  });
  const bench = new Bench(host, [kind]);
  await bench.apply([wanted]);
  const found = kind.asFound?.((await kind.observe(host, [wanted], {}))[0] ?? other, []) ?? other;
  expect(found.rules).toEqual(wanted.rules.map(textOf));
  expect((await bench.plan([found])).steps).toEqual([]);
  expect(kind.disrupts?.({ verb: 'delete', ref: 'bridge-chain x', before: found })).toEqual({
    class: 'flows',
    of: ['10.0.0.3'],
  });
});

test('what is there is put down before it is made', () => {
  expect(kind.recordBefore?.([{ verb: 'create', ref: 'bridge-chain x', after: wanted }])).toEqual({ here: 'yes' });
  expect([kind.remember?.([wanted]), kind.remember?.([])]).toEqual([{ here: 'yes' }, { here: 'no' }]);
});

describe('a person reads', () => {
  for (const [line, after, before] of [
    ['nat netctl-PREROUTING  2 rules', wanted, undefined],
    ['nat netctl-PREROUTING  1 rule (+1, -2)', other, wanted],
    ['nat netctl-PREROUTING  2 rules (in another order)', wanted, { ...wanted, rules: wanted.rules.toReversed() }],
    ['nat netctl-PREROUTING  2 rules (led into 0 times)', wanted, { ...wanted, hooks: 0 }],
  ] as const) {
    test(line, () => expect(kind.describe(after, before)).toBe(line));
  }
});
