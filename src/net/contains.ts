// net/contains.ts — which addresses a network holds, IPv4 and IPv6 alike.
import { BlockList, isIPv4 } from 'node:net';

/**
 * Whether an address lies in a network by any of its addresses: `10.0.0.1/24`, `2001:db8::/64`, `default`. Without a
 * length it is one address.
 */
export function contains(network: string, ip: string): boolean {
  const [address = '', bits = isIPv4(address) ? '32' : '128'] =
    network === 'default' ? (isIPv4(ip) ? ['0.0.0.0', '0'] : ['::', '0']) : network.split('/');
  if (isIPv4(address) !== isIPv4(ip)) return false;
  const family = isIPv4(ip) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(ip, family);
}

/** Of two networks around one address, the longer is taken. */
export function bitsOf(network: string): number {
  if (network === 'default') return 0;
  const [address = '', bits] = network.split('/');
  return bits === undefined ? (isIPv4(address) ? 32 : 128) : Number(bits);
}
