// parts/uplink.ts — the uplink as a port of the bridge, and what goes along with it: addresses, routes, neighbours.

import type { RouteFact, AddressFact } from '../core/facts.ts';
import { PROTOCOL } from '../core/marks.ts';
import type { Want, Ref } from '../core/resource.ts';
import { addressText } from '../iproute2/links.ts';
import type { Address } from '../kinds/address/model.ts';
import type { Port } from '../kinds/link/model.ts';
import { neighbourOn } from '../kinds/neighbour/model.ts';
import type { Neighbour } from '../kinds/neighbour/model.ts';
import { nearFirst, routeKey } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { contains, ipOf } from '../net/ip.ts';
import type { Network } from '../specfile/model.ts';
import { beforePorts } from './bridge.ts';
import { uplinkOf } from './uplink-mapping.ts';
import type { Context } from './context.ts';
import { formerAddresses, formerRoutes } from './former.ts';

/**
 * A route without a source takes the first address of its device that shares a network with the gateway, else the first
 * of all. On the bridge the first one is the network's own: an uplink with a /32 would speak to its gateway from there,
 * and never be answered.
 */
function sourceOf(
  { family, type, via, source, onlink }: RouteFact,
  addresses: readonly AddressFact[],
  own: string,
  all: readonly RouteFact[],
): { readonly source?: string } {
  const candidates = addresses.filter(({ cidr, scope }) => !cidr.includes(':') && scope === undefined);
  const [first] = candidates;
  if (family === 6 || type !== undefined || source !== undefined || first === undefined) return {};
  const near =
    via === undefined
      ? undefined
      : candidates.find(({ cidr, peer }) => contains(`${peer ?? ipOf(cidr)}/${cidr.split('/')[1] ?? ''}`, via));
  // One whose gateway is reached no more stays as the kernel has left it: it would take no other in its place.
  const isReached =
    near !== undefined ||
    via === undefined ||
    onlink === true ||
    via.startsWith('inet6 ') ||
    contains(own, via) ||
    all.some((one) => one.via === undefined && one.type === undefined && contains(one.to, via));
  if (!isReached) return {};
  // That one is the network's own by now, and the first of the bridge.
  if (ipOf((near ?? first).cidr) === ipOf(own)) return {};
  return near !== undefined && via !== undefined && !contains(own, via) ? {} : { source: ipOf((near ?? first).cidr) };
}

/**
 * The uplink as a port of the bridge; its addresses and the routes through it go along. `own`: the host's address
 * there, `10.0.0.1/24`.
 */
export function* uplink(
  network: Network,
  context: Context,
  own?: string,
): Iterable<Want<Port | Address | Route | Neighbour>> {
  const name = uplinkOf(network, context.self);
  if (name === undefined) return;
  const because = [[...network.path, 'interface']];
  yield {
    resource: {
      kind: 'link',
      type: 'port',
      borrowed: true,
      name,
      master: network.bridge,
      promiscuous: true,
      hairpin: false,
      up: true,
      carries: network.mtu,
    },
    because,
    after: beforePorts(network, context),
  };
  const former = formerAddresses(name, context);
  const putOn = (context.facts.links.get(network.bridge)?.addresses ?? []).filter(({ ours }) => !ours);
  const addresses = former.filter(({ cidr }) => own === undefined || ipOf(cidr) !== ipOf(own));
  const moved = addresses.map(({ ours: _ours, limited: _limited, ...fact }): Address => ({
    ...fact,
    kind: 'address',
    link: network.bridge,
    movedFrom: name,
  }));
  for (const resource of moved) yield { resource, because, after: beforePorts(network, context) };
  const after = [
    `link ${name}`,
    ...[own ?? [], ...moved.map(addressText)].flat().map((text) => `address ${network.bridge} ${text}`),
  ].map((ref) => ref as Ref);
  // A gateway can be named once a route leads to it.
  const near: Ref[] = [];
  const routes = formerRoutes(name, context);
  for (const route of nearFirst(routes)) {
    const resource: Route = {
      ...route,
      ...(own === undefined ? {} : sourceOf(route, [...former, ...putOn], own, routes)),
      kind: 'route',
      link: network.bridge,
      protocol: PROTOCOL,
      movedFrom: name,
    };
    yield { resource, because, after: [...after, ...(route.via === undefined ? [] : near)] };
    if (route.via === undefined) near.push(`route ${routeKey(resource)}`);
  }
  for (const fields of context.snapshots?.get(name)?.neighbours ?? []) {
    const neighbour = neighbourOn(network.bridge, fields);
    if (neighbour !== undefined) yield { resource: { ...neighbour, movedFrom: name }, because, after };
  }
}
