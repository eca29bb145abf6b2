// test/kinds/chain/lookups.test.ts — a lookup that several features have entries in; and who waits for one of them.
import { expect, test } from 'vitest';
import { compose } from '../../../src/core/compose.ts';
import type { Kinds, Want } from '../../../src/core/resource.ts';
import { createChainKind } from '../../../src/kinds/chain/index.ts';
import { iptables } from '../../../src/kinds/chain/iptables/index.ts';
import { chain, entryRef, lookup } from '../../../src/kinds/chain/model.ts';
import type { Entry, Lookup } from '../../../src/kinds/chain/model.ts';
import type { Family, Ip } from '../../../src/net/ip.ts';

const kinds: Kinds = [createChainKind(iptables, 4), createChainKind(iptables, 6)];

function entry(address: string, to: string, match: Entry['match'] = []): Entry {
  return {
    address: address as Ip,
    owner: ['pools', 'public'],
    match,
    then: { target: 'dnat', to },
    why: `floating ${address}`,
  };
}

function want(entries: readonly Entry[], how: Partial<Lookup> = {}, family: Family = 4): Want {
  return {
    resource: lookup(
      'nat',
      'netctl-dnat',
      { from: 'netctl-from', rank: 0, by: 'destination', entries, ...how },
      family,
    ),
    because: [['pools']],
  };
}

function composed(...wants: readonly Want[]): ReturnType<typeof compose> {
  return compose(wants, kinds);
}

const [ONE, OTHER] = [entry('203.0.113.1', '10.0.0.1'), entry('203.0.113.2', '10.0.0.2')];

test('of two features it is one, and an entry of both is in it once', () => {
  const [apart, together] = [composed(want([ONE, OTHER])), composed(want([ONE]), want([OTHER, ONE]))];
  expect(apart).toMatchObject({ ok: true, value: { state: { size: 2 } } });
  expect(together).toEqual(apart);
});

for (const [name, wants] of [
  ['that do otherwise with one packet', [want([ONE]), want([entry('203.0.113.1', '10.0.0.9')])]],
  ['one of which asks for the source', [want([ONE]), want([OTHER], { by: 'source' })]],
  ['asked from two chains', [want([ONE]), want([OTHER], { from: 'netctl-other' })]],
  ['one of which asks of some packets only', [want([ONE]), want([OTHER], { when: [{ match: 'local' }] })]],
] as const) {
  test(`two contradict each other ${name}`, () =>
    expect(composed(...wants)).toMatchObject({
      ok: false,
      problems: [{ code: 'contradiction', message: 'lookup nat/netctl-dnat is wanted in two ways' }],
    }));
}

test('one address may have several entries that ask for more than it', () =>
  expect(
    composed(want([entry('203.0.113.1', '10.0.0.1', [{ match: 'in', link: 'eth1' }])]), want([ONE])),
  ).toMatchObject({ ok: true }));

test('who comes after an address comes after the chain that has it', () => {
  const waiting: Want = {
    resource: chain('filter', 'netctl-x', []),
    because: [],
    after: [entryRef('nat', 'netctl-dnat', ONE.address)],
  };
  expect(composed(want([ONE]), waiting)).toMatchObject({
    value: { after: new Map([['chain filter/netctl-x', ['chain nat/netctl-dnat-203.0.113.0']]]) },
  });
});

test('that of IPv6 is another, and stands as chains of IPv6', () => {
  const six = composed(want([ONE]), want([entry('2001:db8::1', 'fd00::1')], {}, 6));
  expect(six.ok && [...six.value.state.keys()]).toEqual([
    'chain nat/netctl-dnat-203.0.113.0',
    'chain nat/netctl-from',
    expect.stringMatching(/^chain6 nat\/netctl-dnat-[0-9a-f]{8}$/),
    'chain6 nat/netctl-from',
  ]);
});
