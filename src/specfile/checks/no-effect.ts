// specfile/checks/no-effect.ts — keys that a network's mode has no use for: whoever writes one expects something of it.
import type { Diagnostic } from '../../core/resource.ts';
import { wrong } from '../problem.ts';
import type { Draft } from '../draft.ts';

const VLAN = ['vlan', 'leave it out, or write mode: vlan'] as const;
const ROUTED = 'leave it out, or write mode: flat-dhcp';
const WITHOUT_EFFECT = {
  flat: [
    VLAN,
    ['dhcp', ROUTED],
    ['forward', ROUTED],
    ['snat', ROUTED],
    ['snatTo', ROUTED],
    ['noSnat', ROUTED],
    ['metadata', ROUTED],
  ],
  'flat-dhcp': [VLAN],
  vlan: [],
} as const;

export function* noEffect({ text }: Draft): Iterable<Diagnostic> {
  for (const [name, network] of Object.entries(text.networks ?? {}))
    for (const [key, hint] of WITHOUT_EFFECT[network.mode]) {
      // Switched off is what it is.
      if (network[key] === undefined || network[key] === false) continue;
      yield wrong('no-effect', `${key} has no effect in mode ${network.mode}`, [['networks', name, key]], hint);
    }
}
