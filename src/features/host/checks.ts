// features/host/checks.ts — ways out of a network that lead by the bridge of another, which is shut off.
import type { Diagnostic } from '../../core/resource.ts';
import type { Context } from '../../parts/context.ts';
import { nicsOn } from '../../parts/nics-on.ts';
import { l3DeviceOf, uplinkOf } from '../../parts/uplink-mapping.ts';
import type { Draft } from '../../specfile/draft.ts';
import type { Host, RoutedNetwork } from '../../specfile/model.ts';

export function* check({ spec }: Draft): Iterable<Diagnostic> {
  const routed = spec.networks.filter((network) => network.mode !== 'flat');
  const said = new Set<string>();
  for (const self of spec.hosts) {
    const shut = shutOff(routed, self);
    if (shut.size === 0) continue;
    for (const network of routed) {
      for (const out of waysOf(network, self, spec)) {
        const other = shut.get(out);
        if (other === undefined || said.has(`${network.name} ${other.name}`)) continue;
        if (passes(network, other, { spec, self })) continue;
        said.add(`${network.name} ${other.name}`);
        const [key, value] = other.gateway === undefined ? ['gateway', 'null'] : ['forward', wordsFor(other)];
        yield {
          severity: 'warning',
          code: 'forward-shut',
          message: `${network.name} goes out by ${out}, which is the uplink of ${other.name}, and that is shut off (${key}: ${value}): what instances of ${network.name} send and get by it is dropped`,
          at: [
            [...other.path, key],
            [...network.path, 'forward'],
          ],
          hint: `\`forward: [${network.bridge}]\` in ${other.name} lets it through, and instances of both reach each other then`,
        };
      }
    }
  }
}

/**
 * Networks that are shut off, by their uplinks and bridges. What comes from the world by an uplink and what instances
 * send by the same bridge look alike to the FORWARD chain.
 */
function shutOff(networks: readonly RoutedNetwork[], self: Host): ReadonlyMap<string, RoutedNetwork> {
  return new Map(
    networks
      .filter(({ forward, gateway }) => forward !== 'all' || gateway === undefined)
      .flatMap((one) => {
        const uplink = uplinkOf(one, self);
        return uplink === undefined ? [] : [uplink, one.bridge].map((name) => [name, one] as const);
      }),
  );
}

/** It is the one itself, or one that it lets through, or one whose own rules are asked before. */
function passes(network: RoutedNetwork, shut: RoutedNetwork, at: Pick<Context, 'spec' | 'self'>): boolean {
  if (network === shut) return true;
  // Of two networks with lists the rules of the one that is written first come first; VLANs come after all others.
  const { networks } = at.spec;
  const isBefore = network.mode === shut.mode && networks.indexOf(network) < networks.indexOf(shut);
  if (network.forward !== 'all' && isBefore) return true;
  const names = shut.gateway === undefined || typeof shut.forward === 'string' ? [] : shut.forward;
  return names.some((name) => l3DeviceOf(name, at) === network.bridge);
}

/** The interfaces by which what it sends leaves the host, as the spec names them; those of floating addresses, too. */
function waysOf(network: RoutedNetwork, { publicInterface }: Host, spec: Draft['spec']): readonly string[] {
  const { gateway, dhcp, forward } = network;
  if (gateway === undefined || gateway !== dhcp.server || forward === 'none') return [];
  if (forward !== 'all') return forward;
  const asked = new Set(nicsOn(network, spec).flatMap(({ nic }) => nic.floating.map(({ pool }) => pool)));
  const floating = spec.pools.filter(({ name }) => asked.has(name)).flatMap((pool) => pool.interface ?? []);
  return [...new Set([...(publicInterface === undefined ? [] : [publicInterface]), ...floating])];
}

function wordsFor({ forward }: RoutedNetwork): string {
  return typeof forward === 'string' ? forward : `[${forward.join(', ')}]`;
}
