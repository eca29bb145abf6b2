// kinds/bridge-chain/model.ts — a chain of ours for frames on bridges, which the kernel's chain of the same name leads
// into.
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { Resource } from '../../core/resource.ts';

/** In table nat: what decides whether a frame is bridged or the host's to route. */
export interface BridgeChain extends Resource {
  readonly kind: 'bridge-chain';
  /** `netctl-PREROUTING` */
  readonly name: string;
  /**
   * ebtables knows no comments: rules are ours by their chain, and known by what they say. One that none of ours can be
   * stands here as it was read; so does each of what is restored.
   */
  readonly rules: readonly (BridgeRule | string)[];
  /** Observed only: how often the kernel's chain leads here, if not once. */
  readonly hooks?: number;
}

/** By addresses, `10.0.0.0/24`, of frames to one station: what is for all of them stays on the bridge. */
export interface BridgeRule {
  readonly from: string;
  readonly to: string;
  /** To anything but that. */
  readonly not?: true;
  /** `route`: the host takes it as if it had been sent to the host. `bridge`: no rule below is asked. */
  readonly then: 'route' | 'bridge';
}

/** Frames that come in on any bridge, before it is decided where they go. */
export function bridgeChain(rules: readonly BridgeRule[]): BridgeChain {
  return { kind: 'bridge-chain', name: `${CHAIN_PREFIX}PREROUTING`, rules };
}
