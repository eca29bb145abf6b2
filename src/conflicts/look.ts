// conflicts/look.ts — reads what others have on the host, and says what of the spec's traffic it would stop, by which
// rule, and what would mend it.
import { CHAIN_PREFIX } from '../core/marks.ts';
import type { Diagnostic, HostReader, State, Wanted } from '../core/resource.ts';
import { readLinks } from '../iproute2/links.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import { READ_NEIGHBOURS } from '../iproute2/neighbours.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../iproute2/route-lines.ts';
import { savedRules, IPTABLES_TABLES } from '../iptables/read.ts';
import type { Address } from '../kinds/address/model.ts';
import type { Chain } from '../kinds/chain/model.ts';
import { union } from '../net/intervals.ts';
import { ipOf, parseRange } from '../net/ip.ts';
import { isLink } from '../kinds/link/model.ts';
import { uplinkIn } from '../parts/uplink-mapping.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { unanswered } from './arp.ts';
import { autoconfigured } from './autoconfigured.ts';
import { otherBackend, twoBackends } from './backends.ts';
import { tablesOf, withForwardShut } from './iptables.ts';
import { pairsIn, passedBy, passedByOf, redirected } from './before-nat.ts';
import type { Own } from './before-nat.ts';
import { barredPorts } from './bridge-ports.ts';
import { comesBy, notForwarding } from './forwarding.ts';
import { interfaces } from './interfaces.ts';
import { blockedByIpsec } from './ipsec.ts';
import { conflictsOf } from './judge.ts';
import { diagnosticOf, untrackedOf } from './diagnostics.ts';
import type { Conflict } from './judge.ts';
import type { Sought, Table } from './model.ts';
import { Moves } from './moves.ts';
import { misled } from './neighbours.ts';
import { takenNames } from './names.ts';
import { notSourceNated } from './no-snat.ts';
import { devicesIn, hasFlags, isDormant, itemsOf, lacksDevices, tableOf } from './nft.ts';
import type { Listed, Order } from './nft.ts';
import { dependsOnSets } from './nft-sets.ts';
import { marksGuests, translatesGuests } from './others-nat.ts';
import { opensShut, tablesNow } from './opened.ts';
import { overlaps } from './overlap.ts';
import { READ_RULES } from '../iproute2/policy.ts';
import { attempt, READ_CHAINS, tablesIn } from '../iptables/nft-reads.ts';
import type { NamedTable } from '../iptables/nft-reads.ts';
import { opensForwarding, sidesOf } from './forwarding-opens.ts';
import { rpFilter } from './rp-filter.ts';
import { heardQueues, ipsecPolicies, parseSettings, readSettings, resolversIn, seesBridged } from './settings.ts';
import { usualLink } from './route-shares.ts';
import { floatingLinks } from './floating.ts';
import type { Site } from './required-traffic.ts';
import type { Stop } from './walk.ts';
import { Reading, unread } from './unread.ts';
import { untracked } from './untracked.ts';
import { proxied, proxiedOf } from './proxies.ts';
import { zoned, zonedOf } from './zones.ts';
import { waysOut } from './way-out.ts';
import type { Outlook } from './way-out.ts';
import { routingOf } from '../iproute2/ways.ts';
import type { Routing } from '../iproute2/ways.ts';

/**
 * `wanted` is what netctl will have there: its own rules are judged as they are to be; and `goal`, with what is given
 * back: so are the host's routes. A tool that is missing shows nothing; what one that is there refuses to say is said.
 */
