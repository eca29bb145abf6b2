// core/marks.ts — the marks by which netctl knows its own. Each is set in the call that creates the thing.

/** Link group: `ip link add … group 117`. */
export const GROUP = '117';
/**
 * Group of what is about to go: the kernel waits for its readers once for a whole group and 20 ms for each device
 * alone. Ours as well, so that what a crash left in it is found again.
 */
export const GOING = '117999';
/** Route protocol: `ip route add … proto 117`. */
export const PROTOCOL = '117';
/**
 * Begins the name of every network namespace of ours. Names of namespaces are the machine's: a host that is one itself
 * (`home`) has its own name before that.
 */
export function netnsPrefix(home?: string): string {
  return home === undefined ? 'netctl-' : `${home}.netctl-`;
}
/** Where daemons in such a namespace have their files: below the host's, which takes none from there for its own. */
export function runIn(run: string, netns: string): string {
  return `${run}/netns/${netns}`;
}
/** Of which namespace such a file is. */
export function netnsIn(run: string, path: string): string | undefined {
  const top = runIn(run, '');
  return path.startsWith(top) ? path.slice(top.length).split('/', 1)[0] : undefined;
}
/** Begins the name of every chain of ours, and of tables of nftables that are ours alone: `netctl-nat`. */
export const CHAIN_PREFIX = 'netctl-';
/** Begins the comment of every rule of ours: `netctl:1a2b3c4d why`. */
export const TAG_PREFIX = 'netctl:';
/**
 * Metric of an address (`ip addr add … metric 117`), which is that of its prefix route. Unlike a label it fits beside
 * any name and serves IPv6. An address without it is not ours, also on our own bridge: somebody added it, or we moved
 * it there.
 */
export const METRIC = 117;
/** Of an address that is bound and not yet announced: a crash in between is seen by it. Ours as well. */
export const UNANNOUNCED = 117001;

/** Files that netctl writes, below `networks/NAME/` and `guests/NAME/`; `.new` is what an interrupted write leaves. */
const FILES =
  /\/(?:networks\/[^/]+\/(?:hosts|names|servers|options|leases)|guests\/[^/]+\/(?:interfaces|network_data\.json))(?:\.new)?$/;

/** Whether netctl could have written it. What lies beside is somebody's. */
export function isFileOfOurs(path: string): boolean {
  return FILES.test(path);
}

/** Daemons are called for their program: `dnsmasq-lab`. What else lies in the run directory is somebody's. */
export const DAEMON = /^dnsmasq-./;
