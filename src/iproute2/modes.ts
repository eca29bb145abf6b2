// iproute2/modes.ts — how the kernel makes devices' IPv6 addresses; `ip addr` does not say it, `ip link` does.
import { readRecords, textOf } from './fields.ts';

/** How the kernel gives a device an IPv6 address of its own accord: `none`, or one that it makes. */
export type AddrGenMode = 'eui64' | 'none' | 'stable_secret' | 'random';

export const READ_MODES: readonly string[] = ['ip', '-j', '-d', 'link', 'show'];

const MODES: ReadonlySet<string> = new Set<AddrGenMode>(['eui64', 'none', 'stable_secret', 'random']);

export function modesOf(text: string): ReadonlyMap<string, AddrGenMode> {
  return new Map(
    readRecords(text).flatMap((fields): [string, AddrGenMode][] => {
      const [name, mode] = [textOf(fields, 'ifname'), textOf(fields, 'inet6_addr_gen_mode')];
      return name === undefined || mode === undefined || !MODES.has(mode) ? [] : [[name, mode as AddrGenMode]];
    }),
  );
}
