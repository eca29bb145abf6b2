// parts/bridge.ts — the bridge of a network, and what of the host goes into it.
import { addressText } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import type { Bridge, Port } from '../kinds/link/model.ts';
import type { Module } from '../kinds/module/model.ts';
import { neighbourOn } from '../kinds/neighbour/model.ts';
import type { Neighbour } from '../kinds/neighbour/model.ts';
import { PROTOCOL } from '../core/marks.ts';
import { nearFirst, routeKey } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { settingOf } from '../kinds/sysctl/model.ts';
import type { Sysctl } from '../kinds/sysctl/model.ts';
import type { AddressFact, RouteFact } from '../core/facts.ts';
import type { Ref, Want } from '../core/resource.ts';
import type { Context } from './context.ts';
import { contains } from '../net/contains.ts';
import { ipOf } from '../net/ipv4.ts';
import { LEAST_MTU } from '../net/ipv6.ts';
import { deriveMac } from '../net/mac.ts';
import type { Host, Network, Nic, VlanNetwork } from '../specfile/model.ts';
import type { Picture } from '../uplinks/picture.ts';

/**
 * The bridge. With an interface it bears that one's MAC, so that the host's neighbours notice nothing; else one of its
 * own, on each host another.
 */
export function* bridge(network: Network, context: Context): Iterable<Want<Bridge | Module | Sysctl>> {
  const physical = network.mode === 'vlan' ? parentOf(network, context.self) : uplinkOf(network, context.self);
  const mac =
    (physical === undefined ? undefined : context.facts.links.get(physical)?.mac) ??
    deriveMac('02', `bridge ${network.name} on ${context.self.name}`);
  const floating = firstFloating(network, context);
  if (floating !== undefined)
    yield { resource: { kind: 'module', name: 'br_netfilter' }, because: [[...floating.path, 'floating']] };
  yield {
    resource: {
      kind: 'link',
      type: 'bridge',
      name: network.bridge,
      mac,
      mtu: Math.max(network.mtu, mtuOf(uplinkOf(network, context.self), context)),
      netfilter: floating !== undefined,
      announces: true,
    },
    because: [[...network.path, 'bridge']],
  };
  for (const resource of settingsOf(network, context)) yield { resource, because: [[...network.path, 'bridge']] };
}

/**
 * What makes the host deaf to router advertisements on a bridge: who else than an instance could send one, where no
 * uplink of the host's is in it?
 * The kernel's default is to take its IPv6 default route and addresses from whoever says that he is a router.
 */
function deafTo(network: Network, { self }: Pick<Context, 'self'>): readonly Sysctl[] {
  return uplinkOf(network, self) === undefined && network.mtu >= LEAST_MTU
    ? ['accept_ra', 'autoconf'].map((setting) => settingOf('ipv6', network.bridge, setting, '0'))
    : [];
}

/**
 * A bridge that was without an uplink hears routers from now on as the one does that it gets. Once that is in it, what
 * somebody sets stays.
 */
function hearsAgain(network: Network, { self, facts, pictures }: Settled): readonly Sysctl[] {
  const uplink = uplinkOf(network, self) ?? '';
  const { settings = {} } = pictures?.get(uplink) ?? {};
  const gains = facts.links.get(network.bridge)?.ours === true && facts.links.get(uplink)?.master !== network.bridge;
  return ['accept_ra', 'autoconf'].flatMap((setting) => {
    const value = gains && network.mtu >= LEAST_MTU ? settings[`ipv6/conf/${setting}`] : undefined;
    return value === undefined ? [] : [settingOf('ipv6', network.bridge, setting, value)];
  });
}

/** All that is set of a bridge before anybody is put into it. What is said first holds. */
function settingsOf(network: Network, context: Settled): readonly Sysctl[] {
  const all = [
    ...forwards(network, context),
    ...deafTo(network, context),
    ...actsAs(network, context),
    ...hearsAgain(network, context),
    ...actedAs(network, context),
  ];
  return [...new Map(all.toReversed().map((sysctl) => [sysctl.name, sysctl])).values()].toReversed();
}

type Settled = Pick<Context, 'spec' | 'self' | 'pictures' | 'facts'>;

/**
 * What comes by it is for elsewhere: a guest's packets, or answers by an uplink. The kernel forwards as each device
 * says, and new ones say what a host has for them.
 */
function forwards(network: Network, { spec, self }: Pick<Context, 'spec' | 'self'>): readonly Sysctl[] {
  const isRouted = (one: Network): boolean => one.mode !== 'flat' && one.gateway !== undefined;
  return isRouted(network) || (uplinkOf(network, self) !== undefined && spec.networks.some(isRouted))
    ? [settingOf('ipv4', network.bridge, 'forwarding', '1')]
    : [];
}

