// kinds/index.ts — the list: one line per kind.
import { isFileOfOurs, netnsPrefix, runIn } from '../core/marks.ts';
import type { Namespaces } from '../core/in-netns.ts';
import { inNamespaces } from '../core/kind-in-netns.ts';
import type { Kinds } from '../core/resource.ts';
import { address } from './address/index.ts';
import { bridgeChain } from './bridge-chain/index.ts';
import type { Backend } from './chain/backend.ts';
import { createChainKind } from './chain/index.ts';
import { iptables } from './chain/iptables/index.ts';
import { createFileKind } from './file/index.ts';
import { pairsOf } from './chain/pairs.ts';
import { createFlowKind } from './flow/index.ts';
import { lease } from './lease/index.ts';
import { link } from './link/index.ts';
import { neighbour } from './neighbour/index.ts';
import { module } from './module/index.ts';
import { createNetnsKind, namespacesThere } from './netns/index.ts';
import { isNetns } from './netns/model.ts';
import { createProcessKind } from './process/index.ts';
import { namespacesLeft } from './process/namespaces.ts';
import { route } from './route/index.ts';
import { sysctl } from './sysctl/index.ts';

/** The backend that chains are written by: a folder in `chain/`. */
export const firewall: Backend = iptables;

/**
 * `state` and `run` are netctl's own directories on the host: files and processes are known by them. `netns`: the
 * namespace that is taken for the host, with whose name those of its own begin.
 */
export interface Home {
  readonly state: string;
  readonly run: string;
  readonly netns?: string;
}

export function kindsFor(home: Home): Kinds {
  const kinds = listFor(home);
  return [
    ...kinds,
    ...inNamespaces(
      kinds.filter(({ kind }) => !OF_THE_HOST.includes(kind)),
      namespacesOf(home),
    ),
  ];
}

/** In a namespace nothing is read that nobody wants: what was there goes with it. */
function listFor({ state, run, netns }: Home, isInNetns = false): Kinds {
  return [
    sysctl,
    module,
    createNetnsKind(netnsPrefix(netns)),
    link,
    address,
    route,
    neighbour,
    createChainKind(firewall, 4),
    createChainKind(firewall, 6, isInNetns ? 'remembered' : 'seen'),
    bridgeChain,
    createFlowKind(pairsOf(firewall)),
    createFileKind([`${state}/networks`, `${state}/guests`], isFileOfOurs),
    createProcessKind(run),
    lease,
  ];
}

/** What is the whole machine's, or what nothing in a network namespace of ours has yet. All others can be in one. */
const OF_THE_HOST: readonly string[] = ['module', 'netns', 'file', 'bridge-chain', 'flow', 'lease'];

/**
 * Network namespaces of ours; and where daemons still run of one that somebody has removed, or have left their files.
 */
function namespacesOf(home: Home): Namespaces {
  const prefix = netnsPrefix(home.netns);
  const made = new Map<string, Kinds>();
  return {
    ref: (netns) => `netns ${netns}`,
    of: (resource) => (isNetns(resource) ? resource.name : undefined),
    seesWantedOnly: (kind) => kind === 'sysctl' || kind === 'neighbour',
    find: async (host, kind) => {
      const there = await namespacesThere(host, prefix);
      return kind === 'process' ? [...new Set([...there, ...(await namespacesLeft(host, home.run))])] : there;
    },
    kindsIn(netns) {
      const kinds = made.get(netns) ?? listFor({ ...home, run: runIn(home.run, netns) }, true);
      made.set(netns, kinds);
      return kinds;
    },
  };
}
