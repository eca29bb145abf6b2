// conflicts/forwarding-opens.ts — a host that is about to forward for its instances, and so becomes a router between
// the networks of its own interfaces.
import type { Diagnostic, Ref, State, Wanted } from '../core/resource.ts';
import { METRIC, UNANNOUNCED } from '../core/marks.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { isSysctl } from '../kinds/sysctl/model.ts';
import { baseOf, overlap, rangeOf } from '../net/ip.ts';
import type { Cidr, Range } from '../net/ip.ts';
import { l3DeviceOf, uplinkIn } from '../parts/uplink-mapping.ts';
import { endsThere } from './judge.ts';
import { EVERYWHERE } from './model.ts';
import type { Table } from './model.ts';
import { forwards, forwardsBy, isKnown } from './settings.ts';
import type { Settings } from './settings.ts';
import type { Site } from './required-traffic.ts';
import type { Budget } from './walk.ts';

const FORWARDING: Ref = 'sysctl net.ipv4.ip_forward';
/** Each is asked about with each other one. */
const MOST_SIDES = 24;
const MOST_RULES = 500_000;
/** Ways that are named one by one, each with its rule. */
const MOST_WAYS = 4;

/** An interface of the host's own, and the networks that it is in. */
export interface Side {
  /** Where its addresses are by now. */
  readonly holder: string;
  /** As the operator knows it: of a bridge of ours, its uplink. */
  readonly name: string;
  /** As rules see it once the plan is done. */
  readonly link: string;
  readonly cidrs: readonly Cidr<4>[];
  /** Who is in another VRF has other routes. */
  readonly vrf: string | undefined;
  readonly isBridge: boolean;
}

interface Passing {
  readonly from: Side;
  readonly to: Side;
}

/** Addresses of netctl's are for instances, and these the spec has forwarded. */
export function sidesOf(site: Site, links: readonly LinkRecord[]): readonly Side[] {
  const vrfs = new Set(links.filter(({ type }) => type === 'vrf').map(({ name }) => name));
  return links
    .filter(({ name, up, type }) => up && name !== 'lo' && type !== 'dummy' && type !== 'vrf')
    .flatMap(({ name, type, master = '', addresses }): Side[] => {
      const theirs = addresses.filter(
        ({ family, scope, metric }) =>
          family === 4 && scope !== 'host' && scope !== 'link' && metric !== METRIC && metric !== UNANNOUNCED,
      );
      const cidrs = [...new Set(theirs.map(({ ip, peer = ip, bits }) => baseOf(`${peer}/${bits}`, 4)))];
      return cidrs.length === 0
        ? []
        : [
            {
              holder: name,
              name: uplinkIn(name, site) ?? name,
              link: l3DeviceOf(name, site),
              cidrs,
              vrf: vrfs.has(master) ? master : undefined,
              isBridge: type === 'bridge',
            },
          ];
    })
    .slice(0, MOST_SIDES);
}

/**
 * `tables`: in which packets are dropped, as they are `now`, and if iptables had the policy DROP in its chain FORWARD;
 * asked for only where it matters.
 */
export function* opensForwarding(
  site: Site,
  settings: Settings,
  sides: readonly Side[],
  { state, because }: Pick<Wanted, 'state' | 'because'>,
  tables: () => { readonly now: readonly Table[]; readonly shut: readonly Table[] },
): Iterable<Diagnostic> {
  if (!isTurnedOn(state) || !isKnown(settings) || forwards(settings) || sides.length < 2) return;
  // Some devices may forward on a host that says 0 of itself.
  const pairs = sides.flatMap((from) =>
    forwardsBy(settings, from.holder) === true ? [] : sides.flatMap((to) => (isApart(from, to) ? [{ from, to }] : [])),
  );
  if (pairs.length === 0) return;
  const { now, shut } = tables();
  const ways = passing(pairs, now);
  if (ways.length === 0) return;
  const isMended = passing(ways, shut).length === 0;
  const rules = ways.length > MOST_WAYS ? [] : [ways.map((way) => ruleAgainst(way, site)).join(' && ')];
  yield {
    severity: 'warning',
    asks: true,
    code: 'forwarding-opens',
    against: [FORWARDING],
    at: (because.get(FORWARDING) ?? []).slice(0, 1),
    message: `with net.ipv4.ip_forward = 1 this host becomes a router ${wordsFor(ways)}: what is there becomes reachable through this host, and no rule of its firewall drops that`,
    hint: [
      ...(isMended ? ['before the apply, iptables -P FORWARD DROP: netctl accepts what its instances need'] : []),
      ...rules,
      'say yes if the host is to be that router',
    ].join('; or '),
  };
}

function isTurnedOn(wanted: State): boolean {
  const setting = wanted.get(FORWARDING);
  return setting !== undefined && isSysctl(setting) && setting.value === '1';
}

function isApart(a: Side, b: Side): boolean {
  return (
    a.link !== b.link &&
    a.vrf === b.vrf &&
    !a.cidrs.some((one) => b.cidrs.some((other) => overlap(rangeOf(one), rangeOf(other))))
  );
}

/** Those that nobody surely drops. Where there are too many rules for all of them, the rest counts as dropped. */
function passing(pairs: readonly Passing[], tables: readonly Table[]): readonly Passing[] {
  const budget: Budget = { left: MOST_RULES };
  return pairs.filter(({ from, to }) =>
    (['tcp', 'udp'] as const).some((protocol) =>
      from.cidrs.some((source) =>
        to.cidrs.some((destination) => {
          const packet = {
            in: from.link,
            out: to.link,
            source: behind(source),
            sourceType: 'unicast',
            destination: behind(destination),
            destinationType: 'unicast',
            protocol,
            states: ['new'],
          };
          return !endsThere(tables, packet, budget) && budget.left > 0;
        }),
      ),
    ),
  );
}

/** Behind a single address is whoever has a route there. */
export function behind(cidr: Cidr<4>): Range<4> {
  return cidr.endsWith('/32') ? EVERYWHERE : rangeOf(cidr);
}

/** `between eth1 (203.0.113.0/24) and eth2 (10.9.0.0/24)`; of ways that go in one direction, each. */
function wordsFor(ways: readonly Passing[]): string {
  const all = [...new Set(ways.flatMap(({ from, to }) => [from, to]))];
  if (ways.length === all.length * (all.length - 1))
    return `between ${all.slice(0, -1).map(named).join(', ')} and ${all.slice(-1).map(named).join('')}`;
  const more = ways.length > MOST_WAYS ? `, and ${ways.length - MOST_WAYS} more ways` : '';
  return `${ways
    .slice(0, MOST_WAYS)
    .map(({ from, to }) => `from ${named(from)} to ${named(to)}`)
    .join(', ')}${more}`;
}

function named({ name, cidrs }: Side): string {
  return `${name} (${cidrs.join(', ')})`;
}

/** By a bridge of ours come instances' packets as well: there it is for the networks of the uplink alone. */
function ruleAgainst({ from, to }: Passing, site: Site): string {
  const cidrs = (side: Side, flag: '-s' | '-d'): string =>
    uplinkIn(side.link, site) === undefined ? '' : ` ${flag} ${side.cidrs.join(',')}`;
  return `iptables -I FORWARD -i ${from.link}${cidrs(from, '-s')} -o ${to.link}${cidrs(to, '-d')} -j DROP`;
}
