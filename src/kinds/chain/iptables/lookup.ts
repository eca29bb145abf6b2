// kinds/chain/iptables/lookup.ts — a lookup in two levels of chains, by block of addresses, then by address: a packet
// passes few rules, and a change touches the small chain of its own block.
import { baseOf, bitsOf, ipOf, toNumber, widthOf } from '../../../net/ip.ts';
import type { Cidr, Family, Ip } from '../../../net/ip.ts';
import type { LookupChain } from '../backend.ts';
import { ownersOf } from '../lookups.ts';
import { chain } from '../model.ts';
import type { Entry, Lookup } from '../model.ts';
import { hashOf } from '../tag.ts';

/** A block has 64 addresses. */
const BLOCK_BITS = 6;

/** The chains of its blocks, then the one that asks; only blocks in use have one. */
export function* chainsFor(lookup: Lookup): Iterable<LookupChain> {
  const { family, table, name, from, rank, by, when, entries } = lookup;
  if (entries.length === 0) return;
  const blocks = blocksOf(lookup);
  for (const [block, own] of blocks) {
    const rules = own.map(({ address, match, then, why }) => ({
      rank: rankOf(address),
      match: [{ match: by, cidr: `${address}/${widthOf(family)}` } as const, ...match],
      then,
      why,
    }));
    yield { chain: chain(table, nameOf(name, block, family), rules, family), because: ownersOf(own), entries: own };
  }
  const jumps = blocks.map(([block, own]) => ({
    rank,
    match: [{ match: by, cidr: block } as const, ...when],
    then: { target: 'jump', chain: nameOf(name, block, family) } as const,
    why: ownersOf(own)
      .map((owner) => owner.join('.'))
      .join(' '),
  }));
  yield { chain: chain(table, from, jumps, family), because: ownersOf(entries), entries: [] };
}

/** iptables takes 28 characters in all, and an IPv6 address alone can be longer. */
function nameOf(name: string, block: Cidr, family: Family): string {
  return `${name}-${family === 4 ? ipOf(block) : hashOf(block)}`;
}

/** Sorts the addresses of one block. */
function rankOf(address: Ip): number {
  const value = toNumber(address);
  return typeof value === 'number' ? value : Number(value & 0xffffn);
}

/** In the order of their addresses. */
function blocksOf({ entries, family }: Lookup): readonly (readonly [Cidr, readonly Entry[]])[] {
  const numbered = entries.map((entry) => [toNumber(entry.address), entry] as const);
  const blocks = new Map<Cidr, Entry[]>();
  for (const [, entry] of numbered.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const block = blockOf(entry, family);
    const own = blocks.get(block);
    if (own === undefined) blocks.set(block, [entry]);
    else own.push(entry);
  }
  return [...blocks];
}

/** No larger than the network whose addresses are nobody else's. */
function blockOf({ address, within }: Entry, family: Family): Cidr {
  const bits = widthOf(family) - BLOCK_BITS;
  return within !== undefined && bitsOf(within) > bits ? within : baseOf(`${address}/${bits}`);
}
