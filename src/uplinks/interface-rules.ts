// uplinks/interface-rules.ts — rules of others that name an interface: once it is a port, packets come in and go out by
// its bridge, and they match none of them.
import { CHAIN_PREFIX, GROUP } from '../core/marks.ts';
import type { Fields } from '../iproute2/fields.ts';
import { textOf } from '../iproute2/fields.ts';
import { shellWord } from '../core/shell.ts';
import { targetOf, wordsOf as split } from '../iptables/rule-text.ts';

export interface InterfaceRule {
  /** That a command of this tool changes: `iptables`, `ip6tables-legacy`, `nft`. */
  readonly tool: string;
  readonly table: string;
  readonly chain: string;
  /** As the tool says it, without its chain. */
  readonly rule: string;
  /** Of iptables, its place in the chain; of nft, its handle. */
  readonly at: number;
  /**
   * The patterns by which it names interfaces: `eth1`, `eth*`; `group 5` by the number of their group, `physdev eth*`
   * as ports of bridges, `kind bridge` by what they are.
   */
  readonly names: readonly string[];
  /** Those of its sets and maps that hold some of these, with all that they hold. */
  readonly sets?: readonly { readonly name: string; readonly elements: string }[];
}

/**
 * Whether one of its patterns means the interface, and not also the bridge that takes its place, which is in netctl's
 * group.
 */
export function concerns({ names, table, rule }: InterfaceRule, name: string, bridge: string, group: string): boolean {
  if (isOfFrames({ table, rule })) return names.some((pattern) => means(pattern, name));
  return names.some(
    (pattern) => (means(pattern, name) && !means(pattern, bridge)) || (pattern === `group ${group}` && group !== GROUP),
  );
}

/**
 * Whether it means the bridge that takes its place, by its name or a pattern (`br-+`), and not the interface. `others`:
 * all that name interfaces; one that says the same of the interface was there for both.
 */
export function takesIn(rule: InterfaceRule, name: string, bridge: string, others: readonly InterfaceRule[]): boolean {
  if (isOfFrames(rule) || rule.names.some((pattern) => means(pattern, name))) return false;
  if (!rule.names.some((pattern) => means(pattern, bridge))) return false;
  const twin = saying(rule, bridge, name);
  return (
    twin === rule.rule ||
    !others.some(
      ({ tool, table, chain, rule: words }) =>
        tool === rule.tool && table === rule.table && chain === rule.chain && words === twin,
    )
  );
}

/** Its words, of another interface. */
function saying({ rule }: InterfaceRule, one: string, other: string): string {
  return rule
    .split(' ')
    .map((word) => (word === one ? other : word === `"${one}"` ? `"${other}"` : word))
    .join(' ');
}

/**
 * Whether it tells packets by the port of a bridge that they come and go by, where that is the interface, or by their
 * being of a bridge: it is neither before it goes into one.
 */
export function meansPort({ names, table, rule }: InterfaceRule, name: string): boolean {
  return (
    !isOfFrames({ table, rule }) &&
    names.some(
      (pattern) =>
        pattern === 'kind bridge' || (pattern.startsWith('physdev ') && means(pattern.slice('physdev '.length), name)),
    )
  );
}

/** Rules of bridges see a port's frames, chains of devices what it gets: both by its own name. */
function isOfFrames({ table, rule }: Pick<InterfaceRule, 'table' | 'rule'>): boolean {
  return table.startsWith('bridge ') || /^type \S+ hook (ingress|egress) /.test(rule);
}

/** As a number: `default` is the only name that is not of the host's own making. */
export function groupOf(link: Fields): string {
  const group = textOf(link, 'group') ?? 'default';
  return group === 'default' ? '0' : group;
}

/** Whether a name of an interface is one that is named: only its end may be left open. */
export function means(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Of a text of `iptables-save` those that name any interface. netctl's own are made with the bridge's name. */
export function interfaceRulesIn(saved: string, tool: string): readonly InterfaceRule[] {
  const found: InterfaceRule[] = [];
  const places = new Map<string, number>();
  let table = '';
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) {
      table = line.slice(1);
      places.clear();
    }
    if (!line.startsWith('-A ')) continue;
    const end = line.indexOf(' ', 3);
    const chain = line.slice(3, end);
    const at = (places.get(chain) ?? 0) + 1;
    places.set(chain, at);
    if (chain.startsWith(CHAIN_PREFIX) || !/ (-[io]|--(src|dst)-group|--physdev-\S+) /.test(`${line} `)) continue;
    const names = interfacesIn(split(line));
    if (names.length > 0) found.push({ tool, table, chain, rule: line.slice(end + 1), at, names });
  }
  return found;
}

/** What stands in a comment is no option. */
function interfacesIn(words: readonly string[]): readonly string[] {
  return words.flatMap((word, i) => {
    const next = words[i + 1] ?? '';
    if (words[i - 1] === '--comment') return [];
    if (word === '--src-group' || word === '--dst-group') return [`group ${Number(next)}`];
    if (word === '--physdev-in' || word === '--physdev-out') return [`physdev ${next.replace(/\+$/, '*')}`];
    if (word === '--physdev-is-in' || word === '--physdev-is-out') return ['physdev *'];
    return word === '-i' || word === '-o' ? [next.replace(/\+$/, '*')] : [];
  });
}

/** `iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE`. */
export function wordsOf({ tool, table, chain, rule }: InterfaceRule): string {
  return tool === 'nft' ? `nft ${table} ${chain}: ${rule}` : `${tool}${tableWords(table)} -A ${chain} ${rule}`;
}

