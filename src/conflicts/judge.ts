// conflicts/judge.ts — what of a spec's traffic the firewalls of others would stop: each rule or policy that does,
// once.
import type { Diagnostic } from '../core/resource.ts';
import type { Chain, Hook, Packet, Rule, Table } from './model.ts';
import { targetOf, wordsOf as wordsIn } from '../iptables/words.ts';
import { mendOf } from './mend.ts';
import { ownersOf } from './owners.ts';
import { uplinkOf } from '../parts/bridge.ts';
import type { Network } from '../specfile/model.ts';
import { EVERYWHERE } from './model.ts';
import { isTranslatedAt, isUpstream, needsOf, seenAs, serverOf, upstreamOf, WORDS } from './traffic.ts';
import type { Need, Site, What } from './traffic.ts';
import { canDrop, isEnd, stopOf } from './walk.ts';
import type { Budget, Stop } from './walk.ts';

/** A rule or policy, and all that it stops. */
export interface Conflict {
  readonly stop: Stop;
  readonly needs: readonly Need[];
}

/** Rules that may be asked in all: some 100 ms. */
const MOST_RULES = 500_000;

/**
 * `bridgesSeen`: packets that stay on a bridge pass iptables all the same; it is asked by the bridge's name. `asked`:
 * what of a need is looked at.
 */
export function conflictsOf(
  tables: readonly Table[],
  site: Site,
  bridgesSeen: (bridge: string) => boolean,
  asked: (need: Need) => readonly Need[] = (need) => [need],
): readonly Conflict[] {
  const budget: Budget = { left: MOST_RULES };
  const found = new Map<string, { stop: Stop; needs: Need[] }>();
  const doors = tables.flatMap(doorsOf);
  for (const network of site.spec.networks)
    for (const need of [...needsOf(network, site)].flatMap(asked)) {
      const stops = doors.flatMap((door) => stopAt(door, need, site, bridgesSeen(network.bridge), budget) ?? []);
      // What is certain is enough.
      for (const stop of stops.some(({ sure }) => sure) ? stops.filter(({ sure }) => sure) : stops) {
        const key = keyOf(stop, need);
        const known = found.get(key);
        if (known === undefined) found.set(key, { stop, needs: [need] });
        else known.needs.push(need);
      }
    }
  return withoutSpared([...found.values()], site);
}

/** Of several servers upstream, one that answers is enough. */
function withoutSpared(found: readonly Conflict[], site: Site): readonly Conflict[] {
  const silent = new Map<Network, Set<string>>();
  for (const { needs } of found)
    for (const need of needs)
      if (isUpstream(need.what)) silent.set(need.network, (silent.get(need.network) ?? new Set()).add(serverOf(need)));
  const isSpared = ({ what, network }: Need): boolean =>
    isUpstream(what) &&
    network.mode !== 'flat' &&
    (silent.get(network)?.size ?? 0) < new Set(upstreamOf(network, site)).size;
  return found.flatMap(({ stop, needs }) => {
    const told = needs.filter((need) => !isSpared(need));
    return told.length === 0 ? [] : [{ stop, needs: told }];
  });
}

function keyOf({ table, base, chain, rule, sure }: Stop, { way }: Need): string {
  // One rule with a map may put packets into several zones.
  const at =
    rule === undefined
      ? 'policy'
      : typeof rule.words === 'number'
        ? `${rule.words} ${rule.meaning().zone ?? ''}`
        : `${chain.rules.indexOf(rule)}`;
  return [table.tool, table.family, table.name, base.name, chain.name, at, sure, way === 'over'].join('\0');
}

/** A base chain that may drop something. In nftables an accept ends one base chain only: each of them has its say. */
interface Door {
  readonly table: Table;
  readonly base: Chain;
  readonly hook: Hook;
  readonly priority: number;
  readonly devices?: readonly string[];
  readonly onlyFirst?: true;
}

/** To read all rules of iptables for that would take longer than to follow the packets. */
function doorsOf(table: Table): readonly Door[] {
  const bases = [...table.chains.values()].flatMap((base) =>
    base.base === undefined ? [] : [{ table, base, ...base.base }],
  );
  return bases.filter(({ base }) => table.tool !== 'nft' || canDrop(base, table));
}

function stopAt(
  { table, base, hook, priority, devices, onlyFirst }: Door,
  need: Need,
  site: Site,
  seen: boolean,
  budget: Budget,
): Stop | undefined {
  if (onlyFirst === true && !need.packet.states.includes('new')) return undefined;
  const packet =
    hook === 'ingress' || hook === 'egress'
      ? atDevice(hook, devices ?? [], need, site)
      : packetAt(table, hook, priority, need, site, seen);
  return packet === undefined ? undefined : stopOf(table, base, packet, budget);
}

/**
 * Whether somebody surely drops packets that the host forwards for others than its instances. What bridges and devices
 * drop of their own is not asked.
 */
