// kinds/bridge-chain/render.ts — rules for frames, in the words in which ebtables says them back.
import { CHAIN_PREFIX } from '../ours.ts';
import type { BridgeChain, BridgeRule } from './model.ts';

/** Frames that come in on any bridge, before it is decided where they go. */
export function bridgeChain(rules: readonly BridgeRule[]): BridgeChain {
  return { kind: 'bridge-chain', name: `${CHAIN_PREFIX}PREROUTING`, rules: rules.map(render) };
}

function render({ from, to, not, then }: BridgeRule): string {
  return `-p IPv4 -d Unicast --ip-src ${wordOf(from)} --ip-dst ${not ? '! ' : ''}${wordOf(to)} -j ${TARGETS[then]}`;
}

/** Goes on after the redirect: rules of others, against spoofing for one, are still to have their say. */
const TARGETS = { route: 'redirect --redirect-target CONTINUE', bridge: 'RETURN' } as const;

function wordOf(cidr: string): string {
  return cidr.endsWith('/32') ? cidr.slice(0, -'/32'.length) : cidr;
}