export async function lookAround(
  host: HostReader,
  given: Site,
  { state: wanted, because }: Pick<Wanted, 'state' | 'because'>,
  goal: State = wanted,
): Promise<readonly Diagnostic[]> {
  if (given.spec.networks.length === 0) return [];
  const reading = new Reading(host);
  const [saved, listed, routes, rules, neighbours, records] = await Promise.all([
    savedRules(host),
    reading.ask(READ_CHAINS),
    reading.ask(READ_ALL_ROUTES),
    reading.ask(READ_RULES),
    reading.ask(READ_NEIGHBOURS),
    readLinks(host),
  ]);
  const moves = new Moves(given.facts, goal);
  const routing = routingOf(moves.routes(parseRouteLines(routes).filter(({ family }) => family === 4)), rules);
  const usual = usualLink(routing);
  const routed: Site = { ...given, facts: moves.facts(given.facts), ...(usual === undefined ? {} : { usual }) };
  const links = [
    ...new Set([
      ...given.spec.networks.flatMap((network) => [...floatingLinks(network, routed)]),
      ...comesBy(routed).keys(),
    ]),
  ];
  const uplinks = given.spec.networks.flatMap(({ bridge }) => uplinkIn(bridge, given) ?? []);
  const sides = sidesOf(given, records);
  const told = await reading.ask(
    readSettings(
      [...new Set([...links, ...uplinks])],
      given.spec.networks.map(({ bridge }) => bridge),
      sides.map(({ holder }) => holder),
    ),
  );
  const settings = parseSettings(told);
  const site: Site = { ...routed, resolvers: resolversIn(settings), pairs: pairsIn(wanted) };
  const names = tablesIn(listed);
  if (names.length === 0 && /\(nf_tables\)[^]*^\*/m.test(saved))
    reading.doubt(READ_CHAINS, 'it shows no table, and iptables has some in nftables');
  const other = otherBackend(
    saved,
    names.flatMap(({ family, name }) => (family === 'ip' ? [name] : [])),
    settings,
  );
  const [others, tables] = await Promise.all([
    other === undefined ? '' : reading.ask([`${other}-save`]),
    Promise.all(
      names
        .filter((table) => isJudged(table, saved))
        .slice(0, MOST_TABLES)
        .map(async (table) => [table, await readTable(reading, table)] as const),
    ),
  ]);
  const tablesFor = (sought: Sought): readonly Table[] => [
    ...tablesOf(saved, 'iptables', sought === 'drops' ? chainsOf(wanted) : [], sought),
    ...(other === undefined ? [] : tablesOf(others, other, [], sought)),
    ...tables.flatMap(([named, table]) => withoutSaved(tableOf(table, sought), named, saved)),
  ];
  const all = tablesFor('drops').map((table) => ({ ...table, heard: heardQueues(settings) }));
  const found = conflictsOf(all, site, (bridge) => seesBridged(settings) || isSeen(bridge, wanted));
  const loose = untracked(tablesFor('untracks'), site);
  const apart = zoned(tablesFor('zones'), site);
  const taken = proxied(tablesFor('proxies'), site);
  const inNat = (sought: 'passes' | 'redirects'): readonly Table[] => [
    ...tablesOf(saved, 'iptables', chainsOf(wanted), sought),
    ...tables.flatMap(([named, table]) =>
      withoutSaved(tableOf(table, sought, orderOf(named, names, saved)), named, saved),
    ),
  ];
  const own = ownOf(wanted, records);
  const passed = [...passedBy(inNat('passes'), site, own), ...redirected(inNat('redirects'), site)];
  const outlook = outlookOf(site, routing, records, tablesFor);
  const words = await wordsOf(host, [...found, ...loose, ...apart, ...taken, ...passed]);
  return [
    ...found.map((conflict) => diagnosticOf(conflict, words)),
    ...loose.map((conflict) => untrackedOf(conflict, words)),
    ...apart.map((conflict) => zonedOf(conflict, words)),
    ...taken.map((conflict) => proxiedOf(conflict, words)),
    ...passed.map((conflict) => passedByOf(conflict, words, own, saved.includes(' -j netctl-postrouting-bottom\n'))),
    ...rpFilter(site, settings, routing),
    ...notForwarding(site, settings),
    ...opensForwarding(site, settings, sides, { state: wanted, because }, () => shutIn(saved, all, wanted)),
    ...opensShut(site, sides, all, () => tablesNow(saved, all)),
    ...unanswered(site, settings, records),
    ...blockedByIpsec(ipsecPolicies(told), site),
    ...(other === undefined ? [] : twoBackends(other, others)),
    ...autoconfigured(site, records, wanted),
    ...interfaces(site, records, wanted),
    ...barredPorts(site, records),
    ...takenNames({ state: wanted, because }, records),
    ...overlaps(site, wanted, records, routing),
    ...misled(site, neighbours),
    ...unread(reading),
    ...waysOut(site, outlook),
    ...notSourceNated(site, outlook),
  ];
}

/** What drops on the host, as it is and with iptables' chain FORWARD shut. */
function shutIn(saved: string, all: readonly Table[], wanted: State): ReturnType<typeof withForwardShut> {
  const others = all.filter(({ tool }) => tool !== 'iptables');
  const { now, shut } = withForwardShut(saved, chainsOf(wanted));
  return { now: [...now, ...others], shut: [...shut, ...others] };
}

/** Tables that are read: each is a command. */
const MOST_TABLES = 32;

/** What iptables speaks for is read from it; but nft may have put chains of its own beside those. */
function isJudged({ family, name }: NamedTable, saved: string): boolean {
  if (family === 'ip6' || name.startsWith(CHAIN_PREFIX)) return false;
  return family !== 'ip' || !IPTABLES_TABLES.includes(name) || isMixed(name, saved);
}

function isMixed(name: string, saved: string): boolean {
  return saved.includes(`# Table \`${name}' contains incompatible base-chains`);
}

