// kinds/chain/pairs.ts — which floating address leads to which instance on a host, by what its rules look up.
import type { HostReader } from '../../core/resource.ts';
import type { Backend, Translated } from './backend.ts';

interface Pair {
  readonly floating: string;
  readonly fixed: string;
}

interface Pairs {
  all(host: HostReader): Promise<readonly Pair[]>;
  /** In these chains, by key; undefined where all have to be read. */
  inChains(host: HostReader, names: readonly string[]): Promise<readonly Pair[] | undefined>;
  /** All, and first those as which an instance is seen from outside. */
  firstAsSeen(host: HostReader): Promise<readonly Pair[]>;
}

export function pairsOf(backend: Pick<Backend, 'translated' | 'translatedIn'>): Pairs {
  const all = async (host: HostReader): Promise<readonly Pair[]> =>
    (await backend.translated(host, 'destination', 4)).map(leading);
  return {
    all,
    inChains: async (host, names) => (await backend.translatedIn(host, 'destination', 4, names))?.map(leading),
    firstAsSeen: async (host) => {
      const seenAs = await backend.translated(host, 'source', 4);
      const seen = new Set(seenAs.map(({ address, to }) => `${to} ${address}`));
      const isSeen = ({ floating, fixed }: Pair): boolean => seen.has(`${floating} ${fixed}`);
      const pairs = await all(host);
      return [...pairs.filter(isSeen), ...pairs.filter((pair) => !isSeen(pair))];
    },
  };
}

function leading({ address, to }: Translated): Pair {
  return { floating: address, fixed: to };
}
