// test/features/host/host.test.ts — what a host with networks has: hooks of our chains, and forwarding when anything is
// forwarded.
import { expect, test } from 'vitest';
import { flows, wantedOf } from '../flows.ts';

const spec = (...networks: readonly string[]): string =>
  `apiVersion: netctl/v1\n${networks.length === 0 ? '' : `networks:\n${networks.map((text, i) => `  n${i}: { mode: flat-dhcp, cidr: 10.0.${i}.0/24${text} }\n`).join('')}`}`;

for (const [name, networks, forwarding] of [
  ['a network with a gateway', [''], true],
  ['one with, one without', [', gateway: null', ''], true],
  ['without a gateway nothing is forwarded', [', gateway: null'], false],
  ['no network at all', [], false],
] as const) {
  test(`forwarding: ${name}`, async () =>
    expect((await wantedOf(spec(...networks))).has('sysctl net.ipv4.ip_forward')).toBe(forwarding));
}

test('without networks nothing is wanted', async () => expect([...(await wantedOf(spec())).keys()]).toEqual([]));

test("our chains are hooked into the kernel's, at the top", async () => {
  const state = await wantedOf(spec(''));
  for (const [table, name] of [
    ['filter', 'INPUT'],
    ['filter', 'FORWARD'],
    ['mangle', 'POSTROUTING'],
  ] as const) {
    expect(state.get(`chain ${table}/${name}`)).toMatchObject({
      rules: [
        {
          place: 'top',
          match: [],
          then: { target: 'jump', chain: `netctl-${name}` },
          why: 'networks',
        },
      ],
    });
  }
});

flows(spec(''), [
  ['what is not for our networks is left to the host', 'eth0: 198.51.100.7 → 203.0.113.9:80/tcp on eth5', 'policy'],
  ['also what is for the host itself', 'eth0: 198.51.100.7 → 10.0.0.1:22/tcp', 'policy'],
  ['what the host sends is not filtered', 'host: 10.0.0.1 → 10.0.0.5:22/tcp', 'policy'],
]);
