// kinds/chain/backend.ts — what the chains of a host ask of a firewall. A folder beside this file is one: `iptables`.
import type { Change, HostReader, Memory, Op, Path } from '../../core/resource.ts';
import type { Family } from '../../net/ip.ts';
import type { Chain, Entry, FoundRule, Lookup, Table } from './model.ts';
import type { Said } from './rule.ts';

export interface Backend {
  /**
   * Whether something of ours may be there, by what is read of a host in any case: where none is wanted and none is
   * remembered, nothing more is asked.
   */
  mayHold(host: HostReader, family: Family): Promise<boolean>;
  /** What `observe` reads of a host, whatever is wanted there. */
  reads(family: Family): readonly (readonly string[])[];
  /** Our chains, and our rules in the kernel's own. Throws a DriverError where they cannot be seen. */
  observe(host: HostReader, asked: Asked): Promise<readonly Chain[]>;
  /** Only these chains, by key. Undefined where all have to be read. */
  observeSome(host: HostReader, asked: Asked, names: readonly string[]): Promise<readonly Chain[] | undefined>;
  /** Single addresses that our rules translate on a host, wanted or not: the entries of lookups. */
  translated(host: HostReader, by: Side, family: Family): Promise<readonly Translated[]>;
  /** Those in these chains, by key. Undefined where all have to be read. */
  translatedIn(
    host: HostReader,
    by: Side,
    family: Family,
    names: readonly string[],
  ): Promise<readonly Translated[] | undefined>;
  /**
   * What is told for all these changes at once. A rule that stays keeps its counters, a table is changed whole or not
   * at all, and each rule bears its tag.
   */
  ops(changes: readonly Change<Chain>[], family: Family): readonly Op[];
  /** What stands for a lookup: those that others lead to come first. Nothing where it has no entries. */
  chainsFor(lookup: Lookup): Iterable<LookupChain>;
  /** What a rule says that was read, whoever wrote it. */
  valueOf(rule: FoundRule): Said;
  /** The chain of ours that such a rule leads to. Asked of every rule of a host, so without reading all of it. */
  leadsTo(rule: FoundRule): string | undefined;
}

/** One of the chains that stand for a lookup. */
export interface LookupChain {
  readonly chain: Chain;
  readonly because: readonly Path[];
  /** Of which it is what a packet meets. None: it only leads to others. */
  readonly entries: readonly Entry[];
}

/** Which address of a packet is looked up, and becomes another. */
export type Side = 'source' | 'destination';

export interface Translated {
  readonly address: string;
  readonly to: string;
}

export interface Asked {
  readonly family: Family;
  /** Tables that have to be seen, though there may be nothing of ours in them. */
  readonly needed: ReadonlySet<Table>;
  /** What the kind remembers: how each rule reads back, by its tag. */
  readonly memory: Memory;
}
