// pipeline/preflight/scanning.ts — name servers with a socket for each address of the host: those that take each new
// address as it comes, as named does (`automatic-interface-scan`), before the server that the address is for.
import type { HostReader, Ref } from '../../core/resource.ts';
import { METRIC, UNANNOUNCED } from '../../core/marks.ts';
import { readLinks } from '../../iproute2/links.ts';
import { covers, parseRange } from '../../net/ip.ts';
import type { Starting } from './bind-dynamic.ts';
import type { Listening } from './listening.ts';
import { textOfConfig } from './own-configs.ts';

/** Who takes the address of a server that is to start, by number: surely, or as far as can be seen. */
export interface Scanners {
  readonly sure: ReadonlySet<number>;
  readonly likely: ReadonlySet<number>;
}

/** Those that bind what they are told and no more; what dnsmasq does, its options tell. */
const NOT_SCANNING =
  /^(dnsmasq|pihole-FTL|unbound|nsd|knotd|kresd|pdns|coredns|AdGuardHome|systemd-resolve|aardvark-dns|connmand)/;

/** One call more where a program has port 53 of several addresses, and none otherwise. */
export async function scannersAmong(
  host: HostReader,
  sockets: readonly Listening[],
  starting: readonly Starting[],
): Promise<{ readonly addresses: readonly string[]; readonly scanners: ReadonlyMap<Ref, Scanners> }> {
  const held = addressesHeld(sockets);
  const several = [...held].filter(
    ([{ name }, addresses]) => (name === 'named' || addresses.size > 1) && !NOT_SCANNING.test(name),
  );
  if (several.length === 0) return { addresses: [], scanners: new Map() };
  const addresses = await addressesOf(host);
  const everywhere = (own: ReadonlySet<string>): boolean => {
    const others = new Set([...held.values()].filter((one) => one !== own).flatMap((one) => [...one]));
    const free = addresses.filter((ip) => own.has(ip) || !others.has(ip));
    return free.length > 1 && free.some((ip) => !isLoopback(ip)) && free.every((ip) => own.has(ip));
  };
  const judged = await Promise.all(
    several.map(async ([{ name, pid }, own]) => ({
      pid,
      isNamed: name === 'named',
      config: name === 'named' ? await configOf(host, pid) : undefined,
      isEverywhere: everywhere(own),
    })),
  );
  const takenBy = (server: Starting): Scanners => {
    const found = { sure: new Set<number>(), likely: new Set<number>() };
    for (const { pid, isNamed, config, isEverywhere } of judged) {
      const told = config === undefined ? undefined : listensOn(config, server.address);
      // Where its configuration cannot be read, named is as it comes.
      const how = isNamed && (config === undefined || told === true) ? 'sure' : 'likely';
      if (told ?? isEverywhere) found[how].add(pid);
    }
    return found;
  };
  return { addresses, scanners: new Map(starting.map((server) => [server.ref, takenBy(server)])) };
}

type User = Listening['users'][number];

/** By program, at port 53. A socket of all addresses is in the way by itself; one of a device takes that alone. */
function addressesHeld(sockets: readonly Listening[]): ReadonlyMap<User, ReadonlySet<string>> {
  const users = new Map<number, User>();
  const held = new Map<User, Set<string>>();
  for (const { port, address, device, users: whose } of sockets) {
    if (port !== 53 || device !== undefined || address === '0.0.0.0' || address === '::') continue;
    for (const one of whose) {
      const user = users.get(one.pid) ?? one;
      users.set(one.pid, user);
      held.set(user, (held.get(user) ?? new Set()).add(address));
    }
  }
  return held;
}

/** Those of the host itself: netctl's own may be held by netctl's servers. */
async function addressesOf(host: HostReader): Promise<readonly string[]> {
  return (await readLinks(host))
    .filter(({ up }) => up)
    .flatMap(({ addresses }) =>
      addresses.flatMap(({ family, ip, metric }) =>
        family === 4 && metric !== METRIC && metric !== UNANNOUNCED ? [ip] : [],
      ),
    );
}

function isLoopback(ip: string): boolean {
  return ip.startsWith('127.');
}

/** Where named looks by itself: Debian's, and others'. */
const USUAL: readonly string[] = ['/etc/bind/named.conf', '/etc/named.conf'];
/** Files that one leads to by `include`. */
const MOST = 64;
/** Stands for one of those that cannot be read. */
const UNREAD = 'listen-on { ?; };';

/** Undefined: it cannot be read from here. */
async function configOf(host: HostReader, pid: number): Promise<string | undefined> {
  const argv = (await host.processes('named')).find((one) => one.pid === pid)?.argv ?? [];
  const [root, given] = [argumentOf(argv, 't') ?? '', argumentOf(argv, 'c')];
  const seen = new Set<string>();
  const read = async (path: string): Promise<string | undefined> => {
    if (seen.has(path)) return '';
    seen.add(path);
    const text = path.startsWith('/') && seen.size <= MOST ? await textOfConfig(`${root}${path}`, host) : undefined;
    if (text === undefined) return undefined;
    const own = withoutComments(text);
    const included = [...own.matchAll(/\binclude\s+"([^"]*)"/g)].map(([, file = '']) => file);
    const more: string[] = [];
    for (const file of included) more.push((await read(file)) ?? UNREAD);
    return [own, ...more].join('\n');
  };
  for (const path of given === undefined ? USUAL : [given]) {
    const text = await read(path);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** `-c FILE` and `-cFILE`. */
function argumentOf(argv: readonly string[], letter: string): string | undefined {
  const at = argv.findIndex((word) => word.startsWith(`-${letter}`));
  const word = argv[at];
  return word === undefined ? undefined : word.length > 2 ? word.slice(2) : argv[at + 1];
}

function withoutComments(text: string): string {
  return text.replace(/"[^"\n]*"|\/\*[^]*?\*\/|(?:\/\/|#)[^\n]*/g, (one) => (one.startsWith('"') ? one : ' '));
}

/** Whether it takes the address when the host gets it. Undefined: its lists name what only named knows. */
function listensOn(config: string, address: string): boolean | undefined {
  if (/\bautomatic-interface-scan\s+(no|false|0)\s*;/.test(config)) return false;
  const lists = [...config.matchAll(/\blisten-on(?=[\s{])([^{;]*)\{([^{}]*)\}?/g)];
  if (lists.length === 0) return true;
  const answers = lists
    .filter(([, words = '']) => !/\bport\s+(?!53\b)\d+/.test(words))
    .map(([all, , list = '']) => (all.endsWith('}') ? isIn(list, address) : undefined));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

/** The first element that it is in decides, as named has it. */
function isIn(list: string, address: string): boolean | undefined {
  const own = parseRange(address, 4);
  for (const element of list.split(';').map((one) => one.trim().replaceAll('"', ''))) {
    if (element === '') continue;
    const [, not = '', word = ''] = /^(!?)\s*(.*)$/.exec(element) ?? [];
    if (word === 'none') continue;
    const range = parseRange(word, 4);
    // Of IPv6; all addresses that the host has, and all networks that it is in, are `any` here.
    if (range === undefined && word.includes(':')) continue;
    if (range === undefined && !['any', 'localhost', 'localnets'].includes(word)) return undefined;
    if (range === undefined || (own !== undefined && covers(range, own))) return not === '';
  }
  return false;
}
