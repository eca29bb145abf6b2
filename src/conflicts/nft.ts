// conflicts/nft.ts — the JSON of `nft -j list table` as chains.
import { BEFORE, once } from './model.ts';
import type { Chain, Hook, Match, Meaning, Rule, Sought, Table, Then } from './model.ts';
import { ANY, expressionOf } from './nft-expressions.ts';
import { fieldsOf, listOf, numberOf, recordsOf, textOf } from './nft-fields.ts';
import type { Fields } from './nft-fields.ts';
import { readSets, unwrapped } from './nft-sets.ts';
import type { Sets } from './nft-sets.ts';

const FAMILIES = ['ip', 'inet', 'bridge', 'netdev', 'arp'] as const;
const HOOKS: readonly Hook[] = ['ingress', 'egress', 'prerouting', 'input', 'forward', 'output', 'postrouting'];

/** A table that does it has this in its text. */
const WORDS: Readonly<Record<Sought, string>> = {
  drops: '',
  untracks: '"notrack"',
  zones: '"zone"',
  marks: '"mark"',
  translates: '"nat"',
  passes: '"nat"',
  redirects: '"nat"',
  proxies: '"tproxy"',
};

/** A table as nft prints it. */
export interface Listed {
  readonly text: string;
  readonly items: readonly Fields[];
  /** With what its sets hold. */
  readonly isWhole: boolean;
  readonly devices: Devices;
  /** Whatever it holds, the kernel asks none of its chains. */
  readonly isDormant?: boolean;
}

/**
 * Where a table stands to iptables' table nat at the same priority: of two chains of the type nat the kernel asks the
 * one first that was added last.
 */
export type Order = 'before' | 'behind' | 'unknown';

/** Undefined where it is no table for IPv4 or for bridges, one that sleeps, or nothing that nft prints. */
export function tableOf(
  { text, items, isWhole, devices, isDormant = false }: Listed,
  sought: Sought = 'drops',
  order: Order = 'behind',
): Table | undefined {
  if (isDormant || !text.includes(WORDS[sought])) return undefined;
  const head = items.map((item) => fieldsOf(item['table'])).find((table) => table !== undefined);
  const family = FAMILIES.find((name) => name === head?.['family']);
  if (head === undefined || family === undefined) return undefined;
  const sets = isWhole ? readSets(items) : new Map<string, never>();
  const rules = new Map<string, Rule[]>();
  for (const item of items) {
    const rule = fieldsOf(item['rule']);
    if (rule === undefined) continue;
    const name = textOf(rule['chain']);
    const before = rules.get(name);
    if (before === undefined) rules.set(name, [...rulesOf(rule, sets, sought)]);
    else before.push(...rulesOf(rule, sets, sought));
  }
  const chains = [...named(items, 'chain')].map(([name, chain]): [string, Chain] => [
    name,
    { name, rules: rules.get(name) ?? [], ...baseOf(chain, sought, devices.get(name), order) },
  ]);
  return { tool: 'nft', family, name: textOf(head['name']), chains: new Map(chains) };
}

/** JSON of nft 1.0.6 says other words for a table's flags, or ends there. */
export function hasFlags(items: readonly Fields[]): boolean {
  return items.length === 0 || items.some((item) => fieldsOf(item['table'])?.['flags'] !== undefined);
}

/** By the text of `nft list table`: `flags dormant`, `flags dormant,owner`. */
export function isDormant(text: string): boolean {
  return /^\tflags (?:\S+,)?dormant\b/m.test(text);
}

/** Of chains at the ingress or egress of devices: which. */
export type Devices = ReadonlyMap<string, readonly string[]>;

/** Some releases' JSON does not say them. */
export function lacksDevices(items: readonly Fields[]): boolean {
  return items.some((item) => {
    const chain = fieldsOf(item['chain']);
    return chain !== undefined && /^(in|e)gress$/.test(textOf(chain['hook'])) && chain['dev'] === undefined;
  });
}

