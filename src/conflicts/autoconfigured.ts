// conflicts/autoconfigured.ts — an uplink that has IPv6 addresses for a limited time: what a router gives and rolls
// back, netctl does not move.
import type { Diagnostic, State } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { isLink } from '../kinds/link/model.ts';
import type { Site } from './required-traffic.ts';

/**
 * The bridge gets its own by the next advertisement. Those that stay on its port keep IPv6 going out by it, where no
 * answer arrives.
 */
export function* autoconfigured(site: Site, links: readonly LinkRecord[], wanted: State): Iterable<Diagnostic> {
  for (const { name, master, addresses } of links) {
    const bridge = bridgeOf(name, wanted);
    const given = addresses
      .filter(({ family, scope, dynamic }) => family === 6 && scope === 'global' && dynamic)
      .map(({ ip }) => ip);
    if (bridge === undefined || given.length === 0) continue;
    const disable = `sysctl -w net.ipv6.conf.${name.replaceAll('.', '/')}.disable_ipv6=1`;
    yield {
      severity: 'warning',
      code: 'autoconfigured',
      message: `${name} has ${given.join(', ')} for a limited time (router advertisements, DHCPv6), and that is not moved to ${bridge}: as a port of it, ${name} gets no replies to the IPv6 that this host sends by it`,
      at: site.spec.networks.filter((network) => network.bridge === bridge).map(({ path }) => path),
      hint: master === bridge ? disable : `when it is done: ${disable}`,
    };
  }
}

/** Of an uplink; guests' devices are none. */
function bridgeOf(name: string, wanted: State): string | undefined {
  const resource = wanted.get(`link ${name}`);
  return resource !== undefined && isLink(resource) && resource.type === 'port' && !resource.hairpin
    ? resource.master
    : undefined;
}
