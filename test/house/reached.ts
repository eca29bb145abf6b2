// test/house/reached.ts — which chains of our own packets pass: those that the kernel's lead to.
import { isInNetns } from '../../src/core/in-netns.ts';
import type { State } from '../../src/core/resource.ts';
import { isFound, isOwn } from '../../src/kinds/chain/model.ts';
import type { Chain } from '../../src/kinds/chain/model.ts';

/** Chains of our own to which no chain of the kernel's leads, be it by others: what they say is never asked. */
export function unreached(state: State): readonly string[] {
  const chains = new Map(
    [...state.values()].flatMap((one) => {
      const [where, resource] = isInNetns(one) ? [`${one.netns} `, one.resource] : ['', one];
      if (resource.kind !== 'chain' && resource.kind !== 'chain6') return [];
      const chain = resource as Chain;
      const beside = `${where}${chain.kind} ${chain.table}/`;
      return [[`${beside}${chain.name}`, { chain, beside }] as const];
    }),
  );
  const reached = new Set([...chains].flatMap(([name, { chain }]) => (isOwn(chain.name) ? [] : [name])));
  // What is added on the way is visited, too.
  for (const name of reached) {
    const { chain, beside } = chains.get(name) ?? {};
    for (const rule of chain?.rules ?? [])
      if (!isFound(rule) && rule.then.target === 'jump') reached.add(`${beside ?? ''}${rule.then.chain}`);
  }
  return [...chains.keys()].filter((name) => !reached.has(name));
}
