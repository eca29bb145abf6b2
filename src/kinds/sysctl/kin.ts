// kinds/sysctl/kin.ts — what the kernel writes together with net.ipv4.ip_forward: every device's own setting, and two
// that hosts and routers have otherwise.
import { forwardingOf } from './model.ts';
import type { Sysctl } from './model.ts';

const FORWARDING = 'net.ipv4.ip_forward';
const REDIRECTS = 'net.ipv4.conf.all.accept_redirects';

/** By the names of a host's devices. One with an equal sign in its name cannot be written by `sysctl`. */
export function kinOf(name: string, devices: readonly string[]): readonly string[] {
  return name === FORWARDING
    ? [REDIRECTS, ...['default', ...devices.filter((device) => /^[\w.:@-]+$/.test(device))].map(forwardingOf)]
    : [];
}

/** What writing a setting makes of one of its kin. */
export function makesOf(value: string, kin: string): string {
  return kin === REDIRECTS ? (value === '0' ? '1' : '0') : value;
}

/**
 * What is about to be restored, without the kin that somebody has set meanwhile otherwise than the kernel did: what
 * becomes of those with the setting itself is what they have. Once it is restored, nobody can tell any more.
 */
export function withoutOthersKin(former: Sysctl, found: Sysctl): Sysctl {
  const { kin, ...rest } = former;
  if (kin === undefined || found.value === former.value) return former;
  const left = Object.entries(kin).filter(([name]) =>
    [undefined, makesOf(found.value, name)].includes(found.kin?.[name]),
  );
  return { ...rest, kin: Object.fromEntries(left) };
}
