// kinds/chain/lookups.ts — lookups, for which a backend's chains stand: what several features want of one is united,
// and who waits for an address waits for the chain that has it.
import type { Composite, Path } from '../../core/resource.ts';
import type { Family } from '../../net/ip.ts';
import type { Backend } from './backend.ts';
import { entryRef, lookupKindFor } from './model.ts';
import type { Chain, Entry, Lookup, Match } from './model.ts';
import { inOneOrder, spellMatch, tagOf } from './tag.ts';

export function lookupsBy(backend: Pick<Backend, 'chainsFor'>, family: Family): Composite<Lookup, Chain> {
  return {
    kind: lookupKindFor(family),
    key: ({ table, name }) => `${table}/${name}`,
    merge,
    *partsOf(lookup) {
      for (const { chain, because, entries } of backend.chainsFor(lookup))
        yield {
          resource: chain,
          because,
          names: entries.map(({ address }) => entryRef(lookup.table, lookup.name, address)),
        };
    },
  };
}

/** Both ask in the same way, and neither has something else done with a packet than the other. */
function merge(a: Lookup, b: Lookup): Lookup | undefined {
  if (askingOf(a) !== askingOf(b)) return undefined;
  const known = new Map(a.entries.map((entry) => [keyOf(entry), tagOf(entry)]));
  const added = b.entries.filter((entry) => known.get(keyOf(entry)) !== tagOf(entry));
  return added.some((entry) => known.has(keyOf(entry))) ? undefined : { ...a, entries: [...a.entries, ...added] };
}

function askingOf({ from, rank, by, when }: Lookup): string {
  return [from, rank, by, ...spelled(when)].join('\n');
}

/** Of which packets an entry is. */
function keyOf({ address, match }: Entry): string {
  return [address, ...spelled(match)].join('\n');
}

function spelled(matches: readonly Match[]): readonly string[] {
  return inOneOrder(matches).map(spellMatch);
}

/** Whose they are, each once. */
export function ownersOf(entries: readonly Entry[]): readonly Path[] {
  return [...new Map(entries.map(({ owner }) => [owner.join('.'), owner])).values()];
}
