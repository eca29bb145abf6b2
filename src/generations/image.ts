// generations/image.ts — a host as its tools show it, line by line: whether it is byte for byte as it was.
import { createHash } from 'node:crypto';
import { byChain, isRules, isTouched, rulesIn } from './image-rules.ts';
import type { Touched } from './image-rules.ts';
import { readRecords, recordsOf, textOf } from '../iproute2/fields.ts';
import { parseRouteLines } from '../iproute2/route-lines.ts';
import { KERNEL, routeWords } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { tablesIn } from '../iptables/nft-reads.ts';
import { linkSettledSince } from '../iproute2/settled-since.ts';
import { GROUP } from '../core/marks.ts';

/**
 * Subject (`device eth1`, `rules`, `file /var/lib/…`, `processes`) → its lines, in the order in which they are shown.
 */
export type Image = Readonly<Record<string, readonly string[]>>;

/**
 * What tools print, in the words of `ip -j -d addr show`, `ip -d -N -o route show table all` and `iptables-save`, and
 * what lies in netctl's own directories and runs there.
 */
export interface Texts {
  readonly links: string;
  readonly routes: string;
  readonly rules: string;
  /** Of `ip6tables-save`, where the plan touches what that says. */
  readonly rules6?: string;
  /** Of `nft list chains`; undefined where that is not known. */
  readonly chains: string | undefined;
  readonly files: ReadonlyMap<string, string>;
  readonly processes: readonly (readonly string[])[];
}

export function imageOf({ links, routes, chains, files, processes, ...rules }: Texts, touched?: Touched): Image {
  const image = new Map<string, string[]>();
  const put = (subject: string, line: () => string): void => {
    if (!isTouched(subject, touched)) return;
    const lines = image.get(subject);
    if (lines === undefined) image.set(subject, [line()]);
    else lines.push(line());
  };
  for (const link of readRecords(links)) put(deviceOf(link), () => lasting(link));
  const shown = parseRouteLines(routes).filter((route) => !comesByItself(route));
  for (const route of shown) put(`device ${route.link ?? ''}`, () => `route ${wordsOf(route)}`);
  for (const [first, second] of ordered(shown))
    put(`device ${first.link ?? ''}`, () => `${ORDER}${wordsOf(first)}${BEFORE}${wordsOf(second)}`);
  for (const [subject, line] of rulesIn(rules, touched)) put(subject, () => line);
  for (const [path, text] of files) put(`file ${path}`, () => createHash('sha256').update(text).digest('hex'));
  for (const argv of processes.map((words) => words.join(' ')).toSorted()) put('processes', () => argv);
  if (chains !== undefined)
    image.set(
      CHAINS,
      [...chainsIn(chains)].map(([of, names]) => [of, ...names].join(' ')),
    );
  // A kernel has no order of routes but its own; of those to the same it takes the first.
  return Object.fromEntries(
    [...image].map(([subject, lines]) => [subject, subject.startsWith('device ') ? lines.toSorted() : lines]),
  );
}

const [ORDER, BEFORE] = ['order: route ', ' before route '];

/**
 * Routes to the same by different devices, two and two, as they stand. What ends by itself comes anew behind the
 * others.
 */
function* ordered(routes: readonly RouteRecord[]): Iterable<readonly [RouteRecord, RouteRecord]> {
  const byPlace = new Map<string, RouteRecord[]>();
  for (const route of routes) {
    if (route.expires !== undefined) continue;
    const place = [route.family, route.table, route.to, route.tos, route.metric].join(' ');
    const there = byPlace.get(place) ?? [];
    for (const other of there) if (other.link !== route.link) yield [other, route];
    byPlace.set(place, [...there, route]);
  }
}

/**
 * The subject whose lines name a table of iptables in nftables and its chains. That one is there, and empty, makes no
 * difference to anybody.
 */
export const CHAINS = 'chains';

/**
 * Of the tables that iptables and ebtables make in nftables, `ip nat`: their chains, out of what `nft list chains`
 * prints.
 */
export function chainsIn(text: string): ReadonlyMap<string, readonly string[]> {
  const tables = tablesIn(text).map(({ family, name, chains }) => [`${family} ${name}`, chains] as const);
  return new Map(tables.filter(([table]) => OF_IPTABLES.test(table)));
}

