// parts/rebuild.ts — what a lost store held, as far as the host still tells: who has which address, and what was
// borrowed.
import type { Request } from '../allocate/allocate.ts';
import type { Facts, LinkFact } from '../core/facts.ts';
import type { Ref, Resource } from '../core/resource.ts';
import { NOTHING } from '../core/stored.ts';
import type { Stored } from '../core/stored.ts';
import { addressText } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import type { Flow } from '../kinds/flow/model.ts';
import type { Port } from '../kinds/link/model.ts';
import type { Neighbour } from '../kinds/neighbour/model.ts';
import { nearFirst } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { familyOf } from '../net/ip.ts';
import type { Family } from '../net/ip.ts';
import type { Host, Nic, Spec } from '../specfile/model.ts';
import { uplinkOf } from './uplink-mapping.ts';
import { MACS, poolName } from './fixed-ip.ts';
import { floatingHoldings } from './floating.ts';
import { injectedIn } from './injection.ts';
import { nicsOn } from './nics-on.ts';

/**
 * What tells who holds what: the DHCP hosts files, by network, the `network_data.json` of guests, and which addresses
 * are translated.
 */
export interface Remnants {
  readonly hosts: ReadonlyMap<string, string>;
  readonly guests: readonly string[];
  readonly translated: readonly Flow[];
}

export const NO_REMNANTS: Remnants = { hosts: new Map(), guests: [], translated: [] };

/** Without any trace of ours this is an empty store. */
export function rebuild(spec: Spec, facts: Facts, { hosts, guests, translated }: Remnants): Stored {
  const holdings = [...facts.links.values()].flatMap((link) => (link.ours ? aliasHoldings(link) : []));
  const fromFiles = [
    ...[...hosts].flatMap(([network, text]) => fileHoldings(network, text, spec)),
    ...guests.flatMap(injectedIn),
  ];
  const allocations: Record<string, Record<string, string>> = {};
  for (const { holder, network, ip, mac } of [...fromFiles, ...holdings]) {
    (allocations[poolName(network)] ??= {})[holder] = ip;
    (allocations[MACS] ??= {})[holder] = mac;
  }
  const fixedOf = ({ address, network, holder }: Nic): string | undefined =>
    address ?? allocations[poolName(network)]?.[holder];
  for (const { pool, holder, ip } of floatingHoldings(spec, translated, fixedOf))
    (allocations[pool] ??= {})[holder] = ip;
  return { ...NOTHING, allocations, originals: formerOf(facts) };
}

/**
 * Adds to a store what the host holds and it lacks: a plan's commands were run by hand. Only what the spec requests,
 * and never what somebody else has; all other that is found may be somebody's own.
 */
export function recall(
  kept: Stored,
  found: Stored,
  requests: readonly Pick<Request, 'holder'>[],
  spec: Spec,
  self: Host,
): Stored {
  const holders = new Set(requests.map(({ holder }) => holder));
  const pools = Object.entries(found.allocations).flatMap(([pool, holdings]) => {
    const own = kept.allocations[pool] ?? {};
    const taken = new Set([...Object.values(own), ...Object.keys(kept.quarantined[pool] ?? {})]);
    const added = Object.entries(holdings).filter(
      ([holder, value]) => holders.has(holder) && own[holder] === undefined && !taken.has(value),
    );
    return added.length === 0 ? [] : [[pool, { ...own, ...Object.fromEntries(added) }] as const];
  });
  const borrowed = new Set(kept.originals.map(deviceOf));
  const ports = new Set(
    [
      ...spec.networks.flatMap((network) => uplinkOf(network, self) ?? []),
      ...spec.instances.flatMap(({ nics }) => nics.map(({ device }) => device.name)),
    ].filter((name) => !borrowed.has(name)),
  );
  const former = found.originals.filter((resource) => ports.has(deviceOf(resource) ?? ''));
  if (pools.length === 0 && former.length === 0) return kept;
  return {
    ...kept,
    allocations: { ...kept.allocations, ...Object.fromEntries(pools) },
    originals: [...kept.originals, ...former],
  };
}

/** Of a resource in the originals: the port that was borrowed, or whose it was. */
export function deviceOf(resource: Resource): string | undefined {
  const on = (r: Resource): r is Address | Route | Neighbour =>
    r.kind === 'address' || r.kind === 'route' || r.kind === 'neighbour';
  const is = (r: Resource): r is Port => r.kind === 'link';
  return on(resource) ? resource.link : is(resource) ? resource.name : undefined;
}

/** RTPROT_STATIC, as `ip -N` prints it. */
const STATIC = '4';

interface Holding {
  readonly holder: string;
  readonly network: string;
  readonly ip: string;
  readonly mac: string;
}

/** A port of ours says whose it is: `vm-1/lab 192.168.50.5 fa:16:3e:2c:e8:ec`. */
function aliasHoldings(link: LinkFact): readonly Holding[] {
  const [, holder, network, ip, mac] = /^(\S+\/([^\s/#]+)(?:#\d+)?) (\S+) (\S+)$/.exec(link.alias ?? '') ?? [];
  return holder === undefined || network === undefined || ip === undefined || mac === undefined
    ? []
    : [{ holder, network, ip, mac }];
}

/** The DHCP server knows addresses by MAC and host name; the spec knows whose they are. */
function fileHoldings(network: string, text: string, spec: Spec): readonly Holding[] {
  const owners = new Map<string, string>();
  for (const { instance, nic } of nicsOn({ name: network }, spec)) owners.set(instance.hostname, nic.holder);
  return text.split('\n').flatMap((line) => {
    const fields = line.split(/,| # /);
    const [mac, ip, hostname] = [fields[0], fields.at(-2), fields.at(-1)];
    const holder = owners.get(hostname ?? '');
    return mac === undefined || ip === undefined || holder === undefined ? [] : [{ holder, network, ip, mac }];
  });
}

/**
 * Ports of our bridges that are not ours were borrowed; what an uplink's bridge carries beside our address came with
 * the uplink.
 */
export function formerOf(facts: Facts): readonly Resource[] {
  return [...facts.links.values()].flatMap((link): readonly Resource[] => {
    const bridge = link.ours ? undefined : facts.links.get(link.master ?? '');
    if (bridge?.ours !== true) return [];
    const port: Port = {
      kind: 'link',
      type: 'port',
      borrowed: true,
      name: link.name,
      promiscuous: false,
      hairpin: false,
      up: true,
    };
    return link.promiscuous ? [port, ...carriedBy(bridge, link.name)] : [port];
  });
}

function carriedBy(bridge: LinkFact, uplink: string): readonly Resource[] {
  const addresses = bridge.addresses
    .filter(({ ours }) => !ours)
    .map(({ ours: _ours, limited: _limited, ...address }): Address => ({
      ...address,
      kind: 'address',
      borrowed: true,
      link: uplink,
    }));
  const needs = (family: Family): readonly Ref[] =>
    addresses
      .filter(({ cidr }) => familyOf(cidr) === family)
      .map((one): Ref => `address ${uplink} ${addressText(one)}`);
  return [
    ...addresses,
    ...nearFirst(bridge.routes).map(({ limited: _limited, ...route }): Route => ({
      ...route,
      kind: 'route',
      borrowed: true,
      link: uplink,
      protocol: STATIC,
      dependsOn: needs(route.family),
    })),
  ];
}
