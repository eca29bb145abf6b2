// parts/rebuild.ts — what a lost store held, as far as the host still tells: who has which address, and what was lent.
import type { Facts, LinkFact } from '../core/facts.ts';
import type { Resource } from '../core/resource.ts';
import { NOTHING } from '../core/stored.ts';
import type { Stored } from '../core/stored.ts';
import type { Address } from '../kinds/address/model.ts';
import type { Port } from '../kinds/link/model.ts';
import type { Route } from '../kinds/route/model.ts';
import type { Spec } from '../spec/model.ts';
import { MACS, poolName } from './fixed-ip.ts';

/** `hosts` are the texts of the DHCP hosts files found, by network. Without any trace of ours this is an empty store. */
export function rebuild(spec: Spec, facts: Facts, hosts: ReadonlyMap<string, string>): Stored {
  const holdings = [...facts.links.values()].flatMap((link) => (link.ours ? aliasHoldings(link) : []));
  const fromFiles = [...hosts].flatMap(([network, text]) => fileHoldings(network, text, spec));
  const allocations: Record<string, Record<string, string>> = {};
  for (const { holder, network, ip, mac } of [...fromFiles, ...holdings]) {
    (allocations[poolName(network)] ??= {})[holder] = ip;
    (allocations[MACS] ??= {})[holder] = mac;
  }
  return { ...NOTHING, allocations, former: formerOf(facts) };
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
  return holder === undefined || network === undefined || ip === undefined || mac === undefined ? [] : [{ holder, network, ip, mac }];
}

/** The DHCP server knows addresses by MAC and host name; the spec knows whose they are. */
function fileHoldings(network: string, text: string, spec: Spec): readonly Holding[] {
  const owners = new Map(spec.instances.flatMap(({ hostname, nics }) => nics.filter((nic) => nic.network === network).map((nic) => [hostname, nic.holder] as const)));
  return text.split('\n').flatMap((line) => {
    const fields = line.split(',');
    const [mac, ip, hostname] = [fields[0], fields.at(-2), fields.at(-1)];
    const holder = owners.get(hostname ?? '');
    return mac === undefined || ip === undefined || holder === undefined ? [] : [{ holder, network, ip, mac }];
  });
}

/** Ports of our bridges that are not ours were lent; what an uplink's bridge carries beside our address came with the uplink. */
function formerOf(facts: Facts): readonly Resource[] {
  return [...facts.links.values()].flatMap((link): readonly Resource[] => {
    const bridge = link.ours ? undefined : facts.links.get(link.master ?? '');
    if (bridge?.ours !== true) return [];
    const port: Port = { kind: 'link', type: 'port', borrowed: true, name: link.name, promiscuous: false, hairpin: false, up: true };
    return link.promiscuous ? [port, ...carriedBy(bridge, link.name)] : [port];
  });
}

function carriedBy(bridge: LinkFact, uplink: string): readonly Resource[] {
  const addresses = bridge.addresses.filter(({ ours }) => !ours).map(({ cidr, broadcast }): Address => ({
    kind: 'address', borrowed: true, link: uplink, cidr, ...(broadcast === undefined ? {} : { broadcast }),
  }));
  return [...addresses, ...bridge.routes.map((route): Route => ({ ...route, kind: 'route', borrowed: true, link: uplink, protocol: STATIC }))];
}
