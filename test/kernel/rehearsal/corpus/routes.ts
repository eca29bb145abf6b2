// test/kernel/rehearsal/corpus/routes.ts — addresses and routes that cannot go where they are to go, and settings that
// cannot be set.
import { FLOATING, ip, on, PLAIN } from './case.ts';
import type { Case } from './case.ts';

const READ_ONLY = 'mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys';

export const routes: readonly Case[] = [
  {
    name: 'an IPv6 address that goes to a bridge without IPv6, where settings are read only',
    unknowable: 'a bridge that is not there yet has no settings to look at',
    spec: PLAIN,
    host: (lab) => {
      ip('address add 2001:db8::11/64 dev eth1 nodad')(lab);
      on(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1', 'net.ipv6.conf.default.disable_ipv6=1'])(lab);
      return undefined;
    },
    under: () => READ_ONLY,
  },
  { name: 'forwarding, where settings are read only', spec: FLOATING, under: () => READ_ONLY },
];