const OF_IPTABLES = /^(ip|bridge) (raw|mangle|nat|filter|security|broute)$/;

/** A snapshot of a whole host, as it would have been taken of what is touched. */
export function narrowed(image: Image, touched: Touched): Image {
  return Object.fromEntries(
    Object.entries(image)
      .filter(([subject]) => isTouched(subject, touched))
      .map(([subject, lines]) => [subject, isRules(subject) ? byChain(lines, touched) : lines]),
  );
}

/**
 * How a host is to be again: devices that are not netctl's as somebody has made them meanwhile, which `links` shows, in
 * the words of `ip -j -d addr show`.
 */
export function withLinksSince(image: Image, links: string): Image {
  const now = new Map(readRecords(links).map((link) => [deviceOf(link), readRecords(`[${lasting(link)}]`)[0] ?? {}]));
  return Object.fromEntries(
    Object.entries(image).map(([subject, lines]) => {
      const since = now.get(subject);
      return [
        subject,
        since === undefined ? lines : lines.map((line) => (isDevice(line) ? lineSince(line, since) : line)),
      ];
    }),
  );
}

/** Another device of the name is to be as the one that was there. */
function lineSince(line: string, since: Readonly<Record<string, unknown>>): string {
  const was = readRecords(`[${line}]`)[0] ?? {};
  const isOurs = [was, since].some((link) => textOf(link, 'group') === GROUP);
  return isOurs || was['ifindex'] !== since['ifindex'] ? line : JSON.stringify(linkSettledSince(was, since));
}

/** Without addresses and routes that are meant to differ. */
export function withoutCarried(
  image: Image,
  ips: ReadonlySet<string>,
  isRoute: (route: { readonly to: string; readonly source: string; readonly protocol: string }) => boolean,
): Image {
  const isLeft = (line: string): boolean => {
    if (!line.startsWith('route ')) return true;
    const [, to = '', protocol = '', source = ''] =
      /^route (?:[a-z]+ )??(default|\S*[\d:]\S*) (?:.* )?proto (\S+)(?:.* src (\S+))?/.exec(line) ?? [];
    return !isRoute({ to, protocol, source });
  };
  return Object.fromEntries(
    Object.entries(image).map(([subject, lines]) => [
      subject,
      subject.startsWith('device ')
        ? lines.filter(isLeft).map((line) => (isDevice(line) ? withoutIps(line, ips) : line))
        : lines,
    ]),
  );
}

function withoutIps(line: string, ips: ReadonlySet<string>): string {
  const link = readRecords(`[${line}]`)[0] ?? {};
  return JSON.stringify({
    ...link,
    ...(link['addr_info'] === undefined
      ? {}
      : { addr_info: recordsOf(link, 'addr_info').filter((address) => !ips.has(textOf(address, 'local') ?? '')) }),
  });
}

/**
 * What is not as it was, of what the plan touched: a line each, `-` before what was, `+` before what is. Others may
 * have changed the rest meanwhile.
 */
export function differences(was: Image, is: Image, concerns: (subject: string) => boolean): readonly string[] {
  const subjects = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(concerns);
  const there = new Set(Object.values(is).flat());
  return subjects.flatMap((subject) => {
    const order = overtaken(was[subject] ?? [], there).map((line) => `- ${subject}: ${line}`);
    const rest = (image: Image): readonly string[] => (image[subject] ?? []).filter((line) => !line.startsWith(ORDER));
    return [...unlikeIn(subject, rest(was), rest(is)), ...order];
  });
}

/** Both are there, and stand the other way round. */
function overtaken(lines: readonly string[], there: ReadonlySet<string>): readonly string[] {
  return lines.filter(
    (line) =>
      line.startsWith(ORDER) &&
      !there.has(line) &&
      line
        .slice(ORDER.length)
        .split(BEFORE)
        .every((words) => there.has(`route ${words}`)),
  );
}