export function endsThere(tables: readonly Table[], packet: Packet, budget: Budget): boolean {
  return tables.flatMap(doorsOf).some(({ table, base, hook }) => {
    if (table.family === 'bridge' || table.family === 'arp' || !ROUTED.through.includes(hook)) return false;
    return isEnd(
      table,
      base,
      hook === 'prerouting' ? { ...packet, out: '' } : hook === 'postrouting' ? { ...packet, in: undefined } : packet,
      budget,
    );
  });
}

const ROUTED: Readonly<Record<Need['way'], readonly Hook[]>> = {
  in: ['prerouting', 'input'],
  out: ['output', 'postrouting'],
  through: ['prerouting', 'forward', 'postrouting'],
  over: ['prerouting', 'forward', 'postrouting'],
};
/** Translated to where it goes, at this priority. */
const DSTNAT = -100;
/** And where it is from, at this. */
const SRCNAT = 100;

/** As a chain sees it; undefined: it never does. */
function packetAt(
  { family }: Table,
  hook: Hook,
  priority: number,
  need: Need,
  site: Site,
  seen: boolean,
): Packet | undefined {
  const { way, packet } = need;
  if (family === 'arp')
    return packet.protocol === 'arp' && way !== 'over' && hook === (way === 'in' ? 'input' : 'output')
      ? packet
      : undefined;
  if (packet.protocol === 'arp' && (family === 'ip' || family === 'inet')) return undefined;
  if (family === 'bridge') return onBridge(hook, need, site);
  if (!ROUTED[way].includes(hook) || (way === 'over' && !seen)) return undefined;
  if (hook === 'prerouting') return { ...(priority < DSTNAT ? atFirst(packet) : packet), out: '' };
  return hook === 'postrouting'
    ? { ...(priority > SRCNAT ? atLast(need, packet, site) : packet), in: undefined }
    : packet;
}

/**
 * As a device has it before anybody else, or after: not translated yet, or already. What is bridged passes guests' own
 * devices.
 */
function atDevice(hook: 'ingress' | 'egress', devices: readonly string[], need: Need, site: Site): Packet | undefined {
  const { way, what, packet } = need;
  const [link, far] =
    hook === 'ingress'
      ? [packet.in, ['back', 'floating', 'arp-outside', 'upstream-answer']]
      : [packet.out, ['outside', 'floating-answer', 'arp-outside-answer', 'upstream']];
  const bridged = far.includes(what)
    ? site.spec.networks.flatMap((one) => (one.bridge === link ? (uplinkOf(one, site.self) ?? []) : []))
    : [];
  if (way === 'over' || link === undefined || ![link, ...bridged].some((name) => devices.includes(name)))
    return undefined;
  // By its port a bridge is not seen.
  const here = devices.includes(link) ? packet : { ...packet, [hook === 'ingress' ? 'in' : 'out']: bridged[0] };
  if (hook === 'ingress') return { ...atFirst(here), out: '' };
  return { ...atLast(need, here, site), in: '' };
}

/** As it is seen outside. */
function atLast(need: Need, packet: Packet, site: Site): Packet {
  if (!isTranslatedAt(need, site)) return packet;
  const sources = seenAs(need, site);
  return { ...packet, source: EVERYWHERE, ...(sources === undefined ? {} : { sources, sourceType: 'local' }) };
}

function atFirst(packet: Packet): Packet {
  const { sentTo, sentToPort, bound } = packet;
  if (sentTo === undefined) return packet;
  const states = packet.states.filter((state) => state !== 'dnat' && state !== 'snat');
  return {
    ...packet,
    states,
    destination: bound ?? sentTo,
    ...(sentToPort === undefined ? {} : { destinationPort: sentToPort }),
    ...(bound === undefined && sentTo !== EVERYWHERE ? {} : { destinationType: 'local' }),
  };
}

/** Guests are behind ports of a bridge, whose names may be anything; the bridge itself is asked for as such. */
function onBridge(hook: Hook, { way, what, packet, network }: Need, site: Site): Packet | undefined {
  const link = way === 'in' ? packet.in : packet.out;
  if (isUpstream(what) && !site.spec.networks.some(({ bridge }) => bridge === link)) return undefined;
  const hooks: readonly Hook[] =
    way === 'over'
      ? ['prerouting', 'forward', 'postrouting']
      : packet.in === network.bridge || what === 'upstream-answer'
        ? ['prerouting', 'input']
        : ['output', 'postrouting'];
  return hooks.includes(hook) ? packet : undefined;
}

