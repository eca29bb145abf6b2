// parts/source.ts — the addresses that a network is seen by from outside, and those of them that nobody on the host
// has.
import type { Waiting } from '../core/resource.ts';
import type { Address } from '../kinds/address/model.ts';
import { ipOf, parseIp, toIp, toNumber } from '../net/ip.ts';
import type { Ip, Range } from '../net/ip.ts';
import { formerAddresses } from './former.ts';
import { l3DeviceOf } from './uplink-mapping.ts';
import type { Context } from './context.ts';
import { hostAddresses } from './host-addresses.ts';
import type { RoutedNetwork } from '../specfile/model.ts';

/** The network's own, else the host's, else the first that somebody gave the public interface. */
export function sourceOf(network: RoutedNetwork, context: Context): Range<4> | undefined {
  if (typeof network.snat === 'object') return network.snat;
  const ip = context.self.sourceAddress ?? firstOfPublic(context);
  return ip === undefined ? undefined : { first: toNumber(ip), last: toNumber(ip) };
}

/**
 * Also when the public interface is the uplink of a network, and its addresses are on that bridge. One of ours (a
 * floating address) is not the host's.
 */
function firstOfPublic(context: Context): Ip<4> | undefined {
  const { publicInterface } = context.self;
  if (publicInterface === undefined) return undefined;
  const carried = context.facts.links.get(l3DeviceOf(publicInterface, context))?.addresses ?? [];
  const theirs = [...formerAddresses(publicInterface, context), ...carried].filter(
    ({ ours, scope }) => !ours && scope === undefined,
  );
  return theirs.flatMap(({ cidr }) => parseIp(ipOf(cidr), 4) ?? [])[0];
}

/**
 * The addresses of the network's own that have to be bound: nobody else would answer for them. The host's sourceAddress
 * it has itself.
 */
export function* unbound(network: RoutedNetwork, context: Context): Iterable<Address | Omit<Waiting, 'because'>> {
  const { publicInterface } = context.self;
  if (typeof network.snat !== 'object' || publicInterface === undefined) return;
  const link = l3DeviceOf(publicInterface, context);
  const had = hostAddresses(context);
  const missing = link === publicInterface && !context.facts.links.has(link);
  for (let value = network.snat.first; value <= network.snat.last; value++) {
    const ip = toIp(value);
    if (had.has(ip)) continue;
    yield missing
      ? { waiting: `address ${link} ${ip}/32`, why: `the public interface ${link} is not there yet` }
      : { kind: 'address', link, cidr: `${ip}/32` };
  }
}
