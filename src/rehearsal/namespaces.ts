// rehearsal/namespaces.ts — what stands in network namespaces of netctl's own, read so that it can be made again in a
// copy.
import { READ_LINKS } from '../iproute2/links.ts';
import { READ_RULES } from '../iptables/read.ts';
import { withoutBreaks } from '../iptables/rule-text.ts';
import { runIn } from '../core/marks.ts';
import { isInNetns } from '../core/in-netns.ts';
import type { Plan, Ref, Resource, State } from '../core/resource.ts';
import { isLink } from '../kinds/link/model.ts';
import { isNetns } from '../kinds/netns/model.ts';
import { isProcess } from '../kinds/process/model.ts';
import type { Rebuilding, Try } from '../pipeline/sandbox.ts';
import { addressesOf } from './addresses.ts';
import type { Device } from './device.ts';
import { routeLines } from './routes.ts';
import { settingNames, settingsOf } from './settings.ts';

/** One that there is, and that the plan touches. */
export interface NetnsRead {
  readonly netns: string;
  readonly devices: readonly Device[];
  readonly routes: string;
  readonly rules: string;
  readonly settings: string;
}

/** Those in which the plan changes something, or which it removes. */
export function ownNamespacesTouched({ changes }: Plan, observed: State): readonly string[] {
  const there = new Set([...observed.values()].flatMap((one) => (isNetns(one) && !one.broken ? [one.name] : [])));
  const touched = changes.flatMap((change) =>
    [...(change.verb === 'create' ? [] : [change.before]), ...(change.verb === 'delete' ? [] : [change.after])].flatMap(
      namespacesOf,
    ),
  );
  return [...new Set(touched)].filter((netns) => there.has(netns));
}

/** Which are to come: nothing of them can be read yet. */
export function comingNamespaces(wanted: State): ReadonlySet<string> {
  return new Set([...wanted.values()].flatMap((one) => (isNetns(one) ? [one.name] : [])));
}

function namespacesOf(resource: Resource): readonly string[] {
  if (isInNetns(resource)) return [resource.netns];
  if (isNetns(resource)) return [resource.name];
  return isLink(resource) && resource.type === 'veth' ? [resource.peer.netns] : [];
}

type Read = (argv: readonly string[], what: string, netns: string) => Promise<string>;
const ROUTES = ['ip', '-N', '-o', 'route', 'show', 'table', 'all'];

export async function readNetns(
  netns: string,
  wanted: State,
  devicesOf: (text: string) => readonly Device[],
  read: Read,
): Promise<NetnsRead> {
  const of = (what: string): string => `${what} of namespace ${netns}`;
  const [links, routes, rules] = await Promise.all([
    read(READ_LINKS, of('devices'), netns),
    read(ROUTES, of('routes'), netns),
    read(READ_RULES, of('rules'), netns).then(withoutBreaks),
  ]);
  const devices = devicesOf(links);
  const settings = [...wanted.values()].flatMap((one) =>
    isInNetns(one) && one.netns === netns && one.resource.kind === 'sysctl' && 'name' in one.resource
      ? [String(one.resource.name)]
      : [],
  );
  const names = settingNames(devices, settings);
  return { netns, devices, routes, rules, settings: await read(['sysctl', '-e', ...names], of('settings'), netns) };
}

/** Once there are its devices. */
export function madeAgain(
  { netns, devices, routes, rules, settings }: NetnsRead,
  set: readonly string[],
): readonly Try[] {
  const { first, then } = settingsOf(settings);
  return [
    { argv: set, stdin: `${first}${then}`, what: `settings of namespace ${netns}`, netns },
    { lines: devices.flatMap(addressesOf), netns },
    { lines: routeLines(routes), netns },
    { argv: ['iptables-restore', '-w', '5'], stdin: rules, what: `rules of namespace ${netns}`, netns },
  ];
}

/** Daemons in namespaces that the plan speaks of. */
export function daemonsIn(plan: Plan, observed: State, run: string, avoided: readonly Ref[]): Rebuilding['daemons'] {
  const named = new Set(plan.changes.filter(({ verb }) => verb !== 'create').map(({ ref }) => ref));
  return [...observed].flatMap(([ref, one]) => {
    if (!isInNetns(one) || !named.has(ref) || avoided.includes(ref) || !isProcess(one.resource)) return [];
    const { argv, name } = one.resource;
    return argv.length === 0 ? [] : [{ argv, pidFile: `${runIn(run, one.netns)}/${name}.pid`, netns: one.netns }];
  });
}
