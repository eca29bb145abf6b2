// test/kernel/rehearsal/corpus/routes.ts — addresses and routes that cannot go where they are to go, and settings that cannot be set.
import { FLOATING, ip, on, PLAIN, specOf } from './case.ts';
import type { Case } from './case.ts';

const BOTH = specOf({ networks: 'lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }\nred: { mode: flat-dhcp, bridge: br-red, interface: eth2, cidr: 192.168.51.0/24 }' });
const READ_ONLY = 'mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys';

export const routes: readonly Case[] = [
  { name: 'an IPv6 address that goes to a bridge without IPv6, where settings are read only', unknowable: 'a bridge that is not there yet has no settings to look at', spec: PLAIN, host: (lab) => { ip('address add 2001:db8::11/64 dev eth1 nodad')(lab); on(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.default.disable_ipv6=1'])(lab); return undefined; }, under: () => READ_ONLY },
  { name: 'an IPv6 route whose source is on another interface and goes', spec: BOTH, host: ip('address add 2001:db8::11/64 dev eth1 nodad', 'address add 2001:db8:9::11/64 dev eth2 nodad', '-6 route add 2001:db8:2::/64 via 2001:db8::1 dev eth1 src 2001:db8:9::11') },
  { name: 'a route whose source is on another interface and goes', spec: BOTH, host: ip('address add 198.51.100.11/24 dev eth2', 'route add 192.0.2.0/24 via 203.0.113.2 dev eth1 src 198.51.100.11') },
  { name: 'forwarding, where settings are read only', spec: FLOATING, under: () => READ_ONLY },
];