/**
 * With an uplink the bridge is the host's interface: it answers, filters and forwards as that did. Of what new devices
 * are given, only what differs is set.
 */
function actsAs(network: Network, context: Settled): readonly Sysctl[] {
  const picture = context.pictures?.get(uplinkOf(network, context.self) ?? '');
  return picture === undefined ? [] : settingsLike(picture, network, context);
}

/**
 * What a bridge has from an interface that leaves it: set back to what new devices are given, unless the next one says
 * otherwise.
 */
function actedAs(network: Network, context: Settled): readonly Sysctl[] {
  const uplink = uplinkOf(network, context.self);
  const left = [...(context.pictures?.values() ?? [])].filter(
    ({ name }) => name !== uplink && context.facts.links.get(name)?.master === network.bridge,
  );
  return left.flatMap((picture) =>
    settingsLike(picture, network, context).flatMap((sysctl) => {
      const value = picture.defaults[settingIn(sysctl.name)];
      return value === undefined ? [] : [{ ...sysctl, value }];
    }),
  );
}

/** `net.ipv6.conf.br-lab.accept_ra` is `ipv6/conf/accept_ra` of a picture. */
function settingIn(name: string): string {
  const words = name.split('.');
  return `${words[1] ?? ''}/${words[2] ?? ''}/${words.at(-1) ?? ''}`;
}

function settingsLike(picture: Picture, network: Network, { spec, self, pictures }: Settled): readonly Sysctl[] {
  return Object.entries(picture.settings).flatMap(([setting, value]) => {
    const [, family = '', room = '', name = ''] = /^(ipv[46])\/(conf|neigh)\/(\w+)$/.exec(setting) ?? [];
    const isOwn =
      (family === 'ipv4' ||
        (family === 'ipv6' &&
          Math.max(network.mtu, pictures === undefined ? 0 : mtuOf(picture.name, { pictures })) >= LEAST_MTU)) &&
      !UNSET.has(name) &&
      !isSecret(setting, value) &&
      !(setting === 'ipv4/conf/forwarding' && forwards(network, { spec, self }).length > 0) &&
      isOfItsOwn(setting, value, picture);
    return isOwn ? [settingOf(family, network.bridge, name, value, room === 'neigh' ? room : 'conf')] : [];
  });
}

/**
 * What a router has said the next one may say otherwise. What new devices have in their neighbour tables is not known
 * of what was kept by an earlier release.
 */
function isOfItsOwn(setting: string, value: string, { defaults, routes }: Picture): boolean {
  if (BY_ADVERTISEMENT.has(setting) && routes.some(({ fields }) => fields['protocol'] === ADVERTISED)) return false;
  return value !== (setting.includes('/neigh/') ? (defaults[setting] ?? value) : defaults[setting]);
}

/** RFC 4861, section 4.2. */
const BY_ADVERTISEMENT: ReadonlySet<string> = new Set([
  'ipv6/conf/hop_limit',
  'ipv6/neigh/base_reachable_time_ms',
  'ipv6/neigh/retrans_time_ms',
]);
/** The protocol of routes by router advertisement. */
const ADVERTISED = '9';

/** Made from a secret (RFC 7217) that only its own device has. */
function isSecret(setting: string, value: string): boolean {
  return setting === 'ipv6/conf/addr_gen_mode' && value === '2';
}

/**
 * Nobody can set them, or they follow something else, as IPv6's MTU does whenever a carrier comes: of neighbour tables
 * those that are said in a finer unit as well.
 */
const UNSET: ReadonlySet<string> = new Set([
  'mc_forwarding',
  'mtu',
  'stable_secret',
  'medium_id',
  'base_reachable_time',
  'retrans_time',
  'unres_qlen',
]);

/** The host sends by the bridge what it sent by the uplink. A VLAN device carries what its network does. */
function mtuOf(uplink: string | undefined, { pictures }: Pick<Context, 'pictures'>): number {
  const mtu = uplink === undefined ? undefined : pictures?.get(uplink)?.link['mtu'];
  return typeof mtu === 'number' ? mtu : 0;
}

/** Ports have no address of the host's, where the kernel would give them one. */
export function bareIn({ mtu }: Pick<Network, 'mtu'>, { facts }: Pick<Context, 'facts'>): { readonly bare?: true } {
  return facts.withoutIpv6 || mtu < LEAST_MTU ? {} : { bare: true };
}

/** What has to be there before anybody is put into the bridge. */
export function beforePorts(network: Network, context: Settled): readonly Ref[] {
  return [`link ${network.bridge}`, ...settingsOf(network, context).map(({ name }): Ref => `sysctl ${name}`)];
}

