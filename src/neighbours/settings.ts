// neighbours/settings.ts — what the kernel says of itself in files: all of them in one command, since each namespace has its own.

/** First lines by path; a path that is not there is left out. */
export type Settings = ReadonlyMap<string, readonly string[]>;

const LEGACY = '/proc/net/ip_tables_names';
const BRIDGES = '/proc/sys/net/bridge/bridge-nf-call-iptables';
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

/**
 * The shell reads by itself: no further process for any of them. It would end at a file that is not there; and it reads byte by byte, of which the
 * kernel gives it only the first of a setting, without the end of the line.
 */
const LINE = 'for f; do [ -r "$f" ] && while read -r line || [ -n "$line" ]; do echo "$f $line"; done <"$f"; done; :';

export function readSettings(links: readonly string[]): readonly string[] {
  return ['sh', '-c', LINE, 'sh', LEGACY, BRIDGES, FORWARD, ...['all', 'default', ...links].map(rpFile), ...links.map(forwardingFile)];
}

export function parseSettings(text: string): Settings {
  const found = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(' ');
    if (at === -1) continue;
    const path = line.slice(0, at);
    found.set(path, [...(found.get(path) ?? []), line.slice(at + 1)]);
  }
  return found;
}

/** The tables that iptables-legacy has begun. */
export function legacyTables(settings: Settings): readonly string[] {
  return settings.get(LEGACY) ?? [];
}

/** Whether packets that stay on a bridge pass iptables. */
export function seesBridged(settings: Settings): boolean {
  return settings.get(BRIDGES)?.[0] === '1';
}

/** 0: not asked for; 1: strict; 2: loose. Undefined: there is no such interface. */
export function rpFilterOf(settings: Settings, link: string): number | undefined {
  const value = settings.get(rpFile(link))?.[0];
  return value === undefined ? undefined : Number(value);
}

export function forwards(settings: Settings): boolean {
  return settings.get(FORWARD)?.[0] === '1';
}

/** Whether what comes by a device is forwarded, on a host that forwards. Undefined: there is no such device. */
export function forwardsBy(settings: Settings, link: string): boolean | undefined {
  const value = settings.get(forwardingFile(link))?.[0];
  return value === undefined ? undefined : value !== '0';
}

function forwardingFile(link: string): string {
  return `/proc/sys/net/ipv4/conf/${link}/forwarding`;
}

function rpFile(link: string): string {
  return `/proc/sys/net/ipv4/conf/${link}/rp_filter`;
}
