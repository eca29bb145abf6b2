// kinds/chain/model.ts — chains of a firewall with their rules, and lookups, as values; text appears in a backend's
// folder only.
import type { Path, Ref, Resource } from '../../core/resource.ts';
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { Cidr, Family, Ip } from '../../net/ip.ts';
import { familyOf } from '../../net/ip.ts';
import type { Match, Rule, Verdict } from './rule.ts';
import { tagOf } from './tag.ts';

export { nameOf } from './rule.ts';
export type { Match, Rule, Verdict } from './rule.ts';

export type Table = 'filter' | 'nat' | 'mangle';

/** A chain of ours (`netctl-…`), or our rules in one of the kernel's own (`FORWARD`). */
export interface Chain extends Resource {
  readonly kind: 'chain' | 'chain6';
  readonly family: Family;
  readonly table: Table;
  readonly name: string;
  /** In order of `rank`, then as wanted. */
  readonly rules: readonly ChainRule[];
}

/** A rule as it is compared: by its tag. */
export type ChainRule = TaggedRule | FoundRule;

/** A rule that the spec asks for. */
export interface TaggedRule extends Rule {
  readonly tag: string;
}

/** A rule as it was read: in the words of the backend, which alone knows what they say. */
export interface FoundRule {
  /** What stands in its comment; another where somebody has edited the rule. */
  readonly tag: string;
  readonly text: string;
  readonly rank: number;
  /** In the kernel's own chains: put before (default) or behind all others when it is added. */
  readonly place?: 'top' | 'bottom';
  /** The hash of its text. */
  readonly spelling?: string;
}

/**
 * What is done with a packet by one of its addresses, each of which has its own entry: thousands of them cost no more
 * than a few. Chains stand for it on a host, and which ones is for the backend to say.
 */
export interface Lookup extends Resource {
  readonly kind: 'lookup' | 'lookup6';
  readonly family: Family;
  readonly table: Table;
  /** Its chains' names begin with that: `netctl-dnat`. */
  readonly name: string;
  /** The chain that asks, and where in it. */
  readonly from: string;
  readonly rank: number;
  /** Which address of a packet is looked up. */
  readonly by: 'source' | 'destination';
  /** Only of packets that match this as well. */
  readonly when: readonly Match[];
  /** Of one address those that are wanted first come first. */
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly address: Ip;
  /** Whose address it is: `['pools', 'public']`. */
  readonly owner: Path;
  /** A network whose addresses are nobody else's: `10.0.0.0/24`. */
  readonly within?: Cidr;
  /** Beside the address itself. */
  readonly match: readonly Match[];
  readonly then: Verdict;
  readonly why: string;
}

/** The kind that holds the chains of a family. */
export function kindFor(family: Family): Chain['kind'] {
  return family === 4 ? 'chain' : 'chain6';
}

export function lookupKindFor(family: Family): Lookup['kind'] {
  return family === 4 ? 'lookup' : 'lookup6';
}

/** Makes a lookup; several of one name are one, with the entries of all. */
export function lookup(
  table: Table,
  name: string,
  how: Pick<Lookup, 'from' | 'rank' | 'by' | 'entries'> & Partial<Pick<Lookup, 'when'>>,
  family: Family = 4,
): Lookup {
  return { kind: lookupKindFor(family), family, table, name, when: [], ...how };
}

/** What stands for an address of a lookup, for whoever is to come after that. */
export function entryRef(table: Table, name: string, address: Ip): Ref {
  return `${lookupKindFor(familyOf(address))} ${table}/${name}/${address}`;
}

/** What hints call the rules of a family. */
export function rulesOf(family: Family): 'rules' | 'rules6' {
  return family === 4 ? 'rules' : 'rules6';
}

/** Makes a chain of rules; in order of rank, and each rule once. */
export function chain(table: Table, name: string, rules: readonly Rule[], family: Family = 4): Chain {
  const tagged = rules.map((rule): TaggedRule => ({ ...rule, tag: tagOf(rule) }));
  return { kind: kindFor(family), family, table, name, rules: inOrder(tagged) };
}

/** Sorts by rank, stable; of two rules that say the same for the same reason, one is enough. */
export function inOrder(rules: readonly ChainRule[]): readonly ChainRule[] {
  const once = new Map(rules.toReversed().map((rule) => [rule.tag, rule]));
  return rules.filter((rule) => once.get(rule.tag) === rule).toSorted((a, b) => a.rank - b.rank);
}

/** Our rules in one of the kernel's chains, as they stand there: those at the top, then those at the bottom. */
export function asHeld({ rules }: Pick<Chain, 'rules'>): readonly ChainRule[] {
  return [...rules.filter(({ place }) => place !== 'bottom'), ...rules.filter(({ place }) => place === 'bottom')];
}

/** All other chains that we speak of are the kernel's own. */
export function isOwn(name: string): boolean {
  return name.startsWith(CHAIN_PREFIX);
}

export function isFound(rule: ChainRule): rule is FoundRule {
  return 'text' in rule;
}