/**
 * A neighbour that calls a floating address is answered straight over the bridge: iptables must see that, or the answer
 * keeps the fixed address.
 */
function firstFloating(network: Network, { spec, self }: Context): Nic | undefined {
  for (const { host, nics } of spec.instances)
    if (host === self.name)
      for (const nic of nics) if (nic.network === network.name && nic.floating.length > 0) return nic;
  return undefined;
}

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
  for (const fields of context.pictures?.get(name)?.neighbours ?? []) {
    const neighbour = neighbourOn(network.bridge, fields);
    if (neighbour !== undefined) yield { resource: { ...neighbour, movedFrom: name }, because, after };
  }
}

/**
 * The interface of somebody else's that goes into the network's bridge on a host; none for a bridge of its own, or
 * where a VLAN device of ours does.
 */
export function uplinkOf(network: Network, host: Host): string | undefined {
  if (network.mode === 'vlan') return undefined;
  return network.interface === undefined ? host.flatInterface : (network.interface ?? undefined);
}

/** What the network's VLAN device depends on; none for a bridge without one. */
export function parentOf(network: VlanNetwork, host: Host): string | undefined {
  return network.interface === undefined ? host.vlanInterface : (network.interface ?? undefined);
}

/** Where an interface's addresses are: on the bridge that it is the uplink of, or on itself. */
export function carrierOf(interfaceName: string, { spec, self }: Pick<Context, 'spec' | 'self'>): string {
  return spec.networks.find((network) => uplinkOf(network, self) === interfaceName)?.bridge ?? interfaceName;
}

/**
 * The interface that goes into a bridge, or is in it: as long as that is not there, it acts for it, and what is set of
 * it goes along.
 */
export function uplinkIn(bridge: string, { spec, self }: Pick<Context, 'spec' | 'self'>): string | undefined {
  const network = spec.networks.find((one) => one.bridge === bridge);
  return network === undefined ? undefined : uplinkOf(network, self);
}

/** The addresses of an interface as they were, and those it has got since; not those that we have put there. */
export function formerAddresses(interfaceName: string, context: Context): readonly AddressFact[] {
  const lent = [...context.former.values()]
    .filter((resource): resource is Address => resource.kind === 'address')
    .filter(({ link }) => link === interfaceName);
  const had = lent.map(asFact);
  const has = (context.facts.links.get(interfaceName)?.addresses ?? []).filter(({ ours }) => !ours);
  return uniqueBy([...had, ...has], ({ cidr, peer }) => `${ipOf(cidr)} ${peer ?? ''}`);
}

/**
 * The first of an interface that gets its addresses back: before any of ours, since what a route has no source for goes
 * out from the first.
 */
export function firstFormer(interfaceName: string, { former }: Pick<Context, 'former'>): readonly Ref[] {
  const lent = [...former.values()].filter((resource): resource is Address => resource.kind === 'address');
  return lent
    .filter(({ link, comesAfter }) => link === interfaceName && comesAfter === undefined)
    .map((one): Ref => `address ${interfaceName} ${addressText(one)}`);
}

function asFact({
  cidr,
  broadcast,
  scope,
  peer,
  metric,
  noPrefixRoute,
  deprecated,
  flags,
  leads,
}: Address): AddressFact {
  return {
    cidr,
    ours: false,
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(scope === undefined ? {} : { scope }),
    ...(peer === undefined ? {} : { peer }),
    ...(metric === undefined ? {} : { metric }),
    ...(noPrefixRoute ? { noPrefixRoute } : {}),
    ...(deprecated ? { deprecated } : {}),
    ...(flags === undefined ? {} : { flags }),
    ...(leads === undefined ? {} : { leads }),
  };
}

export function formerRoutes(interfaceName: string, context: Context): readonly RouteFact[] {
  const lent = [...context.former.values()]
    .filter((resource): resource is Route => resource.kind === 'route')
    .filter(({ link }) => link === interfaceName);
  const had = lent.map(
    ({
      kind: _kind,
      link: _link,
      borrowed: _borrowed,
      movedFrom: _movedFrom,
      dependsOn: _standsOn,
      hops: _hops,
      expires: _expires,
      ...route
    }): RouteFact => route,
  );
  const has = (context.facts.links.get(interfaceName)?.routes ?? []).map(
    ({ limited: _limited, ...route }): RouteFact => route,
  );
  return uniqueBy([...had, ...has], (route) => routeKey({ ...route, link: interfaceName }));
}

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(key(item))) first.set(key(item), item);
  return [...first.values()];
}
