// test/house/sample/router.ts — a feature made for tests: for each flat network with a gateway a router in a network
// namespace of its own, with all that can stand in one.
import { netnsPrefix, runIn } from '../../../src/core/marks.ts';
import { inNetns } from '../../../src/core/in-netns.ts';
import type { Resource, Want } from '../../../src/core/resource.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import type { Chain, Lookup } from '../../../src/kinds/chain/model.ts';
import { chain, lookup } from '../../../src/kinds/chain/model.ts';
import type { Veth } from '../../../src/kinds/link/model.ts';
import type { Neighbour } from '../../../src/kinds/neighbour/model.ts';
import type { Netns } from '../../../src/kinds/netns/model.ts';
import type { Process } from '../../../src/kinds/process/model.ts';
import type { Route } from '../../../src/kinds/route/model.ts';
import type { Sysctl } from '../../../src/kinds/sysctl/model.ts';
import type { Bridge } from '../../../src/kinds/link/model.ts';
import { bitsOf } from '../../../src/net/ip.ts';
import type { Ip } from '../../../src/net/ip.ts';
import { broadcastOf } from '../../../src/net/ipv4.ts';
import type { Context } from '../../../src/parts/context.ts';
import type { FlatNetwork } from '../../../src/specfile/model.ts';

export const router: Feature = {
  name: 'router',
  *want(context) {
    for (const network of context.spec.networks)
      if (network.mode === 'flat' && network.gateway !== undefined)
        yield* routerOf({ ...network, gateway: network.gateway }, context);
  },
};

/** Its leg in the network, seen from within. */
const LEG = 'qr-0';

function* routerOf(network: FlatNetwork & { readonly gateway: string }, { paths }: Context): Iterable<Want> {
  const because = [network.path];
  const netns = `${netnsPrefix(paths.netns)}${network.name}`;
  const made: Netns = { kind: 'netns', name: netns };
  const leg: Veth = {
    kind: 'link',
    type: 'veth',
    name: `vr-${network.name}`,
    master: network.bridge,
    mtu: network.mtu,
    alias: `router ${network.name}`,
    peer: { name: LEG, netns, mac: '02:00:00:00:01:01' },
  };
  yield { resource: made, because };
  yield { resource: leg, because };
  for (const resource of within(network, runIn(paths.run, netns)))
    yield { resource: inNetns(netns, resource), because };
}

function* within(network: FlatNetwork & { readonly gateway: string }, run: string): Iterable<Resource> {
  const { gateway, cidr, name } = network;
  const own = `${gateway}/${bitsOf(cidr)}`;
  const beside = gateway.replace(/\d+$/, '7');
  const inside: Bridge = {
    kind: 'link',
    type: 'bridge',
    name: 'br-in',
    mac: '02:00:00:00:01:02',
    mtu: 1400,
    netfilter: false,
  };
  const forward: Sysctl = { kind: 'sysctl', name: 'net.ipv4.ip_forward', value: '1' };
  const address: Address = { kind: 'address', link: LEG, cidr: own, broadcast: broadcastOf(cidr) };
  const other: Address = { kind: 'address', link: inside.name, cidr: '10.8.0.1/24', broadcast: '10.8.0.255' };
  const route: Route = { kind: 'route', family: 4, to: '10.9.0.0/16', via: beside, link: LEG, protocol: '117' };
  const neighbour: Neighbour = {
    kind: 'neighbour',
    link: LEG,
    ip: beside,
    mac: '02:00:00:00:01:07',
    state: 'permanent',
  };
  const chains: readonly Chain[] = [
    chain('nat', 'netctl-snat', [
      {
        rank: 0,
        match: [{ match: 'source', cidr: '10.8.0.0/24' }],
        then: { target: 'snat', to: gateway },
        why: `networks.${name}`,
      },
    ]),
    chain('nat', 'POSTROUTING', [
      { rank: 0, match: [], then: { target: 'jump', chain: 'netctl-snat' }, why: 'netctl' },
    ]),
  ];
  /** One of its instances is seen from outside under an address of its own. */
  const floating: Lookup = lookup('nat', 'netctl-at', {
    from: 'netctl-snat',
    rank: -1,
    by: 'source',
    entries: [
      {
        address: '10.8.0.9' as Ip,
        owner: ['networks', name],
        match: [],
        then: { target: 'snat', to: '192.168.50.9' },
        why: `networks.${name}`,
      },
    ],
  });
  const server: Process = {
    kind: 'process',
    name: `dnsmasq-${name}`,
    argv: [
      'dnsmasq',
      '--conf-file=',
      `--pid-file=${run}/dnsmasq-${name}.pid`,
      '--user=root',
      '--bind-interfaces',
      `--interface=${LEG}`,
      `--except-interface=${LEG}`,
      `--listen-address=${gateway}`,
      '--except-interface=lo',
      '--no-hosts',
      '--no-resolv',
      `--address=/router.test/${gateway}`,
    ],
    config: 'none',
    on: [`link ${LEG}`, `address ${LEG} ${own}`],
  };
  yield* [forward, inside, address, other, route, neighbour, ...chains, floating, server];
}
