// rehearsal/rebuild.ts — reads what a plan could meet on a host, and says how a copy of the host is made.
import { READ_LINKS } from '../iproute2/links.ts';
import { parseNamespaces, READ_NAMESPACES } from '../iproute2/namespaces.ts';
import { READ_RULES, READ_RULES6 } from '../iptables/read.ts';
import { withoutBreaks } from '../iptables/rule-text.ts';
import { DriverError } from '../core/resource.ts';
import type { HostReader, Plan, Ref, Resource, State } from '../core/resource.ts';
import { isInNetns } from '../core/in-netns.ts';
import { isLink } from '../kinds/link/model.ts';
import { isProcess } from '../kinds/process/model.ts';
import { deviceLines } from './devices.ts';
import { devicesOf } from './device.ts';
import type { Device, Inside } from './device.ts';
import { comingNamespaces, daemonsIn, madeAgain, readNetns, ownNamespacesTouched } from './namespaces.ts';
import { listeningOf, READ_SOCKETS } from '../pipeline/preflight/listening.ts';
import type { Rebuilding, Try } from '../pipeline/sandbox.ts';
import { routeLines, ruleLines } from './routes.ts';
import { settingNames, settingsOf } from './settings.ts';
import { foreignTables, mapsBeside, tablesBeyond, withoutTables } from './tables.ts';

export interface Subject {
  readonly plan: Plan;
  readonly observed: State;
  readonly wanted: State;
  /** Where pid files lie. */
  readonly run: string;
}

export interface Rebuilt {
  readonly rebuilding: Rebuilding;
  readonly devices: readonly Device[];
  readonly standIns: readonly string[];
  /** What could be seen outside: daemons that run what others have written. */
  readonly avoided: readonly Ref[];
  /** What could not be read, or cannot be said again. */
  readonly lost: readonly string[];
}

const ROUTES = {
  4: ['ip', '-N', '-o', 'route', 'show', 'table', 'all'],
  6: ['ip', '-6', '-N', '-o', 'route', 'show', 'table', 'all'],
} as const;
const POLICY = { 4: ['ip', '-N', '-o', 'rule', 'show'], 6: ['ip', '-6', '-N', '-o', 'rule', 'show'] } as const;

/** Reads the host; nothing is changed. */
export async function rebuild(host: HostReader, subject: Subject): Promise<Rebuilt> {
  const lost: string[] = [];
  const orLost = async (argv: readonly string[], what: string, netns?: string): Promise<string> => {
    try {
      return await host.read(argv, netns);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      lost.push(`${what}: ${error.message.replaceAll('\n', '; ')}`);
      return '';
    }
  };
  const ours = ownNamespacesTouched(subject.plan, subject.observed);
  const coming = comingNamespaces(subject.wanted);
  const touched = touchedNamespaces(subject.plan).filter((netns) => !ours.includes(netns) && !coming.has(netns));
  const inside = await Promise.all(
    ours.map(async (netns) => await readNetns(netns, subject.wanted, devicesOf, orLost)),
  );
  const avoided = await telltales(host, subject);
  const own = new Set((await host.processes(`--pid-file=${subject.run}/`)).map(({ pid }) => pid));
  const daemons = [...daemonsOf(subject, avoided), ...daemonsIn(subject.plan, subject.observed, subject.run, avoided)];
  const serves = subject.plan.changes.some((change) => change.ref.startsWith('process ') && change.verb !== 'delete');
  const [links, named, rules, rules6, bridgeRules, tables, maps, sockets, route4, route6, rule4, rule6, ...insides] =
    await Promise.all([
      host.read(READ_LINKS),
      host.read(READ_NAMESPACES),
      host.read(READ_RULES).then(withoutBreaks),
      holds(subject, 'chain6') ? host.read(READ_RULES6).then(withoutBreaks) : '',
      holds(subject, 'bridge-chain') ? host.read(['ebtables-nft-save']) : '',
      orLost(['nft', 'list', 'tables'], 'tables of nft'),
      orLost(['nft', 'list', 'maps'], 'maps of nft'),
      serves ? orLost(READ_SOCKETS, 'who listens on ports 53 and 67') : '',
      orLost(ROUTES[4], 'routes'),
      orLost(ROUTES[6], 'IPv6 routes'),
      orLost(POLICY[4], 'routing rules'),
      orLost(POLICY[6], 'IPv6 routing rules'),
      ...touched.map((netns) => orLost(READ_LINKS, `namespace ${netns}`, netns)),
    ]);
  const devices = devicesOf(links);
  const numbers = new Map(parseNamespaces(named).map(({ name, number }) => [name, number]));
  const wantedSettings = [...subject.wanted.keys()].flatMap((ref) =>
    ref.startsWith('sysctl ') ? [ref.slice('sysctl '.length)] : [],
  );
  const [beyond, beyond6] = [tablesBeyond(rules), tablesBeyond(rules6)];
  const beyondIptables = [...beyond.map((name) => `ip ${name}`), ...beyond6.map((name) => `ip6 ${name}`)];
  const foreign = foreignTables(tables, beyondIptables);
  const [settings, ...rulesets] = await Promise.all([
    host.read(['sysctl', '-e', ...settingNames(devices, wantedSettings)]),
    ...foreign.map((table) => orLost(['nft', 'list', 'table', ...table.split(' ')], `table ${table} of nft`)),
  ]);
  // What cannot be read is no namespace, and is none in the copy.
  const there: readonly Inside[] = [
    ...touched.flatMap((netns, i) =>
      insides[i] === undefined || insides[i] === ''
        ? []
        : [{ netns, number: numbers.get(netns), devices: devicesOf(insides[i]) }],
    ),
    ...inside.map(({ netns, devices }) => ({ netns, number: numbers.get(netns), devices, own: true as const })),
  ];
  const elsewhere = nameBeside([...numbers.keys(), ...touched]);
  const lines = deviceLines(devices, there, elsewhere);
  const { first, then } = settingsOf(settings);
  return {
    devices,
    avoided,
    standIns: lines.standIns,
    lost: [...lost, ...lines.lost],
    rebuilding: {
      namespaces: there.map(({ netns }) => netns),
      elsewhere,
      daemons,
      devices: [
        { argv: SET, stdin: first, what: 'settings' },
        { lines: lines.host },
        ...lines.inside.map(([netns, own]): Try => ({ netns, lines: own })),
        { netns: elsewhere, lines: lines.elsewhere },
        { argv: SET, stdin: then, what: 'settings of devices' },
        { lines: lines.addresses },
        { lines: routeLines(route4) },
        { family: 6, lines: routeLines(route6) },
        { lines: ruleLines(rule4) },
        { family: 6, lines: ruleLines(rule6) },
        ...inside.flatMap((one) => madeAgain(one, SET)),
      ],
      rules: [
        { argv: ['iptables-restore', '-w', '5'], stdin: withoutTables(rules, beyond), what: 'rules of iptables' },
        ...(rules6 === ''
          ? []
          : [
              {
                argv: ['ip6tables-restore', '-w', '5'],
                stdin: withoutTables(rules6, beyond6),
                what: 'rules of ip6tables',
              },
            ]),
        ...(bridgeRules === ''
          ? []
          : [{ argv: ['ebtables-nft-restore'], stdin: bridgeRules, what: 'rules of ebtables' }]),
      ],
      tables: [mapsBeside(maps, beyondIptables), ...rulesets].flatMap((stdin, i): readonly Try[] =>
        stdin === ''
          ? []
          : [
              {
                argv: ['nft', '-f', '-'],
                stdin,
                what: i === 0 ? 'maps of nft' : `table ${foreign[i - 1] ?? ''} of nft`,
              },
            ],
      ),
      listening: listeningOf(sockets, own),
    },
  };
}

