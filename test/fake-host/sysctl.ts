// test/fake-host/sysctl.ts — `sysctl` over settings in memory; those of a link are the fake kernel's.
import type { Kernel } from './ip/kernel.ts';
import type { Call, Reply, Tool } from './tool.ts';

export interface FakeSysctl extends Tool {
  readonly values: ReadonlyMap<string, string>;
}

/**
 * `kernel`: for settings of links (`net/ipv4/conf/br-lab/promote_secondaries`), which come and go with them; it has
 * IPv6.
 */
export function createSysctl(
  kernel?: Kernel,
  initial: Readonly<Record<string, string>> = { 'net.ipv4.ip_forward': '0' },
  netns = '',
): FakeSysctl {
  const values = new Map(Object.entries(initial));
  kernel?.forwardAll(initial['net.ipv4.ip_forward'] ?? '0', netns);
  return { values, run: (call) => answer(values, kernel, call, netns) };
}

const IPV6 = { name: 'net.ipv6.conf.all.disable_ipv6', get: () => '0', set: () => undefined };

interface Setting {
  get(): string;
  set(value: string): void;
}

function answer(values: Map<string, string>, kernel: Kernel | undefined, { argv }: Call, netns: string): Reply {
  const words = argv.slice(1);
  const options = words.filter((word) => word.startsWith('-')).join(' ');
  const rest = words.filter((word) => !word.startsWith('-'));
  const settings = (name: string): Setting | undefined =>
    ofDevice(name, kernel, netns) ?? (kernel !== undefined && dotted(name) === IPV6.name ? IPV6 : ofHost(name, values));
  if (options === '-e')
    return {
      exitCode: 0,
      stdout: rest
        .flatMap((name) => {
          const setting = settings(name);
          return setting === undefined ? [] : [`${dotted(name)} = ${setting.get()}\n`];
        })
        .join(''),
      stderr: '',
    };
  if (!['-q -w', '-e -q -w'].includes(options) || rest.length === 0)
    throw new Error(`the fake sysctl does not know: ${argv.join(' ')}`);
  const refused = rest.flatMap((assignment) => {
    const [name = '', ...value] = assignment.split('=');
    const setting = settings(name);
    setting?.set(value.join('='));
    if (dotted(name) === 'net.ipv4.ip_forward') kernel?.forwardAll(value.join('='), netns);
    return setting === undefined && !options.includes('-e')
      ? [`sysctl: cannot stat /proc/sys/${slashed(name)}: No such file or directory\n`]
      : [];
  });
  return { exitCode: refused.length === 0 ? 0 : 1, stdout: '', stderr: refused.join('') };
}

function ofHost(name: string, values: Map<string, string>): Setting | undefined {
  return values.has(name)
    ? {
        get: () => values.get(name) ?? '',
        set: (value) => {
          values.set(name, value);
        },
      }
    : undefined;
}

function ofDevice(name: string, kernel: Kernel | undefined, netns: string): Setting | undefined {
  const [, family = '', link = '', setting = ''] = /^net\/(ipv[46])\/conf\/([^/]+)\/(\w+)$/.exec(slashed(name)) ?? [];
  const device = kernel?.namespace(netns).devices.get(link);
  if (device === undefined) return undefined;
  if (family === 'ipv4' && setting === 'promote_secondaries')
    return {
      get: () => (device.promotes ? '1' : '0'),
      set: (value) => {
        device.promotes = value === '1';
      },
    };
  const key = `${family}.${setting}`;
  return device.settings.has(key)
    ? {
        get: () => device.settings.get(key) ?? '',
        set: (value) => {
          device.settings.set(key, value);
        },
      }
    : undefined;
}

/** The first sign between words is the one between all of them. */
function slashed(name: string): string {
  return /^[^./]*\//.test(name) ? name : swapped(name);
}

function dotted(name: string): string {
  return /^[^./]*\//.test(name) ? swapped(name) : name;
}

function swapped(name: string): string {
  return name.replaceAll('.', '\0').replaceAll('/', '.').replaceAll('\0', '/');
}
