// commands/own-configs.ts — an operator's `dhcp.config` must not lie where netctl removes what it did not write.
import type { Diagnostic, HostReader } from '../core/resource.ts';
import type { Paths } from '../parts/context.ts';
import type { Spec } from '../spec/model.ts';

/** By the paths as they are written, and by where their links lead. Asks the host only where a spec names such a file. */
export async function configsInside({ networks }: Spec, paths: Paths, host: HostReader): Promise<readonly Diagnostic[]> {
  const named = networks.flatMap((network) => (network.mode !== 'flat' && network.dhcp.config !== undefined ? [{ network, config: network.dhcp.config }] : []));
  if (named.length === 0) return [];
  const own = [paths.state, paths.run];
  // Neither the file nor the directories need be there yet.
  const resolved = (await host.read(['realpath', '-m', ...own, ...named.map(({ config }) => config)])).split('\n');
  const directories = [...own, ...resolved.slice(0, own.length)];
  return named.flatMap(({ network, config }, i): Diagnostic[] => {
    const real = resolved[own.length + i] ?? config;
    if (![config, real].some((path) => directories.some((directory) => `${path}/`.startsWith(`${directory}/`)))) return [];
    const leads = real === config ? '' : `, which is ${real}`;
    return [{
      severity: 'error', code: 'config-inside', message: `dhcp.config ${config}${leads} is in a directory of netctl's own, where it would be removed`,
      at: [[...network.path, 'dhcp', 'config']], hint: 'put it elsewhere: /etc/dnsmasq-lab.conf',
    }];
  });
}
