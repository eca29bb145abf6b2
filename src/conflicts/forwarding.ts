// conflicts/forwarding.ts — a host that forwards, and a device of it that does not: what comes by that one for guests
// ends there.
import type { Diagnostic } from '../core/resource.ts';
import { forwardingOf as settingOf } from '../kinds/sysctl/model.ts';
import type { Network } from '../specfile/model.ts';
import { MOST_NAMED, shortened } from './diagnostics.ts';
import { forwards, forwardsBy } from './settings.ts';
import type { Settings } from './settings.ts';
import { needsOf } from './traffic.ts';
import { WORDS } from './required-traffic.ts';
import type { Site } from './required-traffic.ts';

/** Bridges of ours are told; and a host that forwards nothing yet will by an apply, by each of its devices. */
export function* notForwarding(site: Site, settings: Settings): Iterable<Diagnostic> {
  if (!forwards(settings)) return;
  for (const [link, { networks, what }] of comesBy(site)) {
    if (forwardsBy(settings, link) !== false) continue;
    yield {
      severity: 'warning',
      code: 'not-forwarding',
      message: `${settingOf(link)} is 0: ${[...what].join(', ')} of ${shortened([...networks].map(({ name }) => name)).join(', ')} come by ${link}, and are not forwarded`,
      stops: [...networks].map(({ path }) => path),
      at: [...networks].slice(0, MOST_NAMED).map(({ path }) => path),
      hint: `sysctl -w ${settingOf(link)}=1`,
    };
  }
}

/** Others' devices by which something comes that is for guests, as the spec opens them. */
export function comesBy(
  site: Site,
): ReadonlyMap<string, { readonly networks: ReadonlySet<Network>; readonly what: ReadonlySet<string> }> {
  const found = new Map<string, { networks: Set<Network>; what: Set<string> }>();
  const ours = new Set(site.spec.networks.map(({ bridge }) => bridge));
  for (const network of site.spec.networks)
    for (const {
      way,
      what,
      packet: { in: link },
    } of needsOf(network, site)) {
      if (way !== 'through' || link === undefined || link === '' || ours.has(link)) continue;
      const { networks, what: words } = found.get(link) ?? { networks: new Set(), what: new Set() };
      found.set(link, { networks: networks.add(network), what: words.add(WORDS[what]) });
    }
  return found;
}
