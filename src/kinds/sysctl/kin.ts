// kinds/sysctl/kin.ts — what the kernel writes together with net.ipv4.ip_forward: every device's own setting, and two that hosts and routers have otherwise.
import { forwardingOf } from './model.ts';

const FORWARDING = 'net.ipv4.ip_forward';
const REDIRECTS = 'net.ipv4.conf.all.accept_redirects';

/** By the names of a host's devices. One with an equal sign in its name cannot be written by `sysctl`. */
export function kinOf(name: string, devices: readonly string[]): readonly string[] {
  return name === FORWARDING ? [REDIRECTS, ...['default', ...devices.filter((device) => /^[\w.:@-]+$/.test(device))].map(forwardingOf)] : [];
}

/** What writing a setting makes of one of its kin. */
export function makesOf(value: string, kin: string): string {
  return kin === REDIRECTS ? (value === '0' ? '1' : '0') : value;
}
