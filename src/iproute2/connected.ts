// iproute2/connected.ts — which routes the kernel makes by itself for a device's addresses, whoever else may say that
// they are the kernel's.
import { contains } from '../net/ip.ts';
import type { AddressRecord } from './links.ts';
import { ADVERTISED, KERNEL } from './routes.ts';
import type { RouteRecord } from './routes.ts';

const LOCAL = '255';
/** Of IPv6 routes that the kernel makes. */
const PREFIX_METRIC = 256;

/**
 * Whether it comes and goes with the device's addresses. NetworkManager gives addresses `noprefixroute` and adds the
 * routes to their networks itself, under the kernel's name (`proto kernel`) and with a metric of its own: those do not
 * come back by themselves.
 */
export function comesByItself(route: RouteRecord, addresses: readonly AddressRecord[]): boolean {
  if (route.protocol === ADVERTISED) return true;
  if (route.protocol !== KERNEL) return false;
  if (route.table !== undefined) return route.table === LOCAL;
  if (route.family === 6 && (route.to === 'fe80::/64' || route.to === 'ff00::/8'))
    return route.metric === PREFIX_METRIC;
  return addresses.some(
    (address) => !address.noPrefixRoute && address.family === route.family && isNetworkOf(route, address),
  );
}

function isNetworkOf(
  { family, to, source, metric }: RouteRecord,
  { ip, bits, peer, metric: own }: AddressRecord,
): boolean {
  const [base = '', length = family === 4 ? '32' : '128'] = to.split('/');
  // Of a point-to-point address IPv6 makes one to either end.
  const isEnd = peer !== undefined && family === 6 && length === '128' && (base === ip || base === peer);
  const holds = (end: string): boolean => contains(`${base}/${length}`, end);
  if (!isEnd && (Number(length) !== bits || !(holds(peer ?? ip) || (family === 6 && holds(ip))))) return false;
  return family === 4 ? source === ip && metric === (own ?? 0) : metric === (own ?? PREFIX_METRIC);
}
