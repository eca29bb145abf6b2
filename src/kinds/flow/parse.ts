// kinds/flow/parse.ts — which pairs of floating and fixed addresses have connections.
import type { Flow } from './model.ts';

export function flowOf(pair: string): Flow {
  const [floating = '', fixed = ''] = pair.split(' ');
  return { kind: 'flow', floating, fixed };
}

/** Of these pairs, those of which `conntrack -L` has an entry in one direction or the other. */
export function connectedPairs(text: string, pairs: readonly string[]): readonly string[] {
  const asked = new Set(pairs);
  const found = text.split('\n').flatMap((line) => {
    const [, from, to, answers, answered] = /src=(\S+) dst=(\S+).* src=(\S+) dst=(\S+)/.exec(line) ?? [];
    return [`${to ?? ''} ${answers ?? ''}`, `${answered ?? ''} ${from ?? ''}`];
  });
  return [...new Set(found)].filter((pair) => asked.has(pair));
}
