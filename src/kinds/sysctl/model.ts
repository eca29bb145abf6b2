// kinds/sysctl/model.ts — one kernel setting: of the host, or of a device and gone with it. Never swept.
import type { Resource } from '../../core/resource.ts';
import { familyWord } from '../../net/ip.ts';
import type { Family } from '../../net/ip.ts';

export interface Sysctl extends Resource {
  readonly kind: 'sysctl';
  /** Absent: of a device of ours, where nobody has a value to get back. Else it is set, and restored as it was. */
  readonly borrowed?: true;
  /** As `sysctl` prints it: `net.ipv4.ip_forward`, `net.ipv6.conf.br/100.accept_ra` of the device `br.100`. */
  readonly name: string;
  readonly value: string;
  /** The device whose it is. */
  readonly link?: string;
  /**
   * Observed only, of one that is about to change: what the kernel writes together with it, by name. Given back with
   * it.
   */
  readonly kin?: Readonly<Record<string, string>>;
}

/** A setting of a device: `settingOf(6, 'br-lab', 'accept_ra', '0')`; `neigh`: of its neighbour table. */
export function settingOf(
  family: Family,
  link: string,
  setting: string,
  value: string,
  room: 'conf' | 'neigh' = 'conf',
): Sysctl {
  return {
    kind: 'sysctl',
    name: `net.${familyWord(family, 'kernel')}.${room}.${link.replaceAll('.', '/')}.${setting}`,
    value,
    link,
  };
}

/** As `sysctl` prints it: `net.ipv4.conf.br/100.forwarding` of the device `br.100`. */
export function forwardingOf(device: string): string {
  return settingOf(4, device, 'forwarding', '').name;
}

export function isSysctl(resource: { readonly kind: string }): resource is Sysctl {
  return resource.kind === 'sysctl';
}
