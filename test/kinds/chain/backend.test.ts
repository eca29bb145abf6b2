// test/kinds/chain/backend.test.ts — a firewall of another make is a folder and a line in a list: the kind of chains
// works with it as with iptables.
import { describe, expect, test } from 'vitest';
import { compose } from '../../../src/core/compose.ts';
import { createChainKind } from '../../../src/kinds/chain/index.ts';
import { chain, lookup } from '../../../src/kinds/chain/model.ts';
import type { Chain, Rule } from '../../../src/kinds/chain/model.ts';
import type { Family, Ip } from '../../../src/net/ip.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { Bench } from '../bench.ts';
import { createWall, sample } from './sample-backend.ts';

const rule = (link: string, then: Rule['then'] = { target: 'accept' }): Rule => ({
  rank: 0,
  match: [{ match: 'in', link }],
  then,
  why: `networks.${link}`,
});

for (const [family, kindName] of [
  [4, 'chain'],
  [6, 'chain6'],
] as const satisfies readonly (readonly [Family, string])[]) {
  describe(`IPv${family} with a sample backend`, () => {
    const kind = createChainKind(sample, family);
    const own = (...rules: readonly Rule[]): Chain => chain('filter', 'netctl-FORWARD', rules, family);
    const hooked: readonly Chain[] = [
      own(rule('br1'), rule('br2')),
      chain('filter', 'FORWARD', [{ ...rule('br1', { target: 'jump', chain: 'netctl-FORWARD' }), match: [] }], family),
    ];

    test('is made, is the same when looked at again, is changed and goes', async () => {
      const wall = createWall();
      const bench = new Bench(new FakeHost({ tools: { wall: wall.tool } }), [kind]);
      for (const wanted of [hooked, [own(rule('br1'), rule('br3'))], []]) {
        await bench.apply(wanted);
        expect((await bench.plan(wanted)).steps).toEqual([]);
      }
      expect(wall.text()).toBe('');
    });

    test('tells what a change of rules does to packets, also of those that it only knows from the host', async () => {
      const wall = createWall();
      const bench = new Bench(new FakeHost({ tools: { wall: wall.tool } }), [kind]);
      await bench.apply([own(rule('br1'), rule('br2'))]);
      const { changes } = await bench.plan([own(rule('br1'))]);
      expect(
        changes.map((change) => kind.disrupts?.(change as Parameters<NonNullable<typeof kind.disrupts>>[0])),
      ).toEqual([{ class: 'flows', of: ['br2'] }]);
    });

    test('needs what its rules lead to, wanted or found', async () => {
      const wall = createWall();
      const host = new FakeHost({ tools: { wall: wall.tool } });
      await new Bench(host, [kind]).apply(hooked);
      host.invalidate();
      const needs = [`${kindName} filter/netctl-FORWARD`];
      const found = await kind.observe(host, [], {});
      for (const chains of [hooked, found]) expect(chains.flatMap((one) => kind.needs(one))).toEqual(needs);
    });
  });
}

test('a lookup is what a backend makes of it: one chain for all its addresses', async () => {
  const entries = ['10.0.0.1', '10.0.9.1'].map((address) => ({
    address: address as Ip,
    owner: ['pools', 'public'],
    match: [],
    then: { target: 'snat', to: '203.0.113.1' } as const,
    why: 'pools.public',
  }));
  const from = { resource: chain('nat', 'netctl-from', []), because: [] };
  const asked = lookup('nat', 'netctl-back', { from: 'netctl-from', rank: 0, by: 'source', entries });
  const kind = createChainKind(sample, 4);
  const composed = compose([{ resource: asked, because: [] }, from], [kind]);
  const wanted = composed.ok ? [...composed.value.state.values()] : [];
  const wall = createWall();
  const bench = new Bench(new FakeHost({ tools: { wall: wall.tool } }), [kind]);
  await bench.apply(wanted);
  expect(wall.text().match(/^nat .*$/gm)).toEqual(['nat netctl-back-map', 'nat netctl-from']);
  expect(wall.text().match(/"to":"203.0.113.1"/g)).toHaveLength(2);
  expect((await bench.plan(wanted)).steps).toEqual([]);
});

test('a rule has one tag, whatever it is said in', () => {
  expect(chain('filter', 'netctl-FORWARD', [rule('br1')], 6).rules.map(({ tag }) => tag)).toEqual(
    chain('filter', 'netctl-FORWARD', [rule('br1')]).rules.map(({ tag }) => tag),
  );
});