function unlikeIn(subject: string, before: readonly string[], after: readonly string[]): readonly string[] {
  if (before.join('\n') === after.join('\n')) return [];
  const gone = before.filter((line) => !after.includes(line));
  const come = after.filter((line) => !before.includes(line));
  const [was1, is1] = [gone.find(isDevice), come.find(isDevice)];
  if (was1 !== undefined && is1 !== undefined) {
    return [
      ...unlike(subject, was1, is1),
      ...unlikeIn(
        subject,
        before.filter((line) => line !== was1),
        after.filter((line) => line !== is1),
      ),
    ];
  }
  const all = [...gone.map((line) => `- ${subject}: ${line}`), ...come.map((line) => `+ ${subject}: ${line}`)];
  return all.length > 0 ? all : [`${subject}: in another order`];
}

/** What the kernel has for its own addresses, and for IPv6 on every device that is up. */
function comesByItself({ protocol, table, to }: RouteRecord): boolean {
  return protocol === KERNEL && (table === LOCAL || to === 'fe80::/64');
}

const LOCAL = '255';

function wordsOf({ link, hops, expires: _, ...route }: RouteRecord): string {
  return [
    routeWords({ ...route, link: link ?? '' }),
    ...hops.map(({ via, link: hop }) => `nexthop ${via ?? ''} dev ${hop}`),
  ].join(' ');
}

function deviceOf({ ifname: name }: Readonly<Record<string, unknown>>): string {
  return `device ${typeof name === 'string' ? name : ''}`;
}

function isDevice(line: string): boolean {
  return line.startsWith('{');
}

/** Of a device that is there as before only what it is not. */
function unlike(subject: string, was: string, is: string): readonly string[] {
  const [before, after] = [readRecords(`[${was}]`)[0] ?? {}, readRecords(`[${is}]`)[0] ?? {}];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    const [a, b] = [before[key] ?? 'nothing', after[key] ?? 'nothing'].map((value) => JSON.stringify(value));
    return a === b || OF_PORTS.includes(key) || (key === 'qdisc' && cameUp(before[key], after[key]))
      ? []
      : [`${subject}: ${key} was ${a}, and is ${b}`];
  });
}

/** What a bridge takes over from its ports, and nobody can set. */
const OF_PORTS = ['tso_max_size', 'tso_max_segs'];

/**
 * The kernel gives a device a queue of its own choice when it first comes up, and leaves it when it goes down again.
 */
function cameUp(was: unknown, is: unknown): boolean {
  return NO_QUEUE.includes(String(was)) && [...NO_QUEUE, ...DEFAULT_QUEUES].includes(String(is));
}

const NO_QUEUE = ['noop', 'noqueue'];
/** What `net.core.default_qdisc` can be, and how several of them show. */
const DEFAULT_QUEUES = ['mq', 'pfifo_fast', 'fq_codel', 'fq', 'sfq', 'pfifo', 'cake'];

/** Without what changes by itself: lifetimes, carrier, the state of a queue or of a bridge's timers. */
function lasting(fields: Readonly<Record<string, unknown>>): string {
  const { operstate: _o, txqlen: _t, linkinfo, addr_info: addresses, flags, link_netnsid: _n, ...rest } = fields;
  return JSON.stringify({
    ...rest,
    ...(Array.isArray(flags)
      ? { flags: flags.filter((flag) => !/^(LOWER_UP|NO-CARRIER|linkdown|dead|M-DOWN)$/.test(String(flag))) }
      : {}),
    ...(isRecord(linkinfo) ? { linkinfo: settingsOf(linkinfo) } : {}),
    ...(Array.isArray(addresses)
      ? {
          addr_info: addresses
            .filter(isRecord)
            .filter((address) => !isKernels(address))
            .map(({ valid_life_time: _v, preferred_life_time: _p, tentative: _d, ...address }) => address),
        }
      : {}),
  });
}

/** Link-local IPv6 comes and goes with a device's being up. */
function isKernels({ family, scope }: Readonly<Record<string, unknown>>): boolean {
  return family === 'inet6' && scope === 'link';
}

function settingsOf({
  info_kind: kind,
  info_slave_kind: slave,
  info_data: data,
  info_slave_data: port,
}: Readonly<Record<string, unknown>>): object {
  const of = (value: unknown, names: readonly string[]): object =>
    isRecord(value) ? Object.fromEntries(names.map((name) => [name, value[name]])) : {};
  return {
    kind,
    slave,
    ...of(data, ['forward_delay', 'stp_state', 'nf_call_iptables', 'id', 'protocol', 'type']),
    ...of(port, ['hairpin']),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
