// pipeline/preflight/taken-ports.ts — programs of others that hold port 53 or 67, so that a DHCP and DNS server that is
// about to start would not.
import type { Diagnostic, HostReader, Ref, Resource, State, Wanted } from '../../core/resource.ts';
import { isProcess } from '../../kinds/process/model.ts';
import type { Process } from '../../kinds/process/model.ts';
import { attempt } from '../../iptables/nft-reads.ts';
import { READ_SOCKETS, socketsOf } from './listening.ts';
import type { Listening } from './listening.ts';
import { followersAmong } from './bind-dynamic.ts';
import type { Starting } from './bind-dynamic.ts';
import { scannersAmong } from './scanning.ts';
import { wordsOf } from './config-lines.ts';
import { textOfConfig } from './own-configs.ts';

/**
 * One call where a server is to start, and one more where somebody's sockets of UDP are there. Of those that run
 * nothing is asked.
 */
export async function takenPorts(
  host: HostReader,
  wanted: State,
  observed: State,
  because: Wanted['because'],
): Promise<readonly Diagnostic[]> {
  const begun = [...wanted].flatMap(([ref, after]) =>
    isProcess(after) && !isRunning(observed.get(ref), after) ? [{ ref, after }] : [],
  );
  const [first] = begun;
  if (first === undefined) return [];
  const pidFile = wordAfter(PID_FILE, first.after);
  const [printed, own] = await Promise.all([
    attempt(host, READ_SOCKETS),
    host.processes(`${PID_FILE}${pidFile.slice(0, pidFile.lastIndexOf('/') + 1)}`),
  ]);
  const sockets = socketsOf(printed, new Set(own.map(({ pid }) => pid)));
  if (sockets.length === 0) return [];
  const starting = await Promise.all(begun.map(async ({ ref, after }) => await startingAs(host, ref, after)));
  const [followers, { addresses, scanners }, refused] = await Promise.all([
    followersAmong(host, sockets, starting),
    scannersAmong(host, sockets, starting),
    refusedBinds(host, starting, sockets),
  ]);
  const taking = (how: 'scans' | 'may-scan', socket: Listening): readonly Found[] =>
    foundAs(
      how,
      socket,
      starting.filter((server) => {
        const { sure, likely } = scanners.get(server.ref) ?? {};
        return server.dns && !isFor(socket, server) && takes(socket, how === 'scans' ? sure : likely);
      }),
    );
  const found = sockets.flatMap((socket): readonly Found[] => [
    ...foundAs(
      'holds',
      socket,
      starting.filter((server) => isHeldBy(socket, server, refused)),
    ),
    ...foundAs(
      'follows',
      socket,
      starting.filter((server) => server.dns && !isFor(socket, server) && follows(socket, followers.get(server.ref))),
    ),
    ...taking('scans', socket),
    ...taking('may-scan', socket),
  ]);
  return grouped(found).map((one): Diagnostic => ({
    ...(one.how === 'may-scan' ? { severity: 'warning', asks: true } : { severity: 'error' }),
    code: 'port-taken',
    against: one.against.map(({ ref }) => ref),
    at: one.against.flatMap(({ ref }) => (because.get(ref) ?? []).slice(0, 1)),
    message: messageOf(one),
    hint: hintFor(one, addresses),
  }));
}

function messageOf({ how, who, port, at, against }: Found): string {
  const what = port === 67 ? 'DHCP' : 'DNS';
  const none = `no ${what} server can start ${startsAt(against, port)}`;
  switch (how) {
    case 'holds':
      return `${who} listens on ${at.join(' and ')}${port === 67 ? ', and does not share it' : ''}: ${none}`;
    case 'follows':
      return `${who} takes port 53 of each address that this host gets (bind-dynamic): ${none}`;
    case 'scans':
      return `${who} takes port 53 of each address that this host gets (automatic-interface-scan): ${none}`;
    case 'may-scan':
      return `${who} has port 53 of each address of this host, by a socket for each (${at.join(', ')}): if it takes new addresses as they come, ${none}`;
  }
}

/** `addresses`: which the host has. */
function hintFor({ how, port, against }: Found, addresses: readonly string[]): string {
  if (how === 'scans')
    return `have it listen on addresses of its own alone (\`listen-on { ${addresses.map((ip) => `${ip};`).join(' ')} };\` in the options of named.conf), or on all but ${against.length === 1 ? 'this' : 'these'} (\`listen-on { ${against.map(({ address }) => `!${address};`).join(' ')} any; };\`), then \`rndc reconfig\`; \`listen-on-v6\` is in nobody’s way`;
  return HINTS[how === 'holds' ? (port === 67 ? 'dhcp' : 'dns') : how];
}

const HINTS = {
  dns: 'have it listen on addresses of its own alone (`bind-interfaces` with `listen-address=` for dnsmasq and Pi-hole, `interface:` for unbound, `bind_hosts` for AdGuard Home), or stop it',
  follows: 'name its own interfaces to it (`interface=`), or except the bridge (`except-interface=`)',
  'may-scan':
    'have it listen on addresses that are named in its configuration; say yes if it takes no others than these',
  dhcp: 'have it share the port, as dnsmasq does with `bind-interfaces`, or stop it: a DHCP server needs the port of all addresses, also beside one that has an address or an interface of its own',
} as const;

