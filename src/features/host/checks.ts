// features/host/checks.ts — ways out of a network that lead by the bridge of another, which is shut off.
import type { Diagnostic } from '../../core/resource.ts';
import { shutting } from '../../parts/forwarding.ts';
import { nicsOn } from '../../parts/nics-on.ts';
import type { Draft } from '../../specfile/draft.ts';
import type { Host, RoutedNetwork } from '../../specfile/model.ts';

export function* check({ spec }: Draft): Iterable<Diagnostic> {
  const said = new Set<string>();
  for (const self of spec.hosts) {
    for (const network of spec.networks) {
      if (network.mode === 'flat') continue;
      for (const out of waysOf(network, self, spec)) {
        const shut = shutting(network, out, { spec, self });
        if (shut === undefined || said.has(`${network.name} ${shut.name}`)) continue;
        said.add(`${network.name} ${shut.name}`);
        const [key, value] = shut.gateway === undefined ? ['gateway', 'null'] : ['forward', wordsFor(shut)];
        yield {
          severity: 'warning',
          code: 'forward-shut',
          message: `${network.name} goes out by ${out}, which is the uplink of ${shut.name}, and that is shut off (${key}: ${value}): what instances of ${network.name} send and get by it is dropped`,
          at: [
            [...shut.path, key],
            [...network.path, 'forward'],
          ],
          hint: `\`forward: [${network.bridge}]\` in ${shut.name} lets it through, and instances of both reach each other then`,
        };
      }
    }
  }
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
