// test/house/sample/ipv6.ts — a feature made for tests: for each flat network what a host needs to route IPv6 for it.
import type { Resource, Want } from '../../../src/core/resource.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { chain } from '../../../src/kinds/chain/model.ts';
import type { Match, Rule, Verdict } from '../../../src/kinds/chain/model.ts';
import type { Neighbour } from '../../../src/kinds/neighbour/model.ts';
import type { Route } from '../../../src/kinds/route/model.ts';
import { settingOf } from '../../../src/kinds/sysctl/model.ts';
import { bitsOf, hostsOf, toIp } from '../../../src/net/ip.ts';
import type { Cidr } from '../../../src/net/ip.ts';
import { hooked } from '../../../src/parts/hook.ts';
import type { FlatNetwork } from '../../../src/specfile/model.ts';

/** A network has it where it has a `cidr6`. */
export const ipv6: Feature = {
  name: 'ipv6',
  *want({ spec }) {
    for (const network of spec.networks)
      if (network.mode === 'flat' && network.cidr6 !== undefined) yield* routed(network, network.cidr6);
  },
};

function* routed(network: FlatNetwork, cidr: Cidr<6>): Iterable<Want> {
  const because = [network.path];
  for (const resource of within(network, cidr)) yield { resource, because };
  yield* hooked('filter', 'FORWARD', because, 6);
}

function* within({ bridge: link, name }: FlatNetwork, cidr: Cidr<6>): Iterable<Resource> {
  const { first } = hostsOf(cidr);
  const [gateway, router, guest] = [toIp(first), toIp(first + 6n), toIp(first + 0x98n)];
  const address: Address = { kind: 'address', link, cidr: `${gateway}/${bitsOf(cidr)}` };
  const route = { kind: 'route', family: 6, link, protocol: '117' } as const;
  const routes: readonly Route[] = [
    { ...route, to: 'fd00:99::/48', via: router },
    { ...route, to: 'default', via: 'fe80::7', metric: 2048 },
  ];
  const neighbours: readonly Neighbour[] = [
    { kind: 'neighbour', link, ip: router, mac: '02:00:00:00:01:07', state: 'permanent' },
    { kind: 'neighbour', link, ip: guest, state: 'proxy' },
  ];
  const why = `networks.${name}`;
  const rule = (match: readonly Match[], then: Verdict): Rule => ({ rank: 0, match, then, why });
  const accept = { target: 'accept' } as const;
  yield* [address, ...routes, ...neighbours, settingOf(6, link, 'proxy_ndp', '1')];
  yield chain(
    'filter',
    'netctl-FORWARD',
    [
      rule([{ match: 'ctstate', states: ['RELATED', 'ESTABLISHED'] }], accept),
      rule([{ match: 'icmpv6', type: 128 }], accept),
      rule(
        [
          { match: 'source', cidr },
          { match: 'in', link },
        ],
        accept,
      ),
      rule([{ match: 'out', link }], { target: 'reject', answer: 'icmp6-adm-prohibited' }),
    ],
    6,
  );
}
