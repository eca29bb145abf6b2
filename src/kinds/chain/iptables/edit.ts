// kinds/chain/iptables/edit.ts — from the rules that a chain holds to those it should hold: the fewest edits, so that
// the others keep their counters.
import type { ChainRule } from '../model.ts';
import { textOf } from './render.ts';

/** The lines for a chain of ours; undefined when nothing stays, and it is simpler written anew. */
export function edit(
  name: string,
  held: readonly ChainRule[],
  wanted: readonly ChainRule[],
): readonly string[] | undefined {
  const kept = keepers(held, wanted);
  if (kept.size === 0) return undefined;
  // From the end, so that the numbers before it stay true.
  const lines = [...held.keys()]
    .filter((i) => !kept.has(i))
    .reverse()
    .map((i) => `-D ${name} ${i + 1}`);
  const stays = new Set([...kept].map((i) => held[i]?.tag));
  let length = kept.size;
  for (const [i, rule] of wanted.entries()) {
    if (stays.has(rule.tag)) continue;
    const text = textOf(rule);
    lines.push(i === length ? `-A ${name} ${text}` : `-I ${name} ${i + 1} ${text}`);
    length++;
  }
  return lines;
}

/** Which of the held rules stay: the longest run of them that is already in the wanted order. */
function keepers(held: readonly ChainRule[], wanted: readonly ChainRule[]): ReadonlySet<number> {
  const place = new Map(wanted.map(({ tag }, i) => [tag, i]));
  // Patience: for each length, the run of that length that ends soonest, and for each rule the one before it in its
  // run.
  const ends: { readonly at: number; readonly place: number }[] = [];
  const before = new Map<number, number>();
  for (const [at, { tag }] of held.entries()) {
    const to = place.get(tag);
    if (to === undefined) continue;
    const length = firstNotBelow(ends, to);
    const last = ends[length - 1];
    if (last !== undefined) before.set(at, last.at);
    ends[length] = { at, place: to };
  }
  const kept = new Set<number>();
  for (let at = ends.at(-1)?.at; at !== undefined; at = before.get(at)) kept.add(at);
  return kept;
}

function firstNotBelow(ends: readonly { readonly place: number }[], value: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((ends[middle]?.place ?? value) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
