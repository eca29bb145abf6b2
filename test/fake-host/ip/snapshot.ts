// test/fake-host/ip/snapshot.ts — what a host holds, for people: by name, without numbers that nobody chose.
import type { HeldAddress } from './addresses.ts';
import type { Device, Namespace } from './device.ts';
import type { Kernel } from './kernel.ts';
import type { HeldNeighbour } from './neigh.ts';
import type { HeldRoute } from './routes.ts';

/** The host's own namespace, then the others that have anything in them. */
export function snapshot(kernel: Kernel): string {
  const others = [...kernel.names()]
    .sort()
    .map((name) => kernel.namespace(name))
    .filter((netns) => netns.devices.size > 1);
  return [
    linesOf(kernel.namespace('')),
    ...others.map((netns) => [`netns ${netns.name}`, ...linesOf(netns).map((line) => `  ${line}`)]),
  ]
    .flat()
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(netns: Namespace): readonly string[] {
  const devices = [...netns.devices.values()]
    .filter((device) => device.type !== 'loopback' || device.addresses.all().length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const routes = netns.routes
    .all()
    .filter((route) => route.protocol !== '2')
    .map(routeLine)
    .sort();
  return [
    ...devices.flatMap((device) => [
      deviceLine(device),
      ...device.addresses
        .all()
        .filter((held) => held.scope !== 'link' || held.family === 4)
        .map(addressLine),
    ]),
    ...routes,
    ...netns.neighbours.all().map(neighbourLine).sort(),
  ];
}

function deviceLine({
  name,
  type,
  up,
  promiscuous,
  mtu,
  master,
  hairpin,
  group,
  mac,
  macPinned,
  alias,
  stp,
  forwardDelay,
  netfilter,
  vlan,
}: Device): string {
  return [
    `${name}: ${type} ${up ? 'up' : 'down'}${promiscuous ? ' promisc' : ''} mtu ${mtu}`,
    ...(vlan === undefined ? [] : [`on ${vlan.parent.name} id ${vlan.id}`]),
    ...(macPinned ? [`mac ${mac}`] : []),
    ...(master === undefined ? [] : [`in ${master.name}${hairpin ? ' hairpin' : ''}`]),
    ...(type === 'bridge' ? [`stp ${stp} delay ${forwardDelay / 100}${netfilter ? ' netfilter' : ''}`] : []),
    ...(group === 'default' ? [] : [`group ${group}`]),
    ...(alias === '' ? [] : [JSON.stringify(alias)]),
  ].join(' ');
}

function addressLine({ cidr, broadcast, metric, scope, secondary, label, family }: HeldAddress): string {
  return [
    `    ${family === 4 ? 'inet' : 'inet6'} ${cidr}`,
    ...(broadcast === undefined ? [] : [`brd ${broadcast}`]),
    ...(metric === 0 ? [] : [`metric ${metric}`]),
    ...(scope === 'global' ? [] : [`scope ${scope}`]),
    ...(secondary ? ['secondary'] : []),
    ...(label.includes(':') ? [label] : []),
  ].join(' ');
}

function neighbourLine({ ip, link, mac, state, proxy }: HeldNeighbour): string {
  return `neigh ${proxy ? 'proxy ' : ''}${ip} dev ${link}${mac === undefined ? '' : ` lladdr ${mac}`}${proxy ? '' : ` nud ${state}`}`;
}

function routeLine({ family, to, via, link, protocol, source, metric, onlink }: HeldRoute): string {
  return [
    `route ${family === 6 && to === 'default' ? '::/0' : to}`,
    ...(via === undefined ? [] : [`via ${via}`]),
    `dev ${link} proto ${protocol}`,
    ...(source === undefined ? [] : [`src ${source}`]),
    ...(metric === 0 || metric === 1024 ? [] : [`metric ${metric}`]),
    ...(onlink ? ['onlink'] : []),
  ].join(' ');
}
