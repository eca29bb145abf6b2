// guards/floating-of-host.ts — an address for an instance that the host has itself, point-to-point: its other end is
// part of its name, and the same address without one could be bound beside it.
import type { Guard } from '../core/resource.ts';
import { addressText, isAddress } from '../kinds/address/model.ts';
import { ipOf } from '../net/ip.ts';

/** Against the whole plan: once it is translated, nothing new reaches the host by it. */
export const floatingOfHost: Guard = function* (_plan, observed, wanted) {
  const held = [
    ...[...wanted.state.values()].filter(isAddress).filter(({ movedFrom }) => movedFrom !== undefined),
    ...[...observed.values()].filter(isAddress).filter(({ foreign }) => foreign === true),
  ].filter(({ peer }) => peer !== undefined);
  if (held.length === 0) return;
  for (const [ref, one] of wanted.state) {
    if (!isAddress(one) || !one.announce) continue;
    const own = held.find(({ cidr }) => ipOf(cidr) === ipOf(one.cidr));
    if (own !== undefined)
      yield {
        severity: 'error',
        code: 'address-foreign',
        at: (wanted.because.get(ref) ?? []).slice(0, 1),
        message: `address ${own.movedFrom ?? own.link} ${addressText(own)} is the host's own, and conflicts with ${ref}`,
        hint: 'use another address in the spec, or remove it yourself if nobody needs it',
      };
  }
};
