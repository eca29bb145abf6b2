// conflicts/settings.ts — what the kernel says of itself in files: all of them in one command, since each namespace has
// its own.
import { parseIp } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';

/** First lines by path; a path that is not there is left out. */
export type Settings = ReadonlyMap<string, readonly string[]>;

const LEGACY = '/proc/net/ip_tables_names';
const BRIDGES = '/proc/sys/net/bridge/bridge-nf-call-iptables';
/** A line for each queue to which a program listens, its number first. Not there without the kernel's module. */
const QUEUES = '/proc/net/netfilter/nfnetlink_queue';
const FORWARD = '/proc/sys/net/ipv4/ip_forward';

/**
 * The shell reads by itself: no further process for any of them. It would end at a file that is not there; and it reads
 * byte by byte, of which the kernel gives it only the first of a setting, without the end of the line.
 */
const LINE = 'for f; do [ -r "$f" ] && while read -r line || [ -n "$line" ]; do echo "$f $line"; done <"$f"; done; ';
const RESOLVERS = '/etc/resolv.conf';
const IPSEC = 'IPsec policies:';
/**
 * Only where the kernel listens for who asks of IPsec (NETLINK_XFRM is 6): else to ask would load its module, and
 * without it there are none. An older `ip` has no defaults to tell.
 */
const POLICIES = `while read -r _ p _; do [ "$p" = 6 ] || continue; echo '${IPSEC}'; ip xfrm policy list; ip xfrm policy getdefault 2>/dev/null; break; done </proc/net/netlink; :`;

/**
 * `links`: by which others' packets come; `bridges`: where instances are; `sides`: which have networks of their own.
 */
export function readSettings(
  links: readonly string[],
  bridges: readonly string[] = [],
  sides: readonly string[] = [],
): readonly string[] {
  const answering = new Set(['all', 'default', ...bridges, ...links]);
  return [
    'sh',
    '-c',
    `${LINE}${POLICIES}`,
    'sh',
    LEGACY,
    BRIDGES,
    QUEUES,
    FORWARD,
    RESOLVERS,
    ...['all', 'default', ...links].map(rpFile),
    ...[...new Set([...links, ...sides])].map(forwardingFile),
    ...[...answering].map((link) => fileOf(link, 'arp_ignore')),
    ...['all', 'default', ...links].map((link) => fileOf(link, 'arp_filter')),
  ];
}

/** What `ip xfrm policy` says, as it says it. */
export function ipsecPolicies(text: string): string {
  return text.split(`${IPSEC}\n`)[1] ?? '';
}

export function parseSettings(text: string): Settings {
  const found = new Map<string, string[]>();
  for (const line of (text.split(`${IPSEC}\n`)[0] ?? '').split('\n')) {
    const at = line.indexOf(' ');
    if (at === -1) continue;
    const path = line.slice(0, at);
    found.set(path, [...(found.get(path) ?? []), line.slice(at + 1)]);
  }
  return found;
}

/** Whom the host asks for names, as dnsmasq reads it; those of IPv6 are left out. */
export function resolversIn(settings: Settings): readonly Ip<4>[] {
  return (settings.get(RESOLVERS) ?? []).flatMap(
    (line) => parseIp(/^nameserver\s+(\S+)/.exec(line)?.[1] ?? '', 4) ?? [],
  );
}

/** The tables that iptables-legacy has begun. */
export function legacyTables(settings: Settings): readonly string[] {
  return settings.get(LEGACY) ?? [];
}

/** Numbers of the queues of packets to which a program listens. */
export function heardQueues(settings: Settings): ReadonlySet<number> {
  return new Set((settings.get(QUEUES) ?? []).map((line) => Number.parseInt(line, 10)));
}

/** Whether packets that stay on a bridge pass iptables. */
export function seesBridged(settings: Settings): boolean {
  return settings.get(BRIDGES)?.[0] === '1';
}

/** 0: not asked for; 1: strict; 2: loose. Undefined: there is no such interface. */
export function rpFilterOf(settings: Settings, link: string): number | undefined {
  return settingIn(settings, link, 'rp_filter');
}

/** Whether anybody could read whether the host forwards. */
export function isKnown(settings: Settings): boolean {
  return settings.has(FORWARD);
}

export function forwards(settings: Settings): boolean {
  return settings.get(FORWARD)?.[0] === '1';
}

/** Whether what comes by a device is forwarded, on a host that forwards. Undefined: there is no such device. */
export function forwardsBy(settings: Settings, link: string): boolean | undefined {
  const value = settingIn(settings, link, 'forwarding');
  return value === undefined ? undefined : value !== 0;
}

/** Undefined: there is no such interface. */
export function settingIn(settings: Settings, link: string, setting: string): number | undefined {
  const value = settings.get(fileOf(link, setting))?.[0];
  return value === undefined ? undefined : Number(value);
}

/**
 * Whose setting counts for an interface that may be still to come: its own, else that of the one that goes into it,
 * else what new ones have.
 */
export function holderOf(settings: Settings, link: string, uplink: string | undefined, setting: string): string {
  return (
    [link, uplink].find((name) => name !== undefined && settingIn(settings, name, setting) !== undefined) ?? 'default'
  );
}

function forwardingFile(link: string): string {
  return fileOf(link, 'forwarding');
}

function rpFile(link: string): string {
  return fileOf(link, 'rp_filter');
}

function fileOf(link: string, setting: string): string {
  return `/proc/sys/net/ipv4/conf/${link}/${setting}`;
}
