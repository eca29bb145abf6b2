// conflicts/before-nat.ts — rules of others that decide about instances' packets in table nat before netctl's own:
// these are not translated, or by somebody else.
import { memo } from '../core/memo.ts';
import type { Diagnostic, State } from '../core/resource.ts';
import { shellWord } from '../core/shell.ts';
import { wordsOf as wordsIn } from '../iptables/rule-text.ts';
import type { Flow } from '../kinds/flow/model.ts';
import { covers, overlap, parseIp, toIp, toNumber } from '../net/ip.ts';
import type { Range } from '../net/ip.ts';
import { conflictsOf } from './judge.ts';
import { whereOf, saidOf, subjectOf, targetIn } from './diagnostics.ts';
import type { Conflict } from './judge.ts';
import type { Chain, Match, Rule, Table } from './model.ts';
import { isTranslated } from './translated.ts';
import { floatingLinks, floatsIn } from './floating.ts';
import type { RequiredTraffic, Pair, Site } from './required-traffic.ts';
import type { Stop } from './walk.ts';

export function pairsIn(wanted: State): readonly Pair[] {
  return [...wanted.values()]
    .filter((resource): resource is Flow => resource.kind === 'flow')
    .flatMap(({ floating, fixed }) => pairOf(floating, fixed));
}

function pairOf(floating: string, fixed: string): readonly Pair[] {
  const [one, other] = [parseIp(floating, 4), parseIp(fixed, 4)];
  return one === undefined || other === undefined ? [] : [{ floating: toNumber(one), fixed: toNumber(other) }];
}

/**
 * What of the host is asked beside its rules. `sources`: the addresses that it has or is to have; `first`: that which a
 * link speaks from.
 */
export interface Own {
  readonly sources: readonly Range<4>[];
  readonly first: (link: string) => number | undefined;
}

/**
 * By tables in which is sought what accepts or translates before netctl does. Sources are translated behind routing,
 * destinations before it.
 */
export function passedBy(tables: readonly Table[], site: Site, own: Own): readonly Conflict[] {
  const asked = (need: RequiredTraffic): readonly RequiredTraffic[] => {
    if (!isTranslated(need)) return [];
    return need.what === 'floating'
      ? [need, ...partsOf(need, tables, site)]
      : need.what === 'outside' || need.what === 'metadata'
        ? [need]
        : [];
  };
  return conflictsOf(tables, site, () => false, asked).flatMap(({ stop, needs }): Conflict[] => {
    const hook = stop.base.base?.hook;
    const met = needs.filter(
      (need) =>
        hook === (need.what === 'outside' ? 'postrouting' : 'prerouting') &&
        (need.what !== 'outside' || isOther(stop.rule, need, site, own)),
    );
    const told = withoutParts(met);
    return told.length === 0 ? [] : [{ stop, needs: told }];
  });
}

/** What is said of all need not be said of each. */
export function withoutParts(needs: readonly RequiredTraffic[]): readonly RequiredTraffic[] {
  const parts = new Set(needs.map(({ what, part = what }) => part));
  return needs.filter(
    ({ what, part }) => part === undefined || (!parts.has(what) && !widerThan(part).some((wider) => parts.has(wider))),
  );
}

/**
 * Whether what leaves is not seen as the spec says, or by nobody who could answer it. Without a word of the spec one
 * address of the host is as good as another.
 */
function isOther(rule: Rule | undefined, { network, packet }: RequiredTraffic, site: Site, own: Own): boolean {
  if (rule === undefined || network.mode === 'flat') return false;
  const to = rule.meaning().translates;
  if (to === undefined || floatingLinks(network, site).size > 0) return true;
  const first = packet.out === undefined ? undefined : own.first(packet.out);
  const given = to === 'own' ? (first === undefined ? undefined : { first, last: first }) : to;
  if (given === undefined) return false;
  const { sourceAddress } = site.self;
  const asked =
    typeof network.snat === 'object'
      ? network.snat
      : sourceAddress === undefined
        ? undefined
        : { first: toNumber(sourceAddress), last: toNumber(sourceAddress) };
  return asked === undefined ? lacks(given, own) : !covers(asked, given);
}

function lacks(range: Range<4>, { sources }: Own): boolean {
  return !sources.some((one) => overlap(one, range));
}

const EVERY = 'floating addresses';
/** Single floating addresses and ports that rules speak of: more are not tried. */
const MOST_PARTS = 32;

/**
 * Somebody may mean one of the floating addresses, or one port of all of them: as packets of their own, which rules of
 * others ask for.
 */
export function partsOf(need: RequiredTraffic, tables: readonly Table[], site: Site): readonly RequiredTraffic[] {
  const { packet } = need;
  const asked = tables.map((table) => askedIn(table));
  const ranges = asked.flatMap((one) => one.ranges);
  if (asked.every(({ ports }) => ports.length === 0) && ranges.length === 0) return [];
  const named = floatsIn(need, site)
    .filter(({ first }) => ranges.some((range) => range.first <= first && first <= range.last))
    .slice(0, MOST_PARTS);
  const ports = packet.protocol === 'icmp' ? [] : [...new Set(asked.flatMap((one) => one.ports))].slice(0, MOST_PARTS);
  const of = (one: Range<4> | undefined, port: number | undefined): RequiredTraffic => ({
    ...need,
    part: `packets ${port === undefined ? 'to' : `for port ${port} of`} ${one === undefined ? EVERY : toIp(one.first)}`,
    packet: {
      ...packet,
      ...(one === undefined ? {} : { bound: one }),
      ...(port === undefined ? {} : { destinationPort: port }),
    },
  });
  return [
    ...ports.map((port) => of(undefined, port)),
    ...named.flatMap((one) => [of(one, undefined), ...ports.map((port) => of(one, port))]),
  ];
}

