// conflicts/interfaces.ts — interfaces that a spec names and that are not as it needs them: not there, down, without a
// carrier, too narrow.
import type { Diagnostic, Path, State } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { LEAST_MTU } from '../net/ipv6.ts';
import { l3DeviceOf, parentOf, uplinkOf } from '../parts/uplink-mapping.ts';
import type { Network } from '../specfile/model.ts';
import { comesBy } from './forwarding.ts';
import { floatingLinks } from './floating.ts';
import type { Site } from './required-traffic.ts';

interface Named {
  readonly name: string;
  readonly at: Path;
  /** What it is to the spec. */
  readonly as: string;
  readonly networks: readonly Network[];
  /** netctl raises it itself. */
  readonly raised: boolean;
}

export function* interfaces(site: Site, links: readonly LinkRecord[], wanted: State): Iterable<Diagnostic> {
  const byName = new Map(links.map((link) => [link.name, link]));
  for (const named of namedIn(site)) yield* asItIs(named, byName.get(named.name), wanted, calledIn(named.name, links));
  yield* sourceAddress(site, links, wanted);
  for (const network of site.spec.networks) yield* tooNarrow(network, byName.get(wireOf(network, site) ?? ''));
}

/** Once each: as what it is first named. */
function namedIn(site: Site): readonly Named[] {
  const { spec, self } = site;
  const host = (key: string): Path => (self.implied ? ['hosts'] : ['hosts', self.name, key]);
  const uplinks = spec.networks.flatMap((network): Named[] => {
    const name = wireOf(network, site);
    const key = network.mode === 'vlan' ? 'vlanInterface' : 'flatInterface';
    const own = typeof network.interface === 'string';
    return name === undefined
      ? []
      : [
          {
            name,
            as: own ? 'interface' : key,
            at: own ? [...network.path, 'interface'] : host(key),
            networks: [network],
            raised: true,
          },
        ];
  });
  const used = comesBy(site);
  const floating = (name: string): readonly Network[] =>
    spec.networks.filter(
      (network) => network.mode !== 'flat' && floatingLinks(network, site).has(l3DeviceOf(name, site)),
    );
  const toOutside = [
    ...(used.get(self.publicInterface === undefined ? '' : l3DeviceOf(self.publicInterface, site))?.networks ?? []),
  ];
  const pools = spec.pools.flatMap((pool): Named[] =>
    pool.interface === undefined
      ? []
      : [
          {
            name: pool.interface,
            as: `interface of pool ${pool.name}`,
            at: [...pool.path, 'interface'],
            networks: floating(pool.interface),
            raised: false,
          },
        ],
  );
  const listed = spec.networks.flatMap((network): Named[] =>
    network.mode === 'flat' || typeof network.forward === 'string'
      ? []
      : network.forward.map((name, i) => ({
          name,
          as: 'forward',
          at: [...network.path, 'forward', i],
          networks: [network],
          raised: false,
        })),
  );
  const ways =
    self.publicInterface === undefined
      ? []
      : [
          {
            name: self.publicInterface,
            as: 'publicInterface',
            at: host('publicInterface'),
            networks: toOutside,
            raised: false,
          },
        ];
  const all = [...uplinks, ...ways, ...pools, ...listed].filter(
    ({ networks, name }) => networks.length > 0 && !spec.networks.some(({ bridge }) => bridge === name),
  );
  return [...new Map(all.toReversed().map((named) => [named.name, named])).values()].toReversed();
}

/** What goes into its bridge, or what its VLAN device depends on. */
function wireOf(network: Network, { self }: Site): string | undefined {
  return network.mode === 'vlan' ? parentOf(network, self) : uplinkOf(network, self);
}

/** Its own name, which it has in rules and settings, of a device that `ip` knows by this one as well. */
function calledIn(name: string, links: readonly LinkRecord[]): string | undefined {
  return links.find(({ altnames }) => altnames?.includes(name) === true)?.name;
}

