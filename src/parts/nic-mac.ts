// parts/nic-mac.ts — derived MACs: those of an instance's first NIC and those of its others differ in a way that
// dnsmasq can tell by a pattern.
import { deriveMac } from '../net/mac.ts';
import type { Mac } from '../net/mac.ts';

/**
 * The octet after the prefix is 0xe0 or more for all NICs but an instance's first. dnsmasq 2.90 has no other way to
 * learn at SIGHUP which NIC gets no default route: a tag in the file of hosts, which it reads again, makes it free what
 * is not its own, once that host has asked, and it dies; what is in its arguments needs a restart.
 */
const OTHERS = 0xe0;

/** Of the first NIC of an instance, or of another. The same name gives the same MAC on every host. */
export function nicMac(prefix: string, holder: string, attempt: number, isFirst: boolean): Mac {
  const octets = deriveMac(prefix, holder, attempt).split(':');
  const at = prefix.split(':').length;
  const derived = Number.parseInt(octets[at] ?? '', 16);
  const octet = isFirst ? (derived < OTHERS ? derived : derived ^ 0x20) : derived | OTHERS;
  return octets.with(at, hex(octet)).join(':') as Mac;
}

/** Whether it looks like one of another NIC than the first: told by the patterns alone. */
export function looksLikeOther(prefix: string, mac: string): boolean {
  return mac.startsWith(`${prefix}:`) && Number.parseInt(mac.split(':')[prefix.split(':').length] ?? '', 16) >= OTHERS;
}

/** As `--dhcp-mac` of dnsmasq takes them: `fa:16:3e:e0:*:*`. */
export function patternsOfOthers(prefix: string): readonly string[] {
  const rest = Array.from({ length: 5 - prefix.split(':').length }, () => '*');
  return Array.from({ length: 0x100 - OTHERS }, (_, i) => [prefix, hex(OTHERS + i), ...rest].join(':'));
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