/** Of one port of one address: that port of all. */
function widerThan(part: string): readonly string[] {
  const wider = part.replace(/ of [\d.]+$/, ` of ${EVERY}`);
  return wider === part ? [] : [wider];
}

interface Asked {
  readonly ranges: readonly Range<4>[];
  readonly ports: readonly number[];
}

/** Destinations that rules ask for before netctl's own, where packets come in. */
const askedIn = memo((table: Table): Asked => {
  const [ranges, ports]: [Range<4>[], number[]] = [[], []];
  const collect = ({ ask }: Match): void => {
    if (ask.on === 'destination') ranges.push(...ask.ranges);
    else if (ask.on === 'destination-port') ports.push(...ask.ports.map(({ first }) => first));
    else if (ask.on === 'any-of')
      ask.lists.forEach((list) => {
        list.forEach(collect);
      });
  };
  const seen = new Set<Chain>();
  const walk = (chain: Chain): void => {
    if (seen.has(chain)) return;
    seen.add(chain);
    for (const rule of chain.rules) {
      const { matches, then } = rule.meaning();
      // What comes behind netctl's jump is too late.
      if (matches.length === 0 && then.then === 'accept') return;
      matches.forEach(collect);
      const next = then.then === 'jump' || then.then === 'goto' ? table.chains.get(then.chain) : undefined;
      if (next !== undefined) walk(next);
    }
  };
  for (const chain of table.chains.values()) if (chain.base?.hook === 'prerouting') walk(chain);
  return { ranges, ports };
});

/**
 * By tables in which other destinations are sought: what instances ask the host for names, netctl sends nowhere else.
 */
export function redirected(tables: readonly Table[], site: Site): readonly Conflict[] {
  return conflictsOf(
    tables,
    site,
    () => false,
    (need) => (need.what === 'dns' ? [need] : []),
  ).filter(({ stop }) => stop.base.base?.hook === 'prerouting');
}

/** Of a rule that accepts or translates packets in table nat before netctl's. `isThere`: netctl's own jumps are. */
export function passedByOf(
  { stop, needs }: Conflict,
  words: (stop: Stop) => string,
  own: Own,
  isThere: boolean,
): Diagnostic {
  const rule = words(stop);
  const { hint: _, stops, ...said } = saidOf({ stop, needs });
  const target = targetIn(stop.rule);
  const translates = target !== 'ACCEPT' && target !== 'RETURN';
  const asksNames = needs.every(({ what }) => what === 'dns');
  const to = stop.rule?.meaning().translates;
  const lost =
    translates && needs.some(({ what }) => what === 'outside') && typeof to === 'object' && lacks(to, own)
      ? `, to ${addressesOf(to)}, which no interface of this host has,`
      : '';
  const verb = translates
    ? `translated by others${asksNames ? '' : ` before netctl's rules${lost === '' ? ',' : ''}`}${lost}`
    : `${target === 'RETURN' ? 'left alone' : 'accepted'} before netctl's rules, and so not translated,`;
  // From another source an instance gets out all the same, and names may be answered by another.
  const isLost =
    !translates || needs.some(({ what, part }) => (what === 'floating' && part === undefined) || what === 'metadata');
  return {
    ...said,
    ...(stops === undefined || !isLost ? {} : { stops }),
    code: translates ? 'translated-elsewhere' : 'not-translated',
    message: `${subjectOf(needs)} ${stop.sure ? 'are' : 'may be'} ${verb} by ${whereOf(stop)}: ${rule}`,
    hint:
      stop.table.tool === 'nft'
        ? `${asksNames ? "if instances are to ask netctl's server: " : ''}nft ${shellWord(letBy(stop, needs).join('; '))}`
        : asksNames
          ? `if instances are to ask netctl's server: ${needs.map((need) => ownServer(need, `${stop.table.tool} -t nat`)).join(' && ')}`
          : behind(stop, rule, isThere),
  };
}

export function addressesOf({ first, last }: Range<4>): string {
  return first === last ? toIp(first) : `${toIp(first)}-${toIp(last)}`;
}

/** An accept ends that chain alone: the kernel asks iptables' next. */
export function letBy({ table, base }: Stop, needs: readonly RequiredTraffic[]): readonly string[] {
  const asked = needs.map(({ what, network, packet: { protocol, destination, destinationPort, bound, sentTo } }) => {
    if (what === 'outside') return `ip saddr ${network.cidr}`;
    return `ip daddr ${addressesOf(bound ?? sentTo ?? destination)}${what === 'dns' ? ` ${protocol} dport ${destinationPort ?? ''}` : ''}`;
  });
  return [...new Set(asked)].map((match) => `insert rule ${table.family} ${table.name} ${base.name} ${match} accept`);
}

/** netctl's last jump comes behind whatever is there when it is made. */
function behind({ table, chain, base }: Stop, rule: string, isThere: boolean): string {
  const [, name = '', rest = ''] = /^-A (\S+) (.*)$/.exec(rule) ?? [];
  const place = `${table.tool} -t nat`;
  const typed = [name, ...wordsIn(rest)].map((word) => (word === '!' ? word : shellWord(word))).join(' ');
  const mend =
    chain === base
      ? `have it behind netctl's: ${place} -A ${typed} && ${place} -D ${typed}`
      : `have ${base.name} jump to ${chain.name} behind netctl's jumps`;
  return isThere ? mend : `when it is done, ${mend}`;
}

/** The command that leaves what asks netctl's own server for names where it goes. */
function ownServer({ network, packet: { protocol } }: RequiredTraffic, place: string): string {
  const server = network.mode === 'flat' ? '' : network.dhcp.server;
  return `${place} -I PREROUTING -d ${server} -p ${protocol} --dport 53 -j ACCEPT`;
}
