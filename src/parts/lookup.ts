// parts/lookup.ts — what exists once per address, asked for in two levels: by block of addresses, then by address.
//
// A packet passes few rules, and a change touches the small chain of its own block.
import type { Path, Want } from '../core/resource.ts';
import { chain } from '../kinds/chain/model.ts';
import type { Chain, Match, Verdict } from '../kinds/chain/model.ts';
import { baseOf, bitsOf, ipOf, toNumber } from '../net/ip.ts';
import type { Cidr, Ip } from '../net/ip.ts';

/** Addresses to a block: 64. */
const BLOCK_BITS = 26;

export interface Lookup {
  /** The chain that asks, and where in it. */
  readonly from: string;
  readonly rank: number;
  /** Which address of a packet is looked up. */
  readonly by: 'source' | 'destination';
  /** Only packets that match this as well. */
  readonly when?: readonly Match[];
  /** Begins the name of the chain of a block: `netctl-dnat`. */
  readonly name: string;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly address: Ip<4>;
  /** Whose address it is: `['pools', 'public']`. */
  readonly owner: Path;
  /** Of a network whose addresses are nobody else's: its block is never larger. */
  readonly within?: Cidr<4>;
  /** Beside the address itself. */
  readonly match: readonly Match[];
  readonly then: Verdict;
  readonly why: string;
}

/** The chains of a lookup, those of its blocks first; only blocks in use have one. */
export function* lookup({ from, rank, by, when = [], name, entries }: Lookup): Iterable<Want<Chain>> {
  const blocks = blocksOf(entries);
  for (const [block, own] of blocks) {
    const rules = own.map(({ address, number, match, then, why }) => ({
      rank: number,
      match: [{ match: by, cidr: `${address}/32` } as const, ...match],
      then,
      why,
    }));
    yield { resource: chain('nat', chainName(name, block), rules), because: ownersOf(own) };
  }
  const jumps = blocks.map(([block, own]) => ({
    rank,
    match: [{ match: by, cidr: block } as const, ...when],
    then: { target: 'jump', chain: chainName(name, block) } as const,
    why: ownersOf(own)
      .map((owner) => owner.join('.'))
      .join(' '),
  }));
  if (jumps.length > 0) yield { resource: chain('nat', from, jumps), because: ownersOf(entries) };
}

/** The chain in which an entry's rule stands. */
export function chainOf(name: string, entry: Pick<Entry, 'address' | 'within'>): string {
  return chainName(name, blockOf(entry));
}

function chainName(name: string, block: Cidr<4>): string {
  return `${name}-${ipOf(block)}`;
}

function blocksOf(entries: readonly Entry[]): readonly (readonly [Cidr<4>, readonly Numbered[]])[] {
  const blocks = new Map<Cidr<4>, Numbered[]>();
  const numbered = entries.map((entry): Numbered => ({ ...entry, number: toNumber(entry.address) }));
  for (const entry of numbered.sort((a, b) => a.number - b.number)) {
    const block = blockOf(entry);
    const own = blocks.get(block);
    if (own === undefined) blocks.set(block, [entry]);
    else own.push(entry);
  }
  return [...blocks];
}

interface Numbered extends Entry {
  readonly number: number;
}

function blockOf({ address, within }: Pick<Entry, 'address' | 'within'>): Cidr<4> {
  return within !== undefined && bitsOf(within) > BLOCK_BITS ? within : baseOf(`${address}/${BLOCK_BITS}`, 4);
}

function ownersOf(entries: readonly Entry[]): readonly Path[] {
  return [...new Map(entries.map(({ owner }) => [owner.join('.'), owner])).values()];
}