/** What is to be borrowed and is not there is a guard's to refuse (device-missing). */
function* asItIs(
  { name, as, at, networks, raised }: Named,
  link: LinkRecord | undefined,
  wanted: State,
  called: string | undefined,
): Iterable<Diagnostic> {
  const of = networks
    .map((network) => network.name)
    .slice(0, 5)
    .join(', ');
  const stopped = (code: string, place: Path): ReturnType<typeof warning> & Pick<Diagnostic, 'stops'> => ({
    ...warning(code, place),
    stops: networks.map(({ path }) => path),
  });
  const hint =
    called === undefined
      ? '`ip link` lists those it has'
      : `that is another name (altname) of ${called}: write ${called}`;
  const bound = [...wanted.keys()].filter((ref) => ref.startsWith(`address ${name} `));
  if (link === undefined && !raised && bound.length > 0) {
    yield {
      severity: 'error',
      code: 'interface-missing',
      at: [at],
      against: bound,
      message: `this host has no interface ${name} (${as}), and the kernel binds no floating addresses of ${of} on it`,
      hint,
    };
  } else if (link === undefined && !raised) {
    yield {
      ...stopped('interface-missing', at),
      message: `this host has no interface ${name} (${as}): what ${of} ${networks.length === 1 ? 'has' : 'have'} to send and hear by it does not get through`,
      hint,
    };
  }
  if (link?.layer !== undefined && raised && networks.some(({ mode }) => mode === 'vlan'))
    yield {
      severity: 'error',
      code: 'vlan-not-supported',
      at: [at],
      message: `${name} (${as}) has no Ethernet link layer (${link.layer}), and takes no VLAN`,
      hint: 'name another interface',
    };
  if (link?.up === false && !raised)
    yield {
      ...stopped('interface-down', at),
      message: `${name} (${as}) is down: nothing of ${of} gets through by it`,
      hint: `ip link set dev ${name} up`,
    };
  if (link?.noCarrier)
    yield {
      ...stopped('no-carrier', at),
      message: `${name} (${as}) is up and has no carrier: nothing of ${of} gets through by it`,
      hint: 'look at its cable, or at the other end',
    };
}

/** Routed to this host by somebody, it need not be on any interface. */
function* sourceAddress({ spec, self }: Site, links: readonly LinkRecord[], wanted: State): Iterable<Diagnostic> {
  const { sourceAddress: ip } = self;
  if (
    ip === undefined ||
    !spec.networks.some((network) => network.mode !== 'flat' && network.snat === true && network.gateway !== undefined)
  )
    return;
  if (links.some(({ addresses }) => addresses.some((address) => address.ip === ip))) return;
  // That of a borrowed interface may be gone with its bridge, and is about to be there again.
  if ([...wanted.keys()].some((ref) => ref.startsWith('address ') && ref.split(' ')[2]?.startsWith(`${ip}/`) === true))
    return;
  yield {
    ...warning('source-missing', self.implied ? ['hosts'] : ['hosts', self.name, 'sourceAddress']),
    message: `no interface of this host has ${ip} (sourceAddress): replies to instances that are seen by it come back only if somebody routes it to this host`,
    hint:
      self.publicInterface === undefined
        ? 'put it on an interface, or leave it out'
        : `ip address add ${ip}/32 dev ${self.publicInterface}, or leave it out`,
  };
}

function* tooNarrow(network: Network, uplink: LinkRecord | undefined): Iterable<Diagnostic> {
  const { name, mtu, bridge, path } = network;
  const at = [...path, 'mtu'];
  const moved =
    network.mode === 'vlan'
      ? []
      : (uplink?.addresses ?? []).filter(
          ({ family, scope, dynamic }) => family === 6 && scope === 'global' && !dynamic,
        );
  const guests = network.mode === 'flat' && network.cidr6 !== undefined;
  if (mtu < LEAST_MTU && (moved.length > 0 || guests)) {
    yield {
      severity: 'error',
      code: 'mtu-too-small',
      at: [at],
      against: [`link ${bridge}`],
      message: `${name} has an MTU of ${mtu}, with which the kernel has no IPv6 on ${bridge}${guests ? ' nor an instance on its interface' : ''}${moved.length === 0 ? '' : `, and ${moved.map(({ ip, bits }) => `${ip}/${bits}`).join(', ')} of ${uplink?.name ?? ''} would go there`}`,
      hint: `IPv6 needs ${LEAST_MTU} at least`,
    };
  }
  if (uplink?.maxMtu !== undefined && mtu > uplink.maxMtu) {
    yield {
      severity: 'error',
      code: 'mtu-too-large',
      at: [at],
      against: [`link ${uplink.name}`],
      message: `${name} has an MTU of ${mtu}, and ${uplink.name} supports ${uplink.maxMtu} at most`,
      hint: `write mtu: ${uplink.maxMtu} or less, or name another interface`,
    };
  }
}

function warning(code: string, at: Path): Pick<Diagnostic, 'severity' | 'code' | 'at'> {
  return { severity: 'warning', code, at: [at] };
}
