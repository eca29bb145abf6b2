// guards/bridges.ts — before a bridge goes, or loses its uplink, everything is named that others have put on it and
// that does not go along.
import type { Guard, Resource } from '../core/resource.ts';
import { isAddress } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import { isLink } from '../kinds/link/model.ts';
import { isRoute } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { Claimed } from '../uplinks/claimed.ts';
import { leavingIn } from '../uplinks/leaving.ts';
import { whatIsLeft } from '../uplinks/left.ts';
import { forwardedIn } from '../uplinks/left-devices.ts';
import { NO_UPLINKS } from '../uplinks/uplinks.ts';
import type { Circumstances } from './circumstances.ts';

interface Around extends Pick<Circumstances, 'uplinks' | 'links' | 'borrowed'> {
  /** Whether routes that somebody has put there go along, which bear no mark of netctl's. */
  readonly takesRoutes?: boolean;
}

/**
 * `borrowed`: what was borrowed is netctl's to restore. Addresses and routes whose device is gone, or is called
 * otherwise by now, have nowhere to go.
 */
export function bridges({ uplinks = NO_UPLINKS, links, borrowed = new Map(), takesRoutes = true }: Around): Guard {
  return function* (plan, observed, wanted) {
    const changed = new Set(plan.changes.map(({ ref }) => ref));
    const isKnown = (device: string): boolean =>
      links.get(device)?.ours === true || observed.has(`link ${device}`) || wanted.state.has(`link ${device}`);
    const macs = new Set([...links.values()].flatMap(({ mac }) => mac ?? []));
    const isOrphan = (one: Resource): one is Address | Route =>
      (isAddress(one) || isRoute(one)) && !links.has(one.link);
    const back = [...borrowed.values()].filter((one) => !isOrphan(one));
    const claimed = new Claimed(
      [...wanted.state.values(), ...back],
      [...borrowed.values()].filter(isOrphan).filter(isRoute),
      takesRoutes,
    );
    for (const leaving of leavingIn(wanted.state, observed)) {
      const [snapshot, fact] = [uplinks.left.get(leaving.bridge), links.get(leaving.bridge)];
      if (snapshot === undefined || fact === undefined || !changed.has(leaving.ref)) continue;
      const port = borrowed.get(`link ${leaving.uplink ?? ''}`);
      const mtuFound = port !== undefined && isLink(port) && port.type === 'port' ? port.mtu : undefined;
      const ofUplink = uplinks.left.get(leaving.uplink ?? '');
      // Where a spec is in force, those are among the guests that guards/network-in-use.ts names.
      const strangers =
        wanted.because.size > 0
          ? []
          : [...links.values()]
              .filter(({ name, master }) => master === leaving.bridge && !isKnown(name))
              .map(({ name }) => name)
              .sort();
      const found = whatIsLeft({
        ...leaving,
        snapshot,
        ...(ofUplink === undefined ? {} : { ofUplink }),
        ...(mtuFound === undefined ? {} : { mtuFound }),
        fact,
        claimed,
        isKnown,
        interfaceRules: uplinks.interfaceRules,
        bound: uplinks.bound,
        elsewhere: uplinks.elsewhere,
        forwarded: forwardedIn(uplinks.forwarding, leaving.bridge, macs),
        strangers,
      });
      for (const finding of found) yield { ...finding, against: [leaving.ref], at: [] };
    }
  };
}
