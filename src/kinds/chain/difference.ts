// kinds/chain/difference.ts — which rules a chain gets and loses, whatever their order.
import type { Chain } from './model.ts';

export interface Difference {
  readonly removed: Chain['rules'];
  readonly added: Chain['rules'];
}

export function difference(before: Chain | undefined, after: Chain | undefined): Difference {
  const [had, has] = [before?.rules ?? [], after?.rules ?? []];
  const [held, wanted] = [had, has].map((rules) => new Set(rules.map(({ tag }) => tag)));
  return { removed: had.filter(({ tag }) => !wanted?.has(tag)), added: has.filter(({ tag }) => !held?.has(tag)) };
}
