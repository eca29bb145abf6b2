// spec/dhcp-options.ts — DHCP options in dnsmasq's words: one it does not know would keep it from starting.
import { didYouMean } from './suggest.ts';

/** What is wrong with an option, if anything is. */
export function optionProblem(text: string): { readonly message: string; readonly hint: string } | undefined {
  const quotes = 'put the whole option in quotes: "option:ntp-server,192.168.50.1"';
  // A line break would begin another line of dnsmasq's file.
  if (/[\0-\x1f\x7f]/.test(text)) return { message: 'a DHCP option is one line', hint: 'make a list entry of each' };
  const parts = text.split(',').map((part) => part.trim());
  while (/^(tag:!?|encap:|vi-encap:|vendor:)/.test(parts[0] ?? '')) parts.shift();
  const [option = ''] = parts;
  if (/^\d+$/.test(option)) return Number(option) >= 1 && Number(option) <= 254 ? undefined : { message: `there is no DHCP option ${option}`, hint: 'options are numbered 1 to 254' };
  const name = /^option:(.*)$/.exec(option)?.[1];
  if (name === undefined) return { message: `${text === '' ? "''" : text} is not a DHCP option`, hint: NAMES.has(option) ? `write option:${option}` : `write a number or option:<name>, and its value behind a comma; ${quotes}` };
  return NAMES.has(name.toLowerCase()) ? undefined : { message: `dnsmasq knows no DHCP option ${name}`, hint: didYouMean(name, NAMES, 'dnsmasq --help dhcp lists those it knows; any other can be given by number') ?? quotes };
}

/** `dnsmasq --help dhcp` of 2.90. */
const NAMES: ReadonlySet<string> = new Set(`
  netmask time-offset router dns-server log-server lpr-server boot-file-size domain-name swap-server root-path extension-path ip-forward-enable
  non-local-source-routing policy-filter max-datagram-reassembly default-ttl mtu all-subnets-local router-discovery router-solicitation static-route
  trailer-encapsulation arp-timeout ethernet-encap tcp-ttl tcp-keepalive nis-domain nis-server ntp-server netbios-ns netbios-dd netbios-nodetype
  netbios-scope x-windows-fs x-windows-dm t1 t2 vendor-class nis+-domain nis+-server tftp-server bootfile-name mobile-ip-home smtp-server pop3-server
  nntp-server irc-server user-class rapid-commit client-arch client-interface-id client-machine-id posix-timezone tzdb-timezone ipv6-only domain-search
  sip-server classless-static-route vendor-id-encap tftp-server-address server-ip-address`.trim().split(/\s+/));
