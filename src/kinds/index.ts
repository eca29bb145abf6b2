// kinds/index.ts — the list: one line per kind.
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
import { isFileOfOurs } from '../core/marks.ts';
import { createProcessKind } from './process/index.ts';
import { route } from './route/index.ts';
import { sysctl } from './sysctl/index.ts';

/** The backend that chains are written by: a folder in `chain/`. */
export const firewall: Backend = iptables;

/** `state` and `run` are netctl's own directories on the host: files and processes are known by them. */
export function kindsFor({ state, run }: { readonly state: string; readonly run: string }): Kinds {
  return [
    sysctl,
    module,
    link,
    address,
    route,
    neighbour,
    createChainKind(firewall, 'ipv4'),
    bridgeChain,
    createFlowKind(pairsOf(firewall)),
    createFileKind([`${state}/networks`, `${state}/guests`], isFileOfOurs),
    createProcessKind(run),
    lease,
  ];
}
