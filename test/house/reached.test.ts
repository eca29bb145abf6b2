// test/house/reached.test.ts — no feature wants a chain of our own that nothing leads to: no packet would ever pass it,
// and nobody would say so.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { features } from '../../src/features/index.ts';
import type { Feature } from '../../src/features/feature.ts';
import { chain } from '../../src/kinds/chain/model.ts';
import { hooked } from '../../src/parts/hook.ts';
import { offline } from '../../src/pipeline/offline.ts';
import { createWhole } from '../fake-host/whole.ts';
import { worldOf } from '../world.ts';
import { unreached } from './reached.ts';
import { ipv6 } from './sample/ipv6.ts';
import { router } from './sample/router.ts';

async function unreachedIn(text: string, more: readonly Feature[] = [], host?: string): Promise<readonly string[]> {
  const world = worldOf(
    { driver: createWhole().host, spec: { 'spec.yaml': text }, ...(host === undefined ? {} : { host }) },
    { features: [...features, ...more] },
  );
  return unreached((await offline(world)).wanted.state);
}

const specs = ['examples', 'test/walk/specs'].flatMap((folder) =>
  readdirSync(folder).map((name) => `${folder}/${name}`),
);

describe('every chain of our own is reached', () => {
  for (const path of specs)
    test(path, async () => {
      const text = readFileSync(path, 'utf8');
      expect(await unreachedIn(text, [], HOST.exec(text)?.[1])).toEqual([]);
    });
});

/** The first one of those that a spec names. */
const HOST = /^hosts:\s*(?:\{\s*)?([\w-]+):/m;

const FLAT =
  'apiVersion: netctl/v1\nnetworks: { lab: { mode: flat, interface: null, cidr: 10.0.0.0/24, gateway: 10.0.0.1, cidr6: "fd00:64::/64" } }\n';
const because = [['networks', 'lab']];
const rules = chain('filter', 'netctl-FORWARD', [
  { rank: 0, match: [{ match: 'in', link: 'br-lab' }], then: { target: 'drop' }, why: 'networks.lab' },
]);
const dangling: Feature = {
  name: 'dangling',
  *want() {
    yield { resource: rules, because };
  },
};
const led: Feature = {
  name: 'led',
  *want() {
    yield* hooked('filter', 'FORWARD', because);
    yield { resource: rules, because };
  },
};

test('one that nothing leads to is found', async () =>
  expect(await unreachedIn(FLAT, [dangling])).toEqual(['chain filter/netctl-FORWARD']));
test('whoever wants it led to has it so; two that want it have one rule', async () => {
  expect(await unreachedIn(FLAT, [dangling, led, { ...led, name: 'led-too' }, ipv6, router])).toEqual([]);
  const world = worldOf(
    {
      driver: createWhole().host,
      spec: { 'spec.yaml': FLAT.replace('flat,', 'flat-dhcp,').replace(/, cidr6.*"/, '') },
    },
    { features: [...features, led] },
  );
  const { state } = (await offline(world)).wanted;
  expect(state.get('chain filter/FORWARD')).toMatchObject({ rules: [{ then: { chain: 'netctl-FORWARD' } }] });
});
