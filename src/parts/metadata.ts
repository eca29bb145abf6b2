// parts/metadata.ts — where guests look for the metadata service, and where it can be.
import { holds, rangeOf } from '../net/ip.ts';
import type { Cidr, Ip } from '../net/ip.ts';

/** What every cloud image asks, on port 80. */
export const METADATA = '169.254.169.254';

/** On the host itself, at whatever address a guest comes to: the kernel forwards nothing into 127.0.0.0/8. */
export function isLoopback(address: Ip<4>): boolean {
  return holds(rangeOf('127.0.0.0/8' as Cidr<4>), address);
}