function tableWords(table: string): string {
  return table === 'filter' ? '' : ` -t ${table}`;
}

/** In what the tool does with packets. */
export function effectOf({ tool, rule, table }: InterfaceRule): string {
  if (isOfFrames({ table, rule })) return 'will match the frames of instances that pass by it';
  if (isInverted(rule, tool)) return 'will match packets that it was to leave alone';
  const target =
    tool === 'nft'
      ? (/\b(accept|drop|reject|masquerade|snat|dnat|redirect|jump \S+|goto \S+|vmap)\b/.exec(rule)?.[1] ?? '')
      : (targetOf(split(rule)) ?? '');
  switch (target.toLowerCase()) {
    case 'accept':
      return 'accepts nothing of it any more';
    case 'drop':
    case 'reject':
      return 'drops nothing of it any more';
    case 'masquerade':
    case 'snat':
      return 'translates no sources any more';
    case 'dnat':
    case 'redirect':
      return 'translates no destinations any more';
    case 'vmap':
      return 'decides nothing of it any more';
    case '':
      return 'counts and marks nothing of it any more';
    default:
      return `sends nothing of it to ${target.replace(/^(jump|goto) /, '')} any more`;
  }
}

function isInverted(rule: string, tool: string): boolean {
  return tool === 'nft' ? /\b[io]if(name)? != /.test(rule) : /(^| )! -[io] /.test(rule);
}

/** The commands that have the bridge meant as well: in the order of the rules, so that each finds its place. */
export function fixesOf(rules: readonly InterfaceRule[], name: string, bridge: string): readonly string[] {
  const added = new Map<string, number>();
  const mends = rules.flatMap((named): readonly string[] => {
    const { tool, table, chain, rule, at } = named;
    if (isOfFrames(named)) return [];
    const inverted = isInverted(rule, tool);
    const zone = zoneOf(named);
    if (zone !== undefined) return [`firewall-cmd --zone=${zone} --change-interface=${bridge}`];
    const elements = elementsFor(named, name, bridge);
    if (elements.length > 0) return elements;
    if (tool === 'nft')
      return [
        `nft ${shellWord(`${inverted ? 'replace' : 'add'} rule ${table} ${chain} handle ${at} ${forBridge(rule, name, bridge)}`)}`,
      ];
    const key = `${tool} ${table} ${chain}`;
    const before = added.get(key) ?? 0;
    if (!inverted) added.set(key, before + 1);
    const place = at + before + (inverted ? 0 : 1);
    const words = [inverted ? '-R' : '-I', chain, String(place), ...forBridgeToo(split(rule), name, bridge)];
    return [`${tool}${tableWords(table)} ${words.map((word) => (word === '!' ? word : shellWord(word))).join(' ')}`];
  });
  return [...new Set(mends)];
}

/**
 * A bridge is in netctl's group: so it is meant by its name. What stands in a comment or a log's prefix is no option.
 */
function forBridgeToo(words: readonly string[], name: string, bridge: string): readonly string[] {
  const isText = (i: number): boolean => /^--(comment|log-prefix|nflog-prefix)$/.test(words[i - 1] ?? '');
  return words.flatMap((word, i) => {
    const [before = '', next] = [words[i - 1], words[i + 1]];
    if (isText(i)) return [word];
    if (word === '-m' && next === 'devgroup') return [];
    if (word === 'devgroup' && before === '-m' && !isText(i - 1)) return [];
    const group = /^--(src|dst)-group$/.exec(word)?.[1];
    if (group !== undefined) return [group === 'src' ? '-i' : '-o'];
    if (/^--(src|dst)-group$/.test(before) && !isText(i - 1)) return [bridge];
    return (before === '-i' || before === '-o') && !isText(i - 1) && means(word.replace(/\+$/, '*'), name)
      ? [bridge]
      : [word];
  });
}

/** firewalld writes its rules anew, and knows interfaces by their zone. */
function zoneOf({ chain, rule }: InterfaceRule): string | undefined {
  if (!/_ZONES$/.test(chain)) return undefined;
  return /(?:^| )(?:goto|jump|-g|-j) (?:[a-z]+_)?(?:IN|FWDI|FWDO|FWD|PRE|POST|INPUT|FORWARD|PREROUTING|POSTROUTING)_(\S+)/.exec(
    rule,
  )?.[1];
}

/** `"eth1" : jump trusted` once more for the bridge. */
function elementsFor({ table, sets = [] }: InterfaceRule, name: string, bridge: string): readonly string[] {
  return sets.flatMap((set) => {
    const own = [...set.elements.matchAll(/"([^"\s]+)"([^,}]*)/g)]
      .filter(([, pattern = '']) => means(pattern, name))
      .map(([, , rest = '']) => `"${bridge}"${rest.trimEnd()}`);
    return own.length === 0 ? [] : [`nft ${shellWord(`add element ${table} ${set.name} { ${own.join(', ')} }`)}`];
  });
}

/** A bridge that is not there yet has no number, by which `iif` knows a device. */
function forBridge(rule: string, name: string, bridge: string): string {
  return rule
    .replaceAll(/\b([io]if)group \S+/g, `$1name "${bridge}"`)
    .replaceAll(/\b([io]if)(?= )/g, '$1name')
    .replaceAll(/"([^"\s]+)"/g, (whole, pattern: string) => (means(pattern, name) ? `"${bridge}"` : whole));
}