/**
 * By the text of `nft list table`: `type filter hook ingress device "eth1" priority 0;`, `devices = { eth1, eth2 }`.
 */
export function devicesIn(text: string): Devices {
  return new Map(
    [...text.matchAll(/^\tchain (\S+) \{\n\t\ttype \S+ hook \S+ (?:device (\S+)|devices = \{ ([^}]*) \}) /gm)].map(
      ([, chain = '', one, many = '']) => [
        chain,
        (one === undefined ? many.split(',') : [one]).map((name) => name.trim().replaceAll('"', '')),
      ],
    ),
  );
}

export function itemsOf(text: string): readonly Fields[] {
  try {
    return recordsOf(fieldsOf(JSON.parse(text))?.['nftables']);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function named(items: readonly Fields[], what: string): readonly (readonly [string, Fields])[] {
  return items.flatMap((item) => {
    const fields = fieldsOf(item[what]);
    return fields === undefined ? [] : [[textOf(fields['name']), fields] as const];
  });
}

/** Those of the type nat have the first packet of each connection, and may drop it, too. */
const TYPES: Readonly<Record<Sought, readonly string[]>> = {
  drops: ['filter', 'nat'],
  untracks: ['filter'],
  zones: ['filter'],
  marks: ['filter', 'nat', 'route'],
  translates: ['nat'],
  passes: ['nat'],
  redirects: ['nat'],
  proxies: ['filter'],
};

function baseOf(chain: Fields, sought: Sought, said: readonly string[] | undefined, order: Order): Pick<Chain, 'base'> {
  const hook = HOOKS.find((name) => name === chain['hook']);
  if (hook === undefined || !TYPES[sought].includes(textOf(chain['type']))) return {};
  if (sought === 'passes' || sought === 'redirects') return translating(chain, hook, sought, order);
  const own = typeof chain['dev'] === 'string' ? [chain['dev']] : listOf(chain['dev']).map(textOf);
  const devices = own.length === 0 ? said : own;
  const isFirst = textOf(chain['type']) === 'nat';
  return {
    base: {
      hook,
      ...(isFirst ? { onlyFirst: true } : {}),
      priority: numberOf(chain['prio']) ?? 0,
      policy: chain['policy'] === 'drop' && sought === 'drops' ? 'drop' : 'accept',
      ...(devices === undefined ? {} : { devices }),
    },
  };
}

/** At which priority iptables has its table nat. */
const IPTABLES: Readonly<Partial<Record<Hook, number>>> = { prerouting: -100, postrouting: 100 };

/**
 * Whatever its priority: who is first to translate a connection's source or destination is the only one; and the kernel
 * asks all such chains at one time.
 */
function translating(chain: Fields, hook: Hook, sought: 'passes' | 'redirects', order: Order): Pick<Chain, 'base'> {
  const own = IPTABLES[hook];
  const priority = numberOf(chain['prio']) ?? 0;
  if (own === undefined || (sought === 'passes' && (priority > own || (priority === own && order === 'behind'))))
    return {};
  const isDoubtful = sought === 'passes' && priority === own && order === 'unknown';
  return { base: { hook, priority: BEFORE, policy: 'accept', onlyFirst: true, ...(isDoubtful ? { isDoubtful } : {}) } };
}

/** One, but for a verdict map or one of zones: as many as it has entries. */
function rulesOf(rule: Fields, sets: Sets, sought: Sought): readonly Rule[] {
  const words = numberOf(rule['handle']) ?? 0;
  const expressions = recordsOf(rule['expr']);
  const map = expressions.find((item) => item['vmap'] !== undefined || zonesIn(item) !== undefined);
  const zones = map === undefined ? undefined : zonesIn(map);
  const entries =
    map === undefined
      ? [[]]
      : zones === undefined
        ? entriesOf(fieldsOf(map['vmap']) ?? {}, sets)
        : byZone(map, zones, sets);
  return entries.map((extra) => ({
    words,
    ours: false,
    meaning: once(() => meaningOf([...expressions.filter((item) => item !== map), ...extra], sets, sought)),
  }));
}

/** Each entry as the match and the verdict that it stands for; last the one for whatever else there is. */
function entriesOf(vmap: Fields, sets: Sets): readonly (readonly Fields[])[] {
  const { data } = vmap;
  const elements = typeof data === 'string' ? (sets.get(data.slice(1)) ?? []) : listOf(fieldsOf(data)?.['set']);
  const entries = elements.flatMap((element) => {
    const [key, verdict] = listOf(element);
    const then = fieldsOf(verdict);
    return then === undefined ? [] : [{ right: unwrapped(key), then }];
  });
  return [...entries.filter(({ right }) => right !== ANY), ...entries.filter(({ right }) => right === ANY)].map(
    ({ right, then }) => [{ match: { op: '==', left: vmap['key'], right } }, then],
  );
}

function setsZone(expression: Fields): boolean {
  return fieldsOf(fieldsOf(fieldsOf(expression['mangle'])?.['key'])?.['ct'])?.['key'] === 'zone';
}

/** `ct zone set iifname map { "eth1" : 1, "br-lab" : 1 }` */
function zonesIn(expression: Fields): Fields | undefined {
  return setsZone(expression) ? fieldsOf(fieldsOf(fieldsOf(expression['mangle'])?.['value'])?.['map']) : undefined;
}

function byZone(expression: Fields, { key: left, data }: Fields, sets: Sets): readonly (readonly Fields[])[] {
  const elements = typeof data === 'string' ? (sets.get(data.slice(1)) ?? []) : listOf(fieldsOf(data)?.['set']);
  return elements.map((element) => {
    const [right, value] = listOf(element);
    return [
      { match: { op: '==', left, right: unwrapped(right) } },
      { mangle: { ...fieldsOf(expression['mangle']), value } },
    ];
  });
}

const TRANSLATING = ['masquerade', 'snat', 'dnat', 'redirect'] as const;
const DOES: Readonly<Record<Exclude<Sought, 'drops'>, (expression: Fields) => boolean>> = {
  untracks: (expression) => 'notrack' in expression,
  zones: setsZone,
  marks: (expression) => 'mangle' in expression && JSON.stringify(expression).includes('"mark"'),
  translates: (expression) => 'masquerade' in expression || 'snat' in expression,
  passes: (expression) => TRANSLATING.some((word) => word in expression),
  redirects: (expression) => 'dnat' in expression || 'redirect' in expression,
  proxies: (expression) => 'tproxy' in expression && fieldsOf(expression['tproxy'])?.['family'] !== 'ip6',
};

function meaningOf(expressions: readonly Fields[], sets: Sets, sought: Sought): Meaning {
  const matches: Match[] = [];
  let then: Then = { then: 'on' };
  let marks = false;
  let translates: Meaning['translates'];
  let zone: Meaning['zone'];
  let spoils: Meaning['spoils'];
  for (const expression of expressions) {
    const found = expressionOf(expression, sets);
    matches.push(...(found.matches ?? []));
    then = found.then ?? then;
    marks ||= found.marks === true;
    translates = found.translates ?? translates;
    zone = found.zone ?? zone;
    spoils ??= found.spoils;
  }
  // What translates a packet lets it pass.
  if (then.then === 'on' && expressions.some((expression) => TRANSLATING.some((word) => word in expression)))
    then = { then: 'accept' };
  if (sought !== 'drops')
    then = expressions.some(DOES[sought]) ? { then: 'drop' } : then.then === 'drop' ? { then: 'accept' } : then;
  // Of a connection that the proxy has already.
  if (
    sought === 'proxies' &&
    expressions.some((expression) => JSON.stringify(expression['match'] ?? {}).includes('{"socket":'))
  )
    then = { then: 'on' };
  return {
    matches,
    then,
    ...(marks ? { marks } : {}),
    ...(translates === undefined ? {} : { translates }),
    ...(zone === undefined ? {} : { zone }),
    ...(spoils === undefined || sought !== 'drops' ? {} : { spoils }),
  };
}