/** `words`: the text of a rule that is only known by its handle. */
export function diagnosticOf({ stop, needs }: Conflict, words: (stop: Stop) => string): Diagnostic {
  const { table, rule, sure } = stop;
  const over = needs.every(({ way }) => way === 'over');
  const seen = over && table.family !== 'bridge';
  const unheard = unheardBy(rule);
  return {
    ...saidOf({ stop, needs }),
    ...unheard?.hint,
    code: seen ? 'bridge-netfilter' : rule === undefined ? 'foreign-policy' : 'foreign-drop',
    message: `${subjectOf(needs)} ${sure ? 'are' : 'may be'} dropped by ${placeOf(stop)}${seen ? ', where br_netfilter leads them' : ''}${rule === undefined ? '' : `: ${words(stop)}`}${unheard?.why ?? ''}`,
  };
}

/** Of a rule that asks a program. */
function unheardBy(
  rule: Rule | undefined,
): { readonly why: string; readonly hint: Pick<Diagnostic, 'hint'> } | undefined {
  const then = rule?.meaning().then;
  if (rule === undefined || then?.then !== 'queue') return undefined;
  const { first, last } = then.queues;
  const bypass = typeof rule.words === 'string' ? '--queue-bypass' : 'flags bypass';
  return {
    why:
      first === last
        ? ` (no program listens to queue ${first})`
        : ` (no program listens to one or more of the queues ${first} to ${last})`,
    hint: { hint: `start the program that is to listen, or have packets pass without it: \`${bypass}\` in the rule` },
  };
}

/** Of a rule that exempts packets from connection tracking, without which the kernel translates nothing. */
export function untrackedOf({ stop, needs }: Conflict, words: (stop: Stop) => string): Diagnostic {
  return {
    ...saidOf({ stop, needs }),
    code: 'untracked',
    message: `${subjectOf(needs)} ${stop.sure ? 'are' : 'may be'} exempted from connection tracking, and so not translated, by ${placeOf(stop)}: ${words(stop)}`,
  };
}

/** Of a rule of iptables. */
export function targetIn(rule: Rule | undefined): string | undefined {
  return typeof rule?.words === 'string' ? targetOf(wordsIn(rule.words)) : undefined;
}

export function saidOf({ stop, needs }: Conflict): Pick<Diagnostic, 'severity' | 'at' | 'stops' | 'hint'> {
  const networks = networksOf(needs);
  const hint = mendOf(stop, needs, ownersOf(stop));
  return {
    severity: 'warning',
    at: networks.slice(0, MOST_NAMED).map(({ path }) => path),
    ...(stop.sure ? { stops: networks.map(({ path }) => path) } : {}),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** `lab: DNS requests and DNS answers` */
export function subjectOf(needs: readonly Need[]): string {
  return `${listed(shortened(networksOf(needs).map(({ name }) => name)))}: ${listed(trafficOf(needs))}`;
}

export function networksOf(needs: readonly Need[]): readonly Network[] {
  return [...new Map(needs.map(({ network }) => [network.name, network])).values()];
}

export function placeOf(stop: Stop): string {
  const { table, chain, rule } = stop;
  const owners = ownersOf(stop);
  const isNft = table.tool === 'nft';
  const place = `chain ${chain.name} of table ${isNft ? `${table.family} ` : ''}${table.name}`;
  return rule === undefined
    ? `the policy ${isNft ? 'drop' : 'DROP'} of ${place} (${[table.tool, ...(owners.length === 0 ? [] : [`as ${owners.join(' or ')} sets it`])].join(', ')})`
    : `a rule in ${place} (${[table.tool, ...owners.map((owner) => `${owner}'s`)].join(', ')})`;
}

/** Networks that are named one by one. */
export const MOST_NAMED = 5;

/** So many are named. */
export function shortened(names: readonly string[]): readonly string[] {
  return names.length <= MOST_NAMED
    ? names
    : [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED} more networks`];
}

/** With the protocols, where it is only some that are told apart. */
function trafficOf(needs: readonly Need[]): readonly string[] {
  const found = new Map<string, { count: number; protocols: Set<string> }>();
  for (const {
    what,
    part,
    packet: { protocol },
  } of needs) {
    const words = part ?? WORDS[what];
    const known = found.get(words) ?? {
      count: PROTOCOLS[what] ?? (part?.includes(' port ') === true ? 2 : 3),
      protocols: new Set(),
    };
    known.protocols.add(protocol.toUpperCase());
    found.set(words, known);
  }
  return [...found].map(([words, { count, protocols }]) =>
    protocols.size === count ? words : `${words} (${[...protocols].join(', ')})`,
  );
}

/** How many there are, where it is not all three. */
const PROTOCOLS: Readonly<Partial<Record<What, number>>> = {
  arp: 1,
  'arp-answer': 1,
  'arp-between': 1,
  'arp-outside': 1,
  'arp-outside-answer': 1,
  dhcp: 1,
  'dhcp-answer': 1,
  metadata: 1,
  dns: 2,
  'dns-answer': 2,
  upstream: 1,
  'upstream-answer': 1,
};

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
