// test/parts/fixed-ip.test.ts — which addresses of a network are given out, and that it is not asked of each.
import { expect, test } from 'vitest';
import { allocate } from '../../src/allocate/allocate.ts';
import { NOTHING } from '../../src/core/stored.ts';
import { parseRange } from '../../src/net/ip.ts';
import type { Range } from '../../src/net/ip.ts';
import { addressRequests } from '../../src/parts/fixed-ip.ts';
import { readSpec } from '../specfile/read-spec.ts';
import type { Network, Spec } from '../../src/specfile/model.ts';

function specOf(network: string): Spec {
  const read = readSpec([
    {
      file: 'spec.yaml',
      text: `apiVersion: netctl/v1
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/8${network} } }
instances: { a: { nics: [{ network: lab }] }, b: { nics: [{ network: lab }] }, c: { nics: [{ network: lab, address: 10.0.0.4 }] } }
`,
    },
  ]);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.spec;
}

function given(spec: Spec): readonly string[] {
  const granted = allocate(
    [...addressRequests('flat-dhcp', spec, { links: new Map(), namespaces: new Set() })],
    NOTHING,
    0,
  );
  return granted.ok ? Object.values(granted.value.allocations['network lab'] ?? {}).toSorted() : [];
}

for (const [name, network, addresses] of [
  ['the lowest', '', ['10.0.0.2', '10.0.0.3', '10.0.0.4']],
  ['not the gateway, wherever it is', ', gateway: 10.0.0.3', ['10.0.0.1', '10.0.0.2', '10.0.0.4']],
  [
    'what is reserved only to who names it',
    ', reserve: [10.0.0.2-10.0.0.4, 10.0.0.6]',
    ['10.0.0.4', '10.0.0.5', '10.0.0.7'],
  ],
  [
    'of what is to be given out',
    ', allocate: [10.9.0.9, 10.9.0.1-10.9.0.3], reserve: [10.9.0.2-10.9.0.8]',
    ['10.0.0.4', '10.9.0.1', '10.9.0.9'],
  ],
] as const) {
  test(name, () => {
    expect(given(specOf(network))).toEqual(addresses);
  });
}

test('of a /8 that is reserved but for its end, the ranges are looked at, not the addresses', () => {
  const spec = specOf('');
  const whole = parseRange('10.0.0.2-10.255.255.252', 4);
  let looks = 0;
  const reserved: Range<4> = {
    get first() {
      looks++;
      return whole?.first ?? 0;
    },
    get last() {
      looks++;
      return whole?.last ?? 0;
    },
  };
  const [network] = spec.networks;
  const corner: Network | undefined = network === undefined ? undefined : { ...network, reserve: [reserved] };
  expect(given({ ...spec, networks: corner === undefined ? [] : [corner] })).toEqual([
    '10.0.0.4',
    '10.255.255.253',
    '10.255.255.254',
  ]);
  expect(looks).toBeLessThan(1000);
});
