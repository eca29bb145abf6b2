// kinds/bridge-chain/render.ts — rules for frames as a chain of ours.
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { BridgeChain, BridgeRule } from './model.ts';
import { render } from './spelling.ts';

/** Frames that come in on any bridge, before it is decided where they go. */
export function bridgeChain(rules: readonly BridgeRule[]): BridgeChain {
  return { kind: 'bridge-chain', name: `${CHAIN_PREFIX}PREROUTING`, rules: rules.map(render) };
}
