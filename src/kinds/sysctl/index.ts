// kinds/sysctl/index.ts — kernel settings: set where they differ, never swept; those of others are given back as they were.
import type { Change, Disruption, HostReader, Kind, Op } from '../../core/resource.ts';
import type { Sysctl } from './model.ts';

export const sysctl: Kind<Sysctl> = {
  kind: 'sysctl',
  key: (s) => s.name,
  needs: ({ link }) => (link === undefined ? [] : [`link ${link}`]),
  looksAt: ['settings'],
  observe: async (host, wanted) => (wanted.length === 0 ? [] : observed(parseSysctls(await read(host, wanted)), wanted)),
  same: (found, wanted) => found.value === wanted.value,
  steps: (changes) => groupsOf(changes).map((group) => ({ changes: group, ops: opsFor(group) })),
  livesOn: ({ borrowed, link }) => (borrowed ? link : undefined),
  disrupts,
  describe: (s, before) => `${s.name} = ${s.value}${before === undefined ? '' : ` (was ${before.value})`}`,
};

/** Forwarding, and what a new bridge of ours takes from nobody: switched on or shut, no flow is touched. Forwarding switched off, the host forwards nothing more. */
function disrupts(change: Change<Sysctl>): Disruption {
  if (change.verb === 'delete' || change.after.borrowed === undefined) return { class: 'none' };
  if (change.after.name === 'net.ipv4.ip_forward' && change.after.value === '1') return { class: 'none' };
  return { class: 'flows', of: change.after.link === undefined ? ['all that is forwarded'] : [change.after.link] };
}

/** Says that this kernel has IPv6; every namespace has it then. */
const IPV6 = 'net.ipv6.conf.all.disable_ipv6';

/** With names, not with `-n`: a setting that this kernel lacks is left out, and values alone would then belong to others. */
function read(host: HostReader, wanted: readonly Sysctl[]): Promise<string> {
  const names = wanted.map((s) => s.name);
  return host.read(['sysctl', '-e', ...names, ...(names.some(isOfDevice6) && !names.includes(IPV6) ? [IPV6] : [])]);
}

/** Without IPv6 in the kernel there is nothing that a device of ours could take: as good as set. */
function observed(values: ReadonlyMap<string, string>, wanted: readonly Sysctl[]): readonly Sysctl[] {
  return wanted.flatMap((want): Sysctl[] => {
    const value = values.get(want.name) ?? (isOfDevice6(want.name) && !values.has(IPV6) ? want.value : undefined);
    return value === undefined ? [] : [{ ...want, value }];
  });
}

function isOfDevice6(name: string): boolean {
  return name.startsWith('net.ipv6.conf.');
}

/** Those of one device are set together. */
function groupsOf(changes: readonly Change<Sysctl>[]): readonly (readonly Change<Sysctl>[])[] {
  const groups = new Map<string, Change<Sysctl>[]>();
  for (const change of changes) {
    const { link, name } = change.verb === 'delete' ? change.before : change.after;
    // Nobody takes a setting away from a kernel, so what comes before its device goes has nothing to do with what follows when it is there again.
    const key = `${change.verb === 'delete' ? 'delete' : 'set'} ${link ?? name}`;
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  return [...groups.values()];
}

function opsFor(group: readonly Change<Sysctl>[]): readonly Op[] {
  const values = group.flatMap((change) => (change.verb === 'delete' ? [] : [`${change.after.name}=${change.after.value}`]));
  return values.length === 0 ? [] : [{ op: 'run', argv: ['sysctl', '-q', '-w', ...values] }];
}

/** Reads `name = value` lines. */
export function parseSysctls(text: string): ReadonlyMap<string, string> {
  return new Map(text.split('\n').flatMap((line): [string, string][] => {
    const [name = '', ...rest] = line.split(' = ');
    return rest.length === 0 ? [] : [[name, rest.join(' = ')]];
  }));
}
