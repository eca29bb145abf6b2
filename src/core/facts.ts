// core/facts.ts — what features may know of the host they write for: names, MACs, and what its interfaces carry.
import equal from 'fast-deep-equal/es6/index.js';
import type { Family } from '../net/ip.ts';

export interface Facts {
  readonly links: ReadonlyMap<string, LinkFact>;
  /** Named network namespaces. */
  readonly namespaces: ReadonlySet<string>;
  /** The kernel has none at all (`ipv6.disable=1`): it refuses what is said of it. */
  readonly withoutIpv6?: true;
}

export interface LinkFact {
  readonly name: string;
  /** Absent: it has none, or it is imagined. */
  readonly mac?: string;
  readonly ours: boolean;
  readonly promiscuous: boolean;
  readonly master?: string;
  /** Of a bridge's port. */
  readonly hairpin?: true;
  readonly alias?: string;
  /** By which `ip` knows it as well (`ip link property`), and nobody else. */
  readonly altnames?: readonly string[];
  /** That somebody configured: not by router advertisement, nor IPv6's link-local ones that the kernel makes. */
  readonly addresses: readonly AddressFact[];
  /**
   * Routes through it that do not come by themselves: of the main table, and where an interface of the host is borrowed
   * those of all tables, with every attribute.
   */
  readonly routes: readonly RouteFact[];
}

export interface AddressFact {
  /** `192.0.2.2/24` */
  readonly cidr: string;
  readonly broadcast?: string;
  /** Where it is narrower than global: `link`, `host`, `site`. */
  readonly scope?: string;
  readonly ours: boolean;
  readonly peer?: string;
  /** Absent also where it is our mark. */
  readonly metric?: number;
  readonly noPrefixRoute?: true;
  readonly deprecated?: true;
  readonly flags?: readonly string[];
  /** Of borrowed ones: the kernel's routes for it that came before those of others to the same. */
  readonly leads?: readonly string[];
  /** It ends by itself, unless somebody renews it. */
  readonly limited?: true;
}

export interface RouteFact {
  readonly to: string;
  readonly family: Family;
  readonly via?: string;
  readonly metric?: number;
  readonly source?: string;
  readonly scope?: string;
  readonly protocol: string;
  readonly onlink?: true;
  readonly table?: string;
  readonly type?: string;
  readonly tos?: string;
  readonly attributes?: string;
  /** It ends by itself, unless somebody renews it. */
  readonly limited?: true;
}

/**
 * Whether a host gives features no reason to want anything else. What is ours tells only by what it carries: not by its
 * MAC, nor a guest's port that came or went; and of namespaces only those tell that are awaited, since a host may have
 * many of others.
 */
export function sameFacts(a: Facts, b: Facts, awaited: ReadonlySet<string>): boolean {
  return (
    [...awaited].every((name) => a.namespaces.has(name) === b.namespaces.has(name)) && equal(tellingOf(a), tellingOf(b))
  );
}

function tellingOf({ links }: Facts): readonly (LinkFact | Pick<LinkFact, 'name' | 'addresses' | 'routes'>)[] {
  return [...links.values()].flatMap((link) => {
    const { name, ours, addresses, routes } = link;
    if (!ours) return [link];
    return addresses.length > 0 || routes.length > 0 ? [{ name, addresses, routes }] : [];
  });
}
