// test/fake-host/sysctl.ts — `sysctl` over settings in memory; those of a link are the fake kernel's.
import type { Kernel } from './ip/kernel.ts';
import type { Call, Reply, Tool } from './tool.ts';

export interface FakeSysctl extends Tool {
  readonly values: ReadonlyMap<string, string>;
}

/** `kernel`: for settings of links (`net/ipv4/conf/br-lab/promote_secondaries`), which come and go with them. */
export function createSysctl(kernel?: Kernel, initial: Readonly<Record<string, string>> = { 'net.ipv4.ip_forward': '0' }): FakeSysctl {
  const values = new Map(Object.entries(initial));
  return { values, run: (call) => answer(values, kernel, call) };
}

function answer(values: Map<string, string>, kernel: Kernel | undefined, { argv }: Call): Reply {
  const [, first, ...rest] = argv;
  if (first === '-e') return { exitCode: 0, stdout: rest.flatMap((name) => (values.has(name) ? [`${name} = ${values.get(name) ?? ''}\n`] : [])).join(''), stderr: '' };
  if (first !== '-q' || rest[0] !== '-w' || rest.length !== 2) throw new Error(`the fake sysctl does not know: ${argv.join(' ')}`);
  const [name = '', ...value] = rest[1]?.split('=') ?? [];
  const [, link, setting] = /^net\/ipv4\/conf\/([^/]+)\/(promote_secondaries|arp_notify)$/.exec(name) ?? [];
  const device = link === undefined ? undefined : kernel?.namespace('').devices.get(link);
  // Nobody hears what a link of this kernel announces.
  if (device !== undefined && setting === 'arp_notify') return { exitCode: 0, stdout: '', stderr: '' };
  if (device !== undefined) device.promotes = value.join('=') === '1';
  else if (values.has(name)) values.set(name, value.join('='));
  else return { exitCode: 1, stdout: '', stderr: `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory\n` };
  return { exitCode: 0, stdout: '', stderr: '' };
}
