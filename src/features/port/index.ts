// features/port/index.ts — the host's end of every NIC of its instances: made, or put in the bridge when somebody else
// has made it.
import type { Path, Waiting, Want } from '../../core/resource.ts';
import type { Link } from '../../kinds/link/model.ts';
import { bareIn, beforePorts } from '../../parts/bridge.ts';
import { fixedOf, macPool } from '../../parts/fixed-ip.ts';
import type { Fixed } from '../../parts/fixed-ip.ts';
import type { Device, Network } from '../../specfile/model.ts';
import type { Context } from '../../parts/context.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

export const port: Feature = {
  name: 'port',
  check,
  *want(context) {
    const networks = new Map(context.spec.networks.map((network) => [network.name, network]));
    for (const instance of context.spec.instances)
      for (const nic of instance.nics) {
        const network = networks.get(nic.network);
        if (instance.host !== context.self.name || network === undefined) continue;
        yield deviceOf(fixedOf(instance, nic, context.allocations), network, context);
      }
  },
  *requests(spec) {
    const [first, others] = [macPool(spec, true), macPool(spec, false)];
    for (const { nics } of spec.instances)
      for (const nic of nics) {
        yield {
          pool: nic.index === 0 ? first : others,
          holder: nic.holder,
          because: nic.path,
          ...(nic.mac === undefined ? {} : { exactly: nic.mac }),
        };
      }
  },
};

function deviceOf(fixed: Fixed, network: Network, context: Context): Want<Link> | Waiting {
  const { nic, ip, mac } = fixed;
  const because: readonly Path[] = [[...nic.path, 'device']];
  const missing = missingFor(nic.device, context);
  if (missing !== undefined) return { waiting: `link ${nic.device.name}`, why: missing, because };
  const common = { kind: 'link', name: nic.device.name, master: network.bridge } as const;
  const bare = bareIn(network, context);
  const after = beforePorts(network, context);
  const alias = `${nic.holder} ${ip} ${mac}`;
  switch (nic.device.type) {
    case 'tap':
      return { resource: { ...common, type: 'tap', mtu: network.mtu, alias, ...bare }, because, after };
    case 'veth':
      return {
        resource: {
          ...common,
          type: 'veth',
          mtu: network.mtu,
          alias,
          peer: { name: nic.device.peer, netns: nic.device.netns, mac },
          ...bare,
        },
        because,
        after,
      };
    case 'external':
      return {
        resource: {
          ...common,
          type: 'port',
          borrowed: true,
          promiscuous: false,
          hairpin: true,
          up: true,
          carries: network.mtu,
          ...(bare.bare ? { addrGenMode: 'none' as const } : {}),
        },
        because,
        after,
      };
  }
}

/** What only somebody else can bring. Until then there is nothing to do, and nothing wrong. */
function missingFor(device: Device, { facts }: Context): string | undefined {
  switch (device.type) {
    case 'tap':
      return undefined;
    case 'veth':
      return facts.namespaces.has(device.netns) ? undefined : `the namespace ${device.netns} is not there yet`;
    // One of ours by that name goes first, and somebody else makes another.
    case 'external':
      return facts.links.get(device.name)?.ours === false
        ? undefined
        : `the external device ${device.name} is not there yet`;
  }
}