interface Found {
  readonly how: 'holds' | 'follows' | 'scans' | 'may-scan';
  readonly who: string;
  readonly port: number;
  readonly at: readonly string[];
  readonly against: readonly Starting[];
}

function foundAs(how: Found['how'], socket: Listening, against: readonly Starting[]): readonly Found[] {
  return against.length === 0
    ? []
    : [{ how, who: describeUsers(socket), port: socket.port, at: [describe(socket)], against }];
}

/** What one program has at one port is said once. */
function grouped(found: readonly Found[]): readonly Found[] {
  const groups = new Map<string, Found>();
  for (const one of found) {
    const key = `${one.how} ${one.port} ${one.who}`;
    const before = groups.get(key);
    groups.set(
      key,
      before === undefined
        ? one
        : {
            ...one,
            at: [...new Set([...before.at, ...one.at])],
            against: [...new Set([...before.against, ...one.against])],
          },
    );
  }
  return [...groups.values()];
}

function isHeldBy(socket: Listening, server: Starting, refused: ReadonlySet<string>): boolean {
  if (socket.port === 67) return server.dhcp && socket.protocol === 'udp' && refused.has(bindOf(socket, server));
  return server.dns && isFor(socket, server) && (socket.protocol === 'tcp' || refused.has(bindOf(socket, server)));
}

/** Also by one device alone: the server's own sockets have none, and the kernel compares no further. */
function isFor({ address }: Listening, server: Starting): boolean {
  return address === '0.0.0.0' || address === '::' || address === server.address;
}

function takes({ port, users }: Listening, pids: ReadonlySet<number> | undefined): boolean {
  return port === 53 && users.some(({ pid }) => pids?.has(pid) === true);
}

function follows({ protocol, port, users }: Listening, followers: ReadonlySet<number> | undefined): boolean {
  return protocol === 'tcp' && port === 53 && users.some(({ pid }) => followers?.has(pid) === true);
}

function bindOf({ port }: Pick<Listening, 'port'>, { address }: Starting): string {
  return port === 67 ? '0.0.0.0:67' : `${address}:53`;
}

/**
 * Binds as dnsmasq does, for a moment, and says what is refused: whether the owner of a socket of UDP shares its port
 * is not to be read. Nothing is sent, and the address need not be there yet (`IP_FREEBIND`). Only DHCP's is shared by
 * the port as well.
 */
const PROGRAM = [
  'use Socket; use Errno;',
  'for (@ARGV) { my ($address, $port) = split /:/; socket my $socket, PF_INET, SOCK_DGRAM, 0 or next;',
  'setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1; setsockopt $socket, 0, 15, 1; setsockopt $socket, SOL_SOCKET, SO_REUSEPORT, 1 if $port == 67;',
  'bind $socket, pack_sockaddr_in($port, inet_aton($address)) or $!{EADDRINUSE} and print "$_\\n" }',
].join(' ');

/** Prints those that are refused, `0.0.0.0:67`, a line each. */
export function binder(binds: readonly string[]): readonly string[] {
  return ['perl', '-e', PROGRAM, ...binds];
}

async function refusedBinds(
  host: HostReader,
  starting: readonly Starting[],
  sockets: readonly Listening[],
): Promise<ReadonlySet<string>> {
  const udp = sockets.filter(({ protocol }) => protocol === 'udp');
  const binds = starting.flatMap((server) =>
    udp.flatMap((socket) =>
      (socket.port === 67 ? server.dhcp : server.dns && isFor(socket, server)) ? [bindOf(socket, server)] : [],
    ),
  );
  return new Set(binds.length === 0 ? [] : (await attempt(host, binder([...new Set(binds)]))).split('\n'));
}

async function startingAs(host: HostReader, ref: Ref, process: Process): Promise<Starting> {
  const config = wordAfter('--conf-file=', process);
  const lines = config === '' ? [] : ((await textOfConfig(config, host)) ?? '').split('\n').map(wordsOf);
  return {
    ref,
    bridge: wordAfter('--interface=', process),
    address: wordAfter('--listen-address=', process),
    dns: lines.every(([word, value]) => word !== 'port' || value === '53'),
    dhcp: lines.every(([word]) => word !== 'dhcp-alternate-port'),
  };
}

const PID_FILE = '--pid-file=';

function wordAfter(option: string, { argv }: Process): string {
  return argv.find((word) => word.startsWith(option))?.slice(option.length) ?? '';
}

function isRunning(observed: Resource | undefined, { argv }: Process): boolean {
  return observed !== undefined && isProcess(observed) && observed.argv.join('\0') === argv.join('\0');
}

function startsAt([first, ...more]: readonly Starting[], port: number): string {
  const where = first === undefined ? '' : port === 67 ? `for ${first.bridge}` : `on ${first.address}`;
  return `${where}${more.length === 0 ? '' : ` (and ${more.length} more)`}`;
}

function describe({ protocol, address, device, port }: Listening): string {
  return `${address === '::' ? '[::]' : address}${device === undefined ? '' : `%${device}`}:${port} (${protocol.toUpperCase()})`;
}

function describeUsers({ users }: Listening): string {
  return users.length === 0 ? 'a program' : users.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
}
