// parts/imagine.ts — the facts of a host on which everything is there that the spec expects of others.
import type { Facts, LinkFact } from '../core/facts.ts';
import type { Spec } from '../specfile/model.ts';

/** For what is said of a spec without a host: export, validate. */
export function imagine(spec: Spec): Facts {
  const devices = spec.instances.flatMap(({ nics }) => nics.map(({ device }) => device));
  const named = [
    ...spec.hosts.map(({ publicInterface }) => publicInterface),
    ...spec.pools.map(({ interface: name }) => name),
    ...devices.map((device) => (device.type === 'external' ? device.name : undefined)),
  ];
  const links = [...new Set(named.filter((name) => name !== undefined))].map((name): LinkFact => ({
    name,
    ours: false,
    promiscuous: false,
    addresses: [],
    routes: [],
  }));
  return {
    links: new Map(links.map((link) => [link.name, link])),
    namespaces: new Set(devices.flatMap((device) => (device.type === 'veth' ? [device.netns] : []))),
  };
}
