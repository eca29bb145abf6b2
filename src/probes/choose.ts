// probes/choose.ts — what is asked around an apply: what the spec names, and what an operator would ask without being
// told.
import { isIPv6 } from 'node:net';
import type { RouteRecord } from '../iproute2/routes.ts';
import { bitsOf, contains } from '../net/ip.ts';
import type { AskedFor, Operator, Probe, Target, Way } from './model.ts';
import type { Family } from '../net/ip.ts';

/** Milliseconds. Most hosts have a gateway that answers within one; one that never does costs this each time. */
const BUILT_IN = 1_000;

/** The ways by which a host is reached. */
export interface Ways {
  /** As `gatewaysIn` finds them. */
  readonly gateways: readonly string[];
  readonly operator?: Operator | undefined;
  /** As `farIn` finds them. */
  readonly far?: readonly Way[];
}

/** All that this host asks, each of it once. What the spec asks for comes first. */
export function probesFor(
  asked: readonly AskedFor[],
  self: string,
  { gateways, operator, far = [] }: Ways,
): readonly Probe[] {
  const wanted = asked
    .filter(({ host }) => host === undefined || host === self)
    .map(({ target, timeout, path }): Probe => ({ name: nameOf(target), target, timeout, path }));
  const builtIn = [
    ...gateways.map((gateway) => pingTo(gateway, `default gateway ${gateway}`)),
    ...far.map((target): Probe => ({ name: `default route of IPv${target.family}`, target, timeout: BUILT_IN })),
    ...(operator === undefined ? [] : ofOperator(operator)),
  ];
  const seen = new Set<string>();
  return [...wanted, ...builtIn].filter(({ target }) => seen.size < seen.add(JSON.stringify(target)).size);
}

/**
 * The gateways of the default routes, each with the link where its address is good on one link only; `by`: with the one
 * that stands for that.
 */
export function gatewaysIn(routes: readonly RouteRecord[], by = (link: string): string => link): readonly string[] {
  const ways = routes.filter(({ to }) => to === 'default').flatMap((route) => [route, ...route.hops]);
  return [
    ...new Set(
      ways.flatMap(({ via, link }) =>
        via === undefined ? [] : [isLinkLocal(via) && link !== undefined ? `${via}%${by(link)}` : via],
      ),
    ),
  ];
}

/** What a plan changes of the ways out. */
export interface Changing {
  /** Networks that the host is about to have. */
  readonly coming?: readonly string[];
  /** Addresses of netctl's that it is about to lose. */
  readonly going?: readonly string[];
  /** Those of its own that it is about to get again. */
  readonly back?: readonly string[];
  /** Families of which it is about to have a default route again, beside those that it has. */
  readonly restored?: readonly Family[];
}

/**
 * Of each family an address far away, for documentation (RFC 5737, 3849, 9637): nobody is there, none of the host's
 * other routes leads to it, nor will one.
 */
export function farIn(
  routes: readonly RouteRecord[],
  { coming = [], going = [], back = [], restored = [] }: Changing = {},
): readonly Way[] {
  return FAR.flatMap(([family, candidates]): Way[] => {
    const own = routes.filter((route) => route.family === family);
    const others = [...own.map(({ to }) => to), ...coming].filter(
      (network) => network !== 'default' && bitsOf(network) > LEAST,
    );
    const to = candidates.find((ip) => !others.some((network) => contains(network, ip)));
    const isSeveral = gatewaysIn(own).length > 1 || restored.includes(family);
    if (to === undefined) return [];
    return [
      {
        kind: 'way',
        family,
        to,
        ...(isSeveral ? { any: true as const } : {}),
        ...(going.length > 0 ? { going } : {}),
        ...(back.length > 0 ? { back } : {}),
      },
    ];
  });
}

const FAR = [
  [4, ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1']],
  [6, ['2001:db8::1', '3fff::1', '2001:db8:ffff::1', '3fff:fff::1']],
] as const;
/** Bits of what is as good as a default route: a tunnel's 0.0.0.0/1, the whole of global IPv6. */
const LEAST = 3;

/** Many a peer is behind what answers no ping: then its session tells by itself. */
function ofOperator(operator: Operator): readonly Probe[] {
  const { peer } = operator;
  return [
    pingTo(peer, `ping ${peer}, where your SSH session comes from`),
    { name: `your SSH session from ${peer}`, target: { kind: 'session', ...operator }, timeout: BUILT_IN },
  ];
}

function pingTo(host: string, name: string): Probe {
  return { name, target: { kind: 'ping', host }, timeout: BUILT_IN };
}

function nameOf(target: Target): string {
  switch (target.kind) {
    case 'ping':
      return `ping ${target.host}`;
    case 'tcp':
      return `tcp ${isIPv6(target.host) ? `[${target.host}]` : target.host}:${target.port}`;
    case 'dns':
      return `dns ${target.name}${target.server === undefined ? '' : ` at ${target.server}`}`;
    case 'http':
      return `http ${target.url}${target.status === undefined ? '' : ` with status ${target.status}`}`;
  }
}

function isLinkLocal(ip: string): boolean {
  return /^fe[89ab]/i.test(ip);
}
