// features/metadata/index.ts — guests that ask 169.254.169.254 reach the host's metadata service; nobody else does.
import type { Facts } from '../../core/facts.ts';
import type { Path, Want } from '../../core/resource.ts';
import type { Address } from '../../kinds/address/model.ts';
import { chain } from '../../kinds/chain/model.ts';
import type { Chain, Match, Rule } from '../../kinds/chain/model.ts';
import { isLoopback, METADATA } from '../../parts/metadata.ts';
import { rank } from '../../parts/rank.ts';
import type { Host, RoutedNetwork } from '../../specfile/model.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

type Service = NonNullable<Host['metadata']>;

export const metadata: Feature = {
  name: 'metadata',
  check,
  *want({ spec, self, facts }) {
    const service = self.metadata;
    const served = spec.networks.flatMap((network) => (network.mode !== 'flat' && network.metadata ? [network] : []));
    if (service === undefined || served.length === 0) return;
    // Guests with a route to it on their own link find it, too.
    if (!isElsewhere(facts)) yield* bound(self);
    for (const network of served) {
      const because: readonly Path[] = [[...network.path, 'metadata']];
      yield { resource: chain('nat', 'netctl-PREROUTING', [redirect(network, service)]), because };
      yield { resource: chain('filter', 'netctl-INPUT', [accept(network, service)]), because };
    }
  },
};

/**
 * The host has the address for them, and for nobody else: whoever shares a segment with it would find all its ports
 * there.
 */
function* bound({ name }: Host): Iterable<Want<Address | Chain>> {
  const because: readonly Path[] = [['hosts', name, 'metadata']];
  yield { resource: { kind: 'address', link: 'lo', cidr: `${METADATA}/32`, scope: 'link' }, because };
  const match: readonly Match[] = [
    { match: 'in', link: 'lo', not: true },
    { match: 'destination', cidr: `${METADATA}/32` },
  ];
  yield {
    resource: chain('filter', 'netctl-INPUT', [
      { rank: rank.metadataOfOthers, match, then: { target: 'drop' }, why: `hosts.${name}.metadata` },
    ]),
    because,
  };
}

/** To a port of the host where the service is on the loopback: it has to listen on the bridges' addresses, too. */
function redirect(network: RoutedNetwork, { address, port }: Service): Rule {
  return {
    rank: rank.metadata,
    match: [
      ...from(network),
      { match: 'destination', cidr: `${METADATA}/32` },
      { match: 'protocol', protocol: 'tcp', destinationPort: 80 },
    ],
    then: isLoopback(address) ? { target: 'redirect', port } : { target: 'dnat', to: `${address}:${port}` },
    why: `networks.${network.name}.metadata`,
  };
}

/**
 * For a host that lets nothing in by itself: what was asked of the metadata address, and not of the service's own. A
 * service on another machine is a matter of what the network forwards.
 */
function accept(network: RoutedNetwork, { address, port }: Service): Rule {
  const to: Match = isLoopback(address) ? { match: 'local' } : { match: 'destination', cidr: `${address}/32` };
  return {
    rank: rank.metadata,
    match: [
      ...from(network),
      to,
      { match: 'protocol', protocol: 'tcp', destinationPort: port },
      { match: 'ctstate', states: ['DNAT'] },
    ],
    then: { target: 'accept' },
    why: `networks.${network.name}.metadata`,
  };
}

function from({ bridge, cidr }: RoutedNetwork): readonly Match[] {
  return [
    { match: 'in', link: bridge },
    { match: 'source', cidr },
  ];
}

/**
 * Somebody has the address, or a way to it: the host is a guest of another cloud, and keeps its own metadata service.
 * Guests that go by their gateway are redirected all the same.
 */
function isElsewhere(facts: Facts): boolean {
  return [...facts.links.values()].some(
    ({ addresses, routes }) =>
      addresses.some(({ cidr, ours }) => !ours && cidr.startsWith(`${METADATA}/`)) ||
      routes.some(({ to }) => to === METADATA || to === `${METADATA}/32`),
  );
}
