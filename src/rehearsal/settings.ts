// rehearsal/settings.ts — the kernel's settings that decide what a plan may do, as `sysctl` names them.
import type { Device } from './device.ts';

const OF_ALL: readonly string[] = [
  'net.ipv4.ip_forward',
  'net.ipv4.ip_nonlocal_bind',
  'net.ipv4.ip_unprivileged_port_start',
  ...['all', 'default'].flatMap((which) => [
    `net.ipv4.conf.${which}.promote_secondaries`,
    `net.ipv4.conf.${which}.rp_filter`,
    `net.ipv6.conf.${which}.disable_ipv6`,
  ]),
  ...['iptables', 'ip6tables', 'arptables'].map((tool) => `net.bridge.bridge-nf-call-${tool}`),
];

/** Those of the host, those that are wanted, and those of each device that has addresses. */
export function settingNames(devices: readonly Device[], wanted: readonly string[]): readonly string[] {
  const own = devices
    .filter(({ fields }) => Array.isArray(fields['addr_info']) && fields['addr_info'].length > 0)
    .flatMap(({ name }) => OF_A_DEVICE.map((setting) => setting.replace('*', name.replaceAll('.', '/'))));
  return [...new Set([...OF_ALL, ...wanted, ...own])];
}

const OF_A_DEVICE: readonly string[] = ['net.ipv4.conf.*.promote_secondaries', 'net.ipv6.conf.*.disable_ipv6'];

export interface Settings {
  /** Before there are devices; text for `sysctl -p -`. */
  readonly first: string;
  /** Of devices, once they are there. */
  readonly then: string;
}

/** Of what `sysctl` printed. An IPv6 address is there at once: nobody is asked whether he has it. */
export function settingsOf(printed: string): Settings {
  const lines = printed.split('\n').filter((line) => line.includes(' = '));
  const isOfDevice = (line: string): boolean =>
    /^net\.ipv[46]\.conf\./.test(line) && !/^net\.ipv[46]\.conf\.(all|default)\./.test(line);
  const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
  return {
    first: text([
      ...lines.filter((line) => !isOfDevice(line)),
      'net.ipv6.conf.all.accept_dad = 0',
      'net.ipv6.conf.default.accept_dad = 0',
    ]),
    then: text(lines.filter(isOfDevice)),
  };
}
