// kinds/flow/parse.ts — which pairs of floating and fixed addresses are translated, and which have connections.
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { Flow } from './model.ts';

const SNAT = new RegExp(`^-A ${CHAIN_PREFIX}(?:back|snat)-\\S+ -s ([\\d.]+)/32 .*-j SNAT --to-source ([\\d.]+)$`);
const DNAT = new RegExp(`^-A ${CHAIN_PREFIX}dnat-\\S+ -d ([\\d.]+)/32 .*-j DNAT --to-destination ([\\d.]+)$`);

/** From the text of `iptables-save`, as `F X`. */
export function translatedPairs(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, floating, fixed] = DNAT.exec(line) ?? [];
    return floating === undefined || fixed === undefined ? [] : [`${floating} ${fixed}`];
  });
}

/** The same, those first as which a fixed address is seen from outside. */
export function translations(text: string): readonly Flow[] {
  const seen = new Set(
    text.split('\n').flatMap((line) => {
      const [, fixed, floating] = SNAT.exec(line) ?? [];
      return floating === undefined || fixed === undefined ? [] : [`${floating} ${fixed}`];
    }),
  );
  const pairs = translatedPairs(text);
  return [...pairs.filter((pair) => seen.has(pair)), ...pairs.filter((pair) => !seen.has(pair))].map(flowOf);
}

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