/** Without what its sets hold, which may be long lists, unless rules ask for it. */
async function readTable(reading: Reading, { family, name }: NamedTable): Promise<Listed> {
  const argv = ['nft', '-t', '-j', 'list', 'table', family, name];
  const terse = await reading.ask(argv);
  const items = itemsOf(terse);
  const isWhole = dependsOnSets(items);
  const [text, said] = await Promise.all([
    isWhole ? reading.ask(['nft', '-j', 'list', 'table', family, name]) : terse,
    lacksDevices(items) || hasFlags(items) ? reading.ask(['nft', '-t', 'list', 'table', family, name]) : '',
  ]);
  if (terse !== '' && items.length === 0 && !isDormant(said)) reading.doubt(argv, 'what it printed is not whole');
  return {
    text,
    items: isWhole ? itemsOf(text) : items,
    isWhole,
    devices: devicesIn(said),
    isDormant: isDormant(said),
  };
}

/**
 * Tables are listed as they were made. Where iptables has none for it yet, netctl's is the last; where nft shows none,
 * it is iptables-legacy's.
 */
function orderOf({ family, name }: NamedTable, all: readonly NamedTable[], saved: string): Order {
  if (!/^\*nat$/m.test(saved)) return 'behind';
  const [own, at] = [
    ['ip', 'nat'],
    [family, name],
  ].map((of) => all.findIndex((one) => one.family === of[0] && one.name === of[1]));
  return own === undefined || at === undefined || own === -1 || own === at ? 'unknown' : own < at ? 'before' : 'behind';
}

function withoutSaved(table: Table | undefined, { family, name }: NamedTable, saved: string): readonly Table[] {
  if (table === undefined) return [];
  if (family !== 'ip' || !isMixed(name, saved)) return [table];
  return [{ ...table, chains: new Map([...table.chains].filter(([chain]) => !saved.includes(`\n:${chain} `))) }];
}

/** What is asked of others' rules only where the way out is another. */
function outlookOf(
  { spec }: Site,
  routing: Routing,
  links: readonly LinkRecord[],
  tablesFor: (sought: Sought) => readonly Table[],
): Outlook {
  let translating: readonly Table[] | undefined;
  const routed = spec.networks.filter((network): network is RoutedNetwork => network.mode !== 'flat');
  return {
    routing,
    links,
    marked: routing.policies.some(({ words }) => words.includes(' fwmark ')) && marksGuests(tablesFor('marks'), routed),
    translated: (network, link) => translatesGuests((translating ??= tablesFor('translates')), network, link),
  };
}

/** What the host has beside its rules, and is to have. */
function ownOf(wanted: State, links: readonly LinkRecord[]): Own {
  const had = links.flatMap(({ addresses }) => addresses.filter(({ family }) => family === 4).map(({ ip }) => ip));
  const come = [...wanted.values()]
    .filter((resource): resource is Address => resource.kind === 'address')
    .map(({ cidr }) => ipOf(cidr));
  const firsts = new Map(
    links.map(({ name, addresses }) => [
      name,
      addresses.find(({ family, scope }) => family === 4 && scope === 'global')?.ip,
    ]),
  );
  return {
    sources: union([...had, ...come].flatMap((ip) => parseRange(ip, 4) ?? [])),
    first: (link) => parseRange(firsts.get(link) ?? '', 4)?.first,
  };
}

function chainsOf(wanted: State): readonly Chain[] {
  return [...wanted.values()].filter((resource): resource is Chain => resource.kind === 'chain');
}

function isSeen(bridge: string, wanted: State): boolean {
  const link = wanted.get(`link ${bridge}`);
  return link !== undefined && isLink(link) && link.type === 'bridge' && link.netfilter;
}

/**
 * nft's JSON does not say a rule in its own words: those chains in which something was found are read once more,
 * without what its counters say by now.
 */
async function wordsOf(host: HostReader, found: readonly Conflict[]): Promise<(stop: Stop) => string> {
  const places = new Map(
    found
      .filter(({ stop }) => stop.table.tool === 'nft' && stop.rule !== undefined)
      .map(({ stop }) => [chainKeyOf(stop), stop]),
  );
  const texts = new Map(
    await Promise.all(
      [...places].map(
        async ([place, { table, chain }]) =>
          [
            place,
            await attempt(host, ['nft', '-s', '-t', '-a', 'list', 'chain', table.family, table.name, chain.name]),
          ] as const,
      ),
    ),
  );
  return (stop) => {
    const { rule } = stop;
    if (typeof rule?.words === 'string') return rule.words;
    const line = texts
      .get(chainKeyOf(stop))
      ?.split('\n')
      .find((one) => one.endsWith(` # handle ${rule?.words}`) && !one.includes(' { # handle '));
    return line?.trim().replace(/ # handle \d+$/, '') ?? 'a rule that is gone since';
  };
}

function chainKeyOf({ table, chain }: Stop): string {
  return `${table.family} ${table.name} ${chain.name}`;
}
