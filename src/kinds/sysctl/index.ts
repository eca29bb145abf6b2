// kinds/sysctl/index.ts — kernel settings: set where they differ, never swept; those of others are restored as they
// were.
import type { Change, Disruption, HostReader, Kind, Op } from '../../core/resource.ts';
import { readLinks } from '../../iproute2/links.ts';
import { goesWith } from './goes-with.ts';
import { kinOf, makesOf } from './kin.ts';
import type { Sysctl } from './model.ts';

export const sysctl: Kind<Sysctl> = {
  kind: 'sysctl',
  key: (s) => s.name,
  needs: ({ link }) => (link === undefined ? [] : [`link ${link}`]),
  watches: ['settings'],
  observe,
  same: (found, wanted) => found.value === wanted.value && kinToSet(wanted, found).length === 0,
  steps: (changes) => groupsOf(changes).map((group) => ({ changes: group, ops: opsFor(group) })),
  goesWith,
  livesOn: ({ borrowed, link }) => (borrowed ? link : undefined),
  disrupts,
  describe: (s, before) =>
    [
      `${s.name} = ${s.value}${before === undefined || before.value === s.value ? '' : ` (was ${before.value})`}`,
      ...(before === undefined ? [] : kinToSet(s, before).map(([name, value]) => `${name} = ${value}`)),
    ].join(', '),
};

/**
 * Forwarding, and what a new bridge of ours takes from nobody: switched on or shut, no flow is touched. Forwarding
 * switched off, the host forwards nothing more.
 */
function disrupts(change: Change<Sysctl>): Disruption {
  if (change.verb === 'delete' || change.after.borrowed === undefined) return { class: 'none' };
  if (change.after.name === 'net.ipv4.ip_forward' && change.after.value === '1') return { class: 'none' };
  return { class: 'flows', of: change.after.link === undefined ? ['all that is forwarded'] : [change.after.link] };
}

/** One command; one more where a setting is about to change that others go with, or to be restored with them. */
async function observe(host: HostReader, wanted: readonly Sysctl[]): Promise<readonly Sysctl[]> {
  if (wanted.length === 0) return [];
  const found = observed(
    parseSysctls(
      await read(
        host,
        wanted.map(({ name }) => name),
      ),
    ),
    wanted,
  );
  return await Promise.all(
    found.map(async (setting, i) => {
      const want = wanted.find(({ name }) => name === setting.name) ?? wanted[i];
      const names =
        want?.kin !== undefined
          ? Object.keys(want.kin)
          : want === undefined || want.value === setting.value
            ? []
            : kinOf(
                setting.name,
                (await readLinks(host)).map(({ name }) => name),
              );
      return names.length === 0
        ? setting
        : { ...setting, kin: Object.fromEntries(parseSysctls(await read(host, names))) };
    }),
  );
}

/**
 * What is to be set besides: the kernel writes it with the setting itself, or it is otherwise by now. A device that is
 * gone has none.
 */
function kinToSet(wanted: Sysctl, found: Sysctl): readonly (readonly [string, string])[] {
  const there = found.kin ?? {};
  return Object.entries(wanted.kin ?? {}).filter(
    ([name, value]) =>
      there[name] !== undefined && value !== (found.value === wanted.value ? there[name] : makesOf(wanted.value, name)),
  );
}

/** Says that this kernel has IPv6; every namespace has it then. */
const IPV6 = 'net.ipv6.conf.all.disable_ipv6';

/**
 * With names, not with `-n`: a setting that this kernel lacks is left out, and values alone would then belong to
 * others.
 */
function read(host: HostReader, names: readonly string[]): Promise<string> {
  return host.read(['sysctl', '-e', ...names, ...(names.some(isOfDevice6) && !names.includes(IPV6) ? [IPV6] : [])]);
}

/** Without IPv6 in the kernel there is nothing that a device of ours could take: as good as set. */
function observed(values: ReadonlyMap<string, string>, wanted: readonly Sysctl[]): readonly Sysctl[] {
  return wanted.flatMap((want): Sysctl[] => {
    const value = values.get(want.name) ?? (isOfDevice6(want.name) && !values.has(IPV6) ? want.value : undefined);
    const { kin: _kin, ...rest } = want;
    return value === undefined ? [] : [{ ...rest, value }];
  });
}

function isOfDevice6(name: string): boolean {
  return /^net\.ipv6\.(conf|neigh)\./.test(name);
}

/** Those of one device are set together. */
function groupsOf(changes: readonly Change<Sysctl>[]): readonly (readonly Change<Sysctl>[])[] {
  const groups = new Map<string, Change<Sysctl>[]>();
  for (const change of changes) {
    const { link, name } = change.verb === 'delete' ? change.before : change.after;
    // Nobody takes a setting away from a kernel, so what comes before its device goes has nothing to do with what
    // follows when it is there again.
    const key = `${change.verb === 'delete' ? 'delete' : 'set'} ${link ?? name}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

function opsFor(group: readonly Change<Sysctl>[]): readonly Op[] {
  const own = group.flatMap((change) =>
    change.verb === 'delete' ? [] : [[change.after.name, change.after.value] as const],
  );
  const kin = group.flatMap((change) => (change.verb === 'update' ? kinToSet(change.after, change.before) : []));
  // A device of others may go at any time, and its settings with it.
  return own.length === 0
    ? []
    : [
        {
          op: 'run',
          argv: [
            'sysctl',
            ...(kin.length === 0 ? [] : ['-e']),
            '-q',
            '-w',
            ...[...own, ...kin].map(([name, value]) => `${name}=${value}`),
          ],
        },
      ];
}

/** Reads `name = value` lines. */
export function parseSysctls(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [name = '', ...rest] = line.split(' = ');
      return rest.length === 0 ? [] : [[name, rest.join(' = ')]];
    }),
  );
}
