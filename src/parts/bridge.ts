// parts/bridge.ts — the bridge of a network, and what of the host goes into it.
import type { Bridge } from '../kinds/link/model.ts';
import type { Module } from '../kinds/module/model.ts';
import type { Sysctl } from '../kinds/sysctl/model.ts';
import type { Ref, Want } from '../core/resource.ts';
import type { Context } from './context.ts';
import { LEAST_MTU } from '../net/ipv6.ts';
import { deriveMac } from '../net/mac.ts';
import type { Network, Nic } from '../specfile/model.ts';
import { parentOf, uplinkOf } from './uplink-mapping.ts';
import { mtuOf, settingsOf } from './bridge-settings.ts';
import type { Settled } from './bridge-settings.ts';
import { nicsOn } from './nics-on.ts';

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
  return nicsOn(network, spec).find(({ instance, nic }) => instance.host === self.name && nic.floating.length > 0)?.nic;
}
