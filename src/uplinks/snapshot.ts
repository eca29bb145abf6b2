// uplinks/snapshot.ts — everything that the kernel ties to one interface, as the tools print it: plain data, which can
// be kept and compared.
import { partOf, readRecords, recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { barredOn } from './barred.ts';
import { GROUP } from '../core/marks.ts';
import { unknownOf } from './known.ts';
import { aheadOf, routeKeyOf, routesIn } from './routes.ts';
import type { Ahead, SeenRoute } from './routes.ts';
import type { Family } from '../net/ip.ts';

export interface Snapshot {
  readonly name: string;
  /** As `ip -d addr` prints it, without the addresses. */
  readonly link: Fields;
  /** The same of the device that it is in: a bridge, a bond, a VRF. */
  readonly master?: Fields;
  /** The same of the devices that depend on it: VLANs, macvlans, tunnels. */
  readonly dependents: readonly Fields[];
  readonly addresses: readonly Fields[];
  /** Of all tables: by way of it, or with one of its addresses as their source. */
  readonly routes: readonly SeenRoute[];
  /**
   * By other devices, or leading nowhere: to the same as one of its routes, with the same metric. The kernel takes the
   * first of such.
   */
  readonly rivals?: readonly SeenRoute[];
  /**
   * Its routes with those of others to the same that come behind them, in words of `ip route`. Absent in what an
   * earlier release has kept.
   */
  readonly ahead?: Ahead;
  /** Gateways of its routes that a policy rule shuts off, with the rule. */
  readonly barred?: Readonly<Record<string, string>>;
  /**
   * Of policy routing, IPv4's and IPv6's, with `family`: those that name it, tell its group, or have an attribute that
   * netctl does not know.
   */
  readonly rules: readonly Fields[];
  /** That somebody has put there, and those that it answers for (`proxy`). */
  readonly neighbours: readonly Fields[];
  /** Next-hop objects by way of it, and the groups that they are in. */
  readonly nexthops: readonly Fields[];
  readonly qdiscs: readonly Fields[];
  readonly filters: readonly Fields[];
  /** Multicast MACs that somebody has it listen to. */
  readonly joins: readonly string[];
  /**
   * Of `ip token`, `ip addrlabel` and `ip mptcp endpoint`, what is about it. Absent in what an earlier release has
   * kept.
   */
  readonly named?: readonly (Fields & { readonly of: 'token' | 'label' | 'endpoint' })[];
  /** What the tools print of it there that netctl does not know: `` `colour` of a multicast group ``. */
  readonly odd?: readonly string[];
  /** Of 802.11: nothing else of the host says so. */
  readonly wireless: boolean;
  /** Its own under `net`, without its name: `ipv4/conf/rp_filter`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The same of a device that is made by now. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Who else configures it, as far as that can be seen: `dhclient`. */
  readonly managers: readonly string[];
  /** What could not be read, with the reason. */
  readonly unread: readonly string[];
}

/** What the tools printed of all interfaces. */
export interface Printed {
  readonly links: string;
  readonly routes: string;
  /** The same in the words of `ip`, which alone say what is locked. */
  readonly routeWords: string;
  readonly rules: Readonly<Record<Family, string>>;
  readonly neighbours: string;
  readonly proxies: string;
  readonly nexthops: string;
  readonly joins: string;
  readonly tokens: string;
  readonly labels: string;
  readonly endpoints: string;
  /** Lines `/proc/sys/net/…:value`, and `/sys/class/net/wlan0:wireless`. */
  readonly settings: string;
}

/** What is asked for one by one. */
export type PrintedOfOne = Pick<Snapshot, 'qdiscs' | 'filters' | 'managers' | 'unread'>;

/** Undefined where there is no such interface. */
export function snapshotOf(name: string, printed: Printed, own: PrintedOfOne): Snapshot | undefined {
  const links = readRecords(printed.links);
  const found = links.find((link) => link['ifname'] === name);
  if (found === undefined) return undefined;
  const addresses = recordsOf(found, 'addr_info').filter((address) => address['local'] !== undefined);
  const master = links.find((link) => link['ifname'] === (found['master'] ?? ''));
  const sources = new Set(addresses.flatMap((address) => textOf(address, 'local') ?? []));
  const all = routesIn(printed.routes, printed.routeWords);
  const keys = new Set(all.filter(({ fields }) => leadsBy(fields, name)).map(routeKeyOf));
  const barred = barredOn(name, all, printed.rules[4]);
  const rivals = all.filter((route) => !leadsBy(route.fields, name) && keys.has(routeKeyOf(route)));
  return {
    name,
    link: bare(found),
    addresses,
    ...(master === undefined ? {} : { master: bare(master) }),
    dependents: links.filter((link) => dependsOn(link, name)).map(bare),
    ...(rivals.length === 0
      ? {}
      : { rivals, ahead: aheadOf(all, new Set(all.filter(({ fields }) => leadsBy(fields, name))), rivals) }),
    ...(Object.keys(barred).length === 0 ? {} : { barred }),
    routes: all.filter(({ fields }) => leadsBy(fields, name) || sources.has(textOf(fields, 'prefsrc') ?? '')),
    rules: ([4, 6] as const).flatMap((family) =>
      readRecords(printed.rules[family])
        .filter(
          (rule) => Object.values(rule).includes(name) || suppresses(rule, found) || unknownOf(rule, 'rule').length > 0,
        )
        .map((rule) => ({ family, ...rule })),
    ),
    neighbours: [...readRecords(printed.neighbours).filter(isConfigured), ...readRecords(printed.proxies)].filter(
      ({ dev }) => dev === name,
    ),
    nexthops: nexthopsBy(readRecords(printed.nexthops), name),
    named: namedIn(printed, name),
    odd: oddIn(printed, name),
    joins: readRecords(printed.joins)
      .filter(({ ifname }) => ifname === name)
      .flatMap((link) => recordsOf(link, 'maddr'))
      .filter(({ features }) => features === 'static')
      .flatMap((join) => textOf(join, 'link') ?? []),
    settings: settingsOf(printed.settings, name),
    defaults: { ...neighboursOf(settingsOf(printed.settings, 'lo')), ...settingsOf(printed.settings, 'default') },
    wireless: printed.settings.split('\n').includes(`/sys/class/net/${name}:wireless`),
    ...own,
  };
}

/** No token is printed as `::`. */
function namedIn({ tokens, labels, endpoints }: Printed, name: string): NonNullable<Snapshot['named']> {
  const isIts = (fields: Fields): boolean => fields['ifname'] === name || fields['dev'] === name;
  return [
    ...readRecords(tokens)
      .filter((fields) => isIts(fields) && fields['token'] !== '::')
      .map((fields) => ({ of: 'token' as const, ...fields })),
    ...readRecords(labels)
      .filter(isIts)
      .map((fields) => ({ of: 'label' as const, ...fields })),
    ...readRecords(endpoints)
      .filter(isIts)
      .map((fields) => ({ of: 'endpoint' as const, ...fields })),
  ];
}

function oddIn(printed: Printed, name: string): readonly string[] {
  const groups = readRecords(printed.joins).filter(({ ifname }) => ifname === name);
  const words = { token: 'its IPv6 token', label: 'an address label', endpoint: 'an MPTCP endpoint' };
  return [
    ...new Set([
      ...groups.flatMap((group) => unknownOf(group, 'groups')).map((field) => `\`${field}\` of its multicast groups`),
      ...groups
        .flatMap((group) => recordsOf(group, 'maddr').flatMap((one) => unknownOf(one, 'group')))
        .map((field) => `\`${field}\` of a multicast group`),
      ...namedIn(printed, name).flatMap(({ of, ...fields }) =>
        unknownOf(fields, of).map((field) => `\`${field}\` of ${words[of]}`),
      ),
    ]),
  ];
}

/**
 * Routes by its group, or by that of netctl's bridges, are passed over: what goes from the one to the other is meant
 * otherwise by then.
 */
function suppresses(rule: Fields, link: Fields): boolean {
  const group = textOf(rule, 'suppress_ifgroup');
  return (
    group !== undefined &&
    [textOf(link, 'group') ?? 'default', 'default' === (textOf(link, 'group') ?? 'default') ? '0' : '', GROUP].includes(
      group,
    )
  );
}

/** Its addresses stand by themselves. */
function bare(link: Fields): Fields {
  return Object.fromEntries(Object.entries(link).filter(([name]) => name !== 'addr_info'));
}

/** Not the other end of a veth, which names it as well. */
function dependsOn(link: Fields, name: string): boolean {
  const info = partOf(link, 'linkinfo');
  if (textOf(info, 'info_kind') === 'veth') return false;
  return link['link'] === name || partOf(info, 'info_data')['link'] === name;
}

function leadsBy(route: Fields, name: string): boolean {
  return route['dev'] === name || recordsOf(route, 'nexthops').some(({ dev }) => dev === name);
}

/** What the kernel learns, or makes by itself for multicast and broadcast, comes again wherever the address goes. */
function isConfigured(neighbour: Fields): boolean {
  if (CONFIGURED.some((flag) => neighbour[flag] !== undefined)) return true;
  const state = textsOf(neighbour, 'state');
  return (
    state.some((word) => !LEARNT.has(word)) ||
    (state.includes('NOARP') && !/^.[13579bdf]:/i.test(textOf(neighbour, 'lladdr') ?? ''))
  );
}

const CONFIGURED = ['extern_learn', 'managed', 'protocol'] as const;
/** States that an entry is in by itself. */
const LEARNT: ReadonlySet<string> = new Set([
  'INCOMPLETE',
  'REACHABLE',
  'STALE',
  'DELAY',
  'PROBE',
  'FAILED',
  'NOARP',
  'NONE',
]);

/** Groups of groups there are none. */
function nexthopsBy(all: readonly Fields[], name: string): readonly Fields[] {
  const ids = new Set(all.filter(({ dev }) => dev === name).map(({ id }) => id));
  return all.filter((hop) => ids.has(hop['id']) || recordsOf(hop, 'group').some(({ id }) => ids.has(id)));
}

function settingsOf(text: string, name: string): Readonly<Record<string, string>> {
  const lines = [...text.matchAll(/^\/proc\/sys\/net\/(ipv[46]\/(?:conf|neigh))\/([^/:]+)\/([^:]+):(.*)$/gm)];
  return Object.fromEntries(
    lines
      .filter(([, , link]) => link === name)
      .map(([, room = '', , setting = '', value = '']) => [`${room}/${setting}`, value]),
  );
}

/** Namespaces but the first show no defaults of neighbour tables: their loopback has them. */
function neighboursOf(settings: Snapshot['settings']): Snapshot['settings'] {
  return Object.fromEntries(Object.entries(settings).filter(([setting]) => /^ipv[46]\/neigh\//.test(setting)));
}

/** Reads what was kept of it; undefined where that is of another shape. */
export function snapshotIn(kept: object | undefined): Snapshot | undefined {
  return kept !== undefined && isSnapshot(kept) ? kept : undefined;
}

function isSnapshot(kept: object): kept is Snapshot {
  const lists = [
    'dependents',
    'addresses',
    'routes',
    'rules',
    'neighbours',
    'nexthops',
    'qdiscs',
    'filters',
    'joins',
    'managers',
    'unread',
  ] as const;
  const fields = new Map(Object.entries(kept));
  return (
    typeof fields.get('name') === 'string' &&
    lists.every((list) => Array.isArray(fields.get(list))) &&
    ['link', 'settings', 'defaults'].every((part) => typeof fields.get(part) === 'object')
  );
}
