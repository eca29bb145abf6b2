// conflicts/neighbours.ts — neighbours that somebody has put on a bridge: of an instance's address with another MAC than
// the instance's, the host never reaches it.
import type { Diagnostic } from '../core/resource.ts';
import { readRecords } from '../iproute2/fields.ts';
import { neighbourIn } from '../iproute2/neighbours.ts';
import { l3DeviceOf } from '../parts/uplink-mapping.ts';
import { MOST_NAMED, shortened } from './diagnostics.ts';
import { fixedHere } from './local-nics.ts';
import type { Site } from './required-traffic.ts';

/** By what `READ_NEIGHBOURS` prints. Those of an interface that goes into a bridge are the bridge's then. */
export function* misled(site: Site, printed: string): Iterable<Diagnostic> {
  const put = new Map(
    readRecords(printed)
      .flatMap((fields) => neighbourIn(fields) ?? [])
      .map((one) => [`${l3DeviceOf(one.link, site)} ${one.ip}`, one] as const),
  );
  if (put.size === 0) return;
  for (const network of site.spec.networks) {
    if (network.mode === 'flat') continue;
    const wrong = fixedHere(network, site).flatMap(({ nic, ip, mac }) => {
      const there = put.get(`${network.bridge} ${ip}`);
      return there?.mac === undefined || there.mac === mac ? [] : [{ nic, ip, mac, there }];
    });
    if (wrong.length === 0) continue;
    const told = wrong.map(({ nic, ip, mac, there }) => `${ip} is ${there.mac} and not ${nic.holder}'s ${mac}`);
    const paths = wrong.map(({ nic }) => nic.path);
    yield {
      severity: 'warning',
      code: 'neighbour-wrong',
      message: `${network.name}: by permanent neighbours that somebody has put on ${network.bridge}, ${shortened(told, 'more').join(', ')}: what this host sends and routes there reaches no instance`,
      at: paths.slice(0, MOST_NAMED),
      hint: wrong
        .slice(0, MOST_NAMED)
        .map(({ ip, there }) => `ip neigh del ${ip} dev ${there.link}`)
        .join(' && '),
      stops: paths,
    };
  }
}
