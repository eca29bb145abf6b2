// test/fake-host/sysctl.ts — `sysctl` over settings in memory.
import type { Call, Reply, Tool } from './tool.ts';

export interface FakeSysctl extends Tool {
  readonly values: ReadonlyMap<string, string>;
}

export function createSysctl(initial: Readonly<Record<string, string>> = { 'net.ipv4.ip_forward': '0' }): FakeSysctl {
  const values = new Map(Object.entries(initial));
  return { values, run: (call) => answer(values, call) };
}

function answer(values: Map<string, string>, { argv }: Call): Reply {
  const [, first, ...rest] = argv;
  if (first === '-e') return { exitCode: 0, stdout: rest.flatMap((name) => (values.has(name) ? [`${name} = ${values.get(name) ?? ''}\n`] : [])).join(''), stderr: '' };
  if (first !== '-q' || rest[0] !== '-w' || rest.length !== 2) throw new Error(`the fake sysctl does not know: ${argv.join(' ')}`);
  const [name = '', ...value] = rest[1]?.split('=') ?? [];
  if (!values.has(name)) return { exitCode: 1, stdout: '', stderr: `sysctl: cannot stat /proc/sys/${name.replaceAll('.', '/')}: No such file or directory\n` };
  values.set(name, value.join('='));
  return { exitCode: 0, stdout: '', stderr: '' };
}
