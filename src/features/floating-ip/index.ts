// features/floating-ip/index.ts — floating addresses: bound where the world reaches the host, and translated both ways.
import type { Path, Ref, Want } from '../../core/resource.ts';
import type { Address } from '../../kinds/address/model.ts';
import { chain, entryRef, lookup } from '../../kinds/chain/model.ts';
import type { Chain, Entry, Lookup, Match, Rule } from '../../kinds/chain/model.ts';
import type { Flow } from '../../kinds/flow/model.ts';
import type { Ip } from '../../net/ip.ts';
import { firstFormer } from '../../parts/former.ts';
import { l3DeviceOf } from '../../parts/uplink-mapping.ts';
import type { Context } from '../../parts/context.ts';
import { fixedOf } from '../../parts/fixed-ip.ts';
import { floatingAddressOf, floatingRequests } from '../../parts/floating.ts';
import { rank } from '../../parts/rank.ts';
import type { Network } from '../../specfile/model.ts';
import type { Feature } from '../feature.ts';
import { check } from './checks.ts';

const DNAT = 'netctl-dnat';
const FLOAT_DNAT = 'netctl-float-dnat';
const FLOAT_SNAT = 'netctl-float-snat';

export const floatingIp: Feature = {
  name: 'floating-ip',
  check,
  *want(context) {
    const all = mappingsOf(context);
    // What leaves is unbound before its rules go: else what is still sent there would be answered by the host itself.
    const after = leavingAddresses(all, context);
    for (const want of all.length > 0 ? rulesOf(all) : afterAll(context)) yield { ...want, after };
    for (const one of all) {
      yield bound(one, context);
      yield { resource: flowsOf(one), because: [one.path] };
    }
  },
  requests: floatingRequests,
};

/** A floating address with the instance's own. */
interface Mapping {
  readonly floating: Ip<4>;
  readonly fixed: Ip<4>;
  /** The link on which it is bound, and by which the instance leaves as it. */
  readonly link: string;
  readonly pool: string;
  readonly network: Network;
  readonly path: Path;
  readonly why: string;
  /** First of its instance's address: it is what others see the instance as. */
  readonly first: boolean;
  /** First of those on its link. */
  readonly firstOnLink: boolean;
}

/** Those of this host's instances, in the order of the spec. */
function mappingsOf(context: Context): readonly Mapping[] {
  const { spec, self, allocations } = context;
  const networks = new Map(spec.networks.map((network) => [network.name, network]));
  const pools = new Map(spec.pools.map((pool) => [pool.name, pool]));
  return spec.instances
    .filter(({ host }) => host === self.name)
    .flatMap((instance) =>
      instance.nics.flatMap((nic) => {
        const links = new Set<string>();
        return nic.floating.map((one): Mapping => {
          const pool = pools.get(one.pool ?? '');
          const network = networks.get(nic.network);
          const name = pool?.interface ?? self.publicInterface;
          if (pool === undefined || network === undefined || name === undefined)
            throw new Error(`${one.holder} has no pool, network or interface`);
          const link = l3DeviceOf(name, context);
          const mapping = {
            floating: floatingAddressOf(one, allocations),
            fixed: fixedOf(instance, nic, allocations).ip,
            link,
            pool: pool.name,
            network,
            path: one.path,
            why: `instances.${instance.name}.nics[${nic.index}].floating`,
            first: links.size === 0,
            firstOnLink: !links.has(link),
          };
          links.add(link);
          return mapping;
        });
      }),
    );
}

function* rulesOf(all: readonly Mapping[]): Iterable<Want<Chain | Lookup>> {
  const pools: Pick<Want, 'because'> = { because: [['pools']] };
  yield { resource: chain('nat', 'netctl-PREROUTING', [jump(FLOAT_DNAT, rank.floating)]), ...pools };
  yield { resource: chain('nat', 'netctl-OUTPUT', [jump(FLOAT_DNAT, rank.floating)]), ...pools };
  yield { resource: chain('nat', 'netctl-snat', [jump(FLOAT_SNAT, rank.floatSnat)]), ...pools };
  const lookups = [
    lookup('nat', DNAT, {
      from: FLOAT_DNAT,
      rank: rank.floating,
      by: 'destination',
      entries: all.map(towardsFixed),
    }),
    lookup('nat', 'netctl-snat', {
      from: FLOAT_SNAT,
      rank: rank.floatSnat,
      by: 'source',
      entries: all.flatMap(towardsWorld),
    }),
    lookup('nat', 'netctl-back', {
      from: 'netctl-POSTROUTING',
      rank: rank.floating,
      by: 'source',
      when: [DNATED],
      entries: all.filter(({ first }) => first).map((one) => fromFixed(one, [])),
    }),
  ];
  for (const resource of lookups) yield { resource, ...pools };
}

/** No rules of floating addresses are left: those of all networks wait for the last of these to leave. */
function* afterAll({ spec }: Context): Iterable<Want<Chain>> {
  if (spec.networks.some(({ mode }) => mode !== 'flat'))
    yield { resource: chain('nat', 'netctl-PREROUTING', []), because: [['networks']] };
}

const DNATED: Match = { match: 'ctstate', states: ['DNAT'] };

function jump(to: string, at: number): Rule {
  return { rank: at, match: [], then: { target: 'jump', chain: to }, why: 'pools' };
}

function towardsFixed({ floating, fixed, pool, why }: Mapping): Entry {
  return { address: floating, owner: ['pools', pool], match: [], then: { target: 'dnat', to: fixed }, why };
}

/** To itself by its own floating address, and out of the interface on which that is. */
function towardsWorld(one: Mapping): readonly Entry[] {
  return [
    ...(one.first ? [fromFixed(one, [{ match: 'destination', cidr: `${one.fixed}/32` }])] : []),
    ...(one.firstOnLink ? [fromFixed(one, [{ match: 'out', link: one.link }])] : []),
  ];
}

function fromFixed({ floating, fixed, network, why }: Mapping, match: readonly Match[]): Entry {
  return {
    address: fixed,
    owner: network.path,
    within: network.cidr,
    match,
    then: { target: 'snat', to: floating },
    why,
  };
}

/** Bound when it is translated: what comes before that would be answered by the host itself. */
function bound({ floating, link, path }: Mapping, context: Context): Want<Address> {
  const after: readonly Ref[] = [entryRef('nat', DNAT, floating), ...firstFormer(link, context)];
  return { resource: { kind: 'address', link, cidr: `${floating}/32`, announce: true }, because: [path], after };
}

/** Connections that are this pair's: of one that is another's no more, they are cut. */
function flowsOf({ floating, fixed }: Mapping): Flow {
  return { kind: 'flow', floating, fixed };
}

/** Floating addresses that are bound and are to be so no more. */
function leavingAddresses(all: readonly Mapping[], { facts }: Context): readonly Ref[] {
  const stay = new Set(all.map(({ floating, link }) => `${link} ${floating}/32`));
  const ours = [...facts.links.values()].flatMap(({ name, addresses }) =>
    addresses.filter((address) => address.ours && address.cidr.endsWith('/32')).map(({ cidr }) => `${name} ${cidr}`),
  );
  return ours.filter((key) => !stay.has(key)).map((key): Ref => `address ${key}`);
}