const SET: readonly string[] = ['sysctl', '-q', '-e', '-p', '-'];

function nameBeside(taken: readonly string[]): string {
  let name = 'elsewhere';
  while (taken.includes(name)) name += '-';
  return name;
}

/** Where the plan has far ends of veths, now or then. */
function touchedNamespaces({ changes }: Plan): readonly string[] {
  const links = changes
    .flatMap((change) => [
      ...(change.verb === 'create' ? [] : [change.before]),
      ...(change.verb === 'delete' ? [] : [change.after]),
    ])
    .filter(isLink);
  return [
    ...new Set(links.flatMap((link) => (link.type === 'veth' && link.peer.netns !== '' ? [link.peer.netns] : []))),
  ];
}

/** Those that the plan speaks of, and those that it asks to forget a lease. */
function daemonsOf({ plan, observed, run }: Subject, avoided: readonly Ref[]): Rebuilding['daemons'] {
  const servers = new Set(
    plan.changes.flatMap((change) =>
      change.verb === 'delete' && isLease(change.before) ? [`${INTERFACE}${change.before.link}`] : [],
    ),
  );
  const named = new Set(plan.changes.filter(({ verb }) => verb !== 'create').map(({ ref }) => ref));
  return [...observed].flatMap(([ref, resource]) => {
    const isMeant =
      isProcess(resource) &&
      resource.argv.length > 0 &&
      !avoided.includes(ref) &&
      (named.has(ref) || resource.argv.some((word) => servers.has(word)));
    return isMeant ? [{ argv: resource.argv, pidFile: `${run}/${resource.name}.pid` }] : [];
  });
}

/** Daemons whose own configuration has them run a script, write a log, or read on elsewhere. */
async function telltales(host: HostReader, { plan, observed }: Subject): Promise<readonly Ref[]> {
  const processes = [
    ...observed,
    ...plan.changes.flatMap((change) => (change.verb === 'delete' ? [] : [[change.ref, change.after] as const])),
  ];
  const found = await Promise.all(
    processes.map(async ([ref, resource]): Promise<readonly Ref[]> => {
      const daemon = isInNetns(resource) ? resource.resource : resource;
      const path = isProcess(daemon)
        ? (daemon.argv.find((word) => word.startsWith(CONFIG))?.slice(CONFIG.length) ?? '')
        : '';
      const text = path === '' ? '' : ((await host.files(path)).get(path) ?? '');
      return TELLTALE.test(text) ? [ref] : [];
    }),
  );
  return [...new Set(found.flat())];
}

const CONFIG = '--conf-file=';
const TELLTALE =
  /^\s*(dhcp-script|dhcp-luascript|log-facility|conf-file|conf-dir|conf-script|tftp-root|enable-tftp)\b/m;

/** Of others' rules of a sort, too, only what can meet ours is made again. */
function holds({ observed, wanted }: Subject, kind: string): boolean {
  return [...observed.keys(), ...wanted.keys()].some((ref) => ref.startsWith(`${kind} `));
}

const INTERFACE = '--interface=';

function isLease(resource: Resource): resource is Resource & { readonly link: string } {
  return resource.kind === 'lease' && 'link' in resource && typeof resource.link === 'string';
}
