// kinds/sysctl/index.ts — kernel settings: set where they differ, never swept, given back as they were.
import type { Change, Disruption, HostReader, Kind } from '../../core/resource.ts';
import type { Sysctl } from './model.ts';

export const sysctl: Kind<Sysctl> = {
  kind: 'sysctl',
  key: (s) => s.name,
  needs: () => [],
  looksAt: ['settings'],
  observe: async (host, wanted) => (wanted.length === 0 ? [] : parseSysctls(await read(host, wanted))),
  steps: (changes) => changes.map((change) => ({
    changes: [change],
    // Nobody takes a setting away from a kernel.
    ops: change.verb === 'delete' ? [] : [{ op: 'run', argv: ['sysctl', '-q', '-w', `${change.after.name}=${change.after.value}`] }],
  })),
  disrupts,
  describe: (s, before) => `${s.name} = ${s.value}${before === undefined ? '' : ` (was ${before.value})`}`,
};

/** Forwarding is all that features ask for: switched on, it adds ways; switched off, the host forwards nothing more. */
function disrupts(change: Change<Sysctl>): Disruption {
  if (change.verb === 'delete' || (change.after.name === 'net.ipv4.ip_forward' && change.after.value === '1')) return { class: 'none' };
  return { class: 'flows', of: ['all that is forwarded'] };
}

/** With names, not with `-n`: a setting that this kernel lacks is left out, and values alone would then belong to others. */
function read(host: HostReader, wanted: readonly Sysctl[]): Promise<string> {
  return host.read(['sysctl', '-e', ...wanted.map((s) => s.name)]);
}

/** Reads `name = value` lines. */
export function parseSysctls(text: string): readonly Sysctl[] {
  return text.split('\n').flatMap((line): Sysctl[] => {
    const [name = '', ...rest] = line.split(' = ');
    return rest.length === 0 ? [] : [{ kind: 'sysctl', borrowed: true, name, value: rest.join(' = ') }];
  });
}
