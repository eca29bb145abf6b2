// specfile/dhcp-table.ts — the DHCP options: by which name dnsmasq knows them (`dnsmasq --help dhcp` of 2.90), and what
// they hold.
import type { Type } from './dhcp-values.ts';

export interface Option {
  readonly code: number;
  /** Absent: dnsmasq has none, and it is given by number. */
  readonly name?: string;
  readonly type: Type;
}

/** What netctl or dnsmasq says by itself in every answer, and an option cannot. */
export const RESERVED: ReadonlyMap<number, string> = new Map([
  [50, 'it is what a client asks for'],
  [51, 'write dhcp.leaseTime'],
  [52, 'dnsmasq sets it where it is needed'],
  [53, 'dnsmasq sets it'],
  [54, 'write dhcp.server'],
  [55, 'it is what a client says'],
  [57, 'it is what a client says'],
  [61, 'it is what a client says'],
  [81, 'dnsmasq sets it'],
  [82, 'it is what a relay says'],
  [118, 'it is what a client says'],
]);

/**
 * What dnsmasq says by itself, and does not where the option is given without a value. Any other it would send empty.
 */
export const SILENCED: ReadonlySet<number> = new Set([1, 3, 6, 12, 15, 28]);

const address: Type = { is: 'addresses', count: 'single' };
const addresses: Type = { is: 'addresses' };
const pairs: Type = { is: 'addresses', count: 'pairs' };
const text: Type = { is: 'text', told: true };
const plain: Type = { is: 'text' };
const any: Type = { is: 'any' };
const flag: Type = { is: 'number', bytes: 1, most: 1, told: true };

function number(bytes: 1 | 2 | 4, least = 0, most?: number): Extract<Type, { is: 'number' }> {
  return { is: 'number', bytes, least, told: true, ...(most === undefined ? {} : { most }) };
}

/** dnsmasq gives it as few bytes as the number needs, unless the value says how many. */
function untold(bytes: 1 | 2 | 4, most?: number): Type {
  return { is: 'number', bytes, ...(most === undefined ? {} : { most }) };
}

const ROWS: readonly (readonly [code: number, name: string, type: Type])[] = [
  [1, 'netmask', address],
  [2, 'time-offset', number(4, -43_200, 50_400)],
  [3, 'router', addresses],
  [4, '', addresses],
  [5, '', addresses],
  [6, 'dns-server', addresses],
  [7, 'log-server', addresses],
  [8, '', addresses],
  [9, 'lpr-server', addresses],
  [10, '', addresses],
  [11, '', addresses],
  [12, '', text],
  [13, 'boot-file-size', number(2)],
  [14, '', plain],
  [15, 'domain-name', text],
  [16, 'swap-server', address],
  [17, 'root-path', text],
  [18, 'extension-path', text],
  [19, 'ip-forward-enable', flag],
  [20, 'non-local-source-routing', flag],
  [21, 'policy-filter', pairs],
  [22, 'max-datagram-reassembly', number(2, 576)],
  [23, 'default-ttl', number(1, 1)],
  [24, '', untold(4)],
  [26, 'mtu', number(2, 68)],
  [27, 'all-subnets-local', flag],
  [28, '', address],
  [29, '', untold(1, 1)],
  [30, '', untold(1, 1)],
  [31, 'router-discovery', flag],
  [32, 'router-solicitation', address],
  [33, 'static-route', pairs],
  [34, 'trailer-encapsulation', flag],
  [35, 'arp-timeout', number(4)],
  [36, 'ethernet-encap', flag],
  [37, 'tcp-ttl', number(1, 1)],
  [38, 'tcp-keepalive', number(4)],
  [39, '', untold(1, 1)],
  [40, 'nis-domain', plain],
  [41, 'nis-server', addresses],
  [42, 'ntp-server', addresses],
  [44, 'netbios-ns', addresses],
  [45, 'netbios-dd', addresses],
  [46, 'netbios-nodetype', { ...number(1, 1, 8), only: [1, 2, 4, 8] }],
  [47, 'netbios-scope', plain],
  [48, 'x-windows-fs', addresses],
  [49, 'x-windows-dm', addresses],
  [58, 't1', { is: 'time' }],
  [59, 't2', { is: 'time' }],
  [60, 'vendor-class', plain],
  [64, 'nis+-domain', text],
  [65, 'nis+-server', addresses],
  [66, 'tftp-server', text],
  [67, 'bootfile-name', text],
  [68, 'mobile-ip-home', addresses],
  [69, 'smtp-server', addresses],
  [70, 'pop3-server', addresses],
  [71, 'nntp-server', addresses],
  [72, '', addresses],
  [73, '', addresses],
  [74, 'irc-server', addresses],
  [75, '', addresses],
  [76, '', addresses],
  [77, 'user-class', any],
  [80, 'rapid-commit', any],
  [93, 'client-arch', number(2)],
  [94, 'client-interface-id', any],
  [97, 'client-machine-id', any],
  [100, 'posix-timezone', text],
  [101, 'tzdb-timezone', text],
  [108, 'ipv6-only', number(4)],
  [119, 'domain-search', { is: 'domains' }],
  [120, 'sip-server', { is: 'sip' }],
  [121, 'classless-static-route', { is: 'routes' }],
  [125, 'vendor-id-encap', any],
  [150, 'tftp-server-address', addresses],
  [249, '', { is: 'routes' }],
  [255, 'server-ip-address', address],
];

export const BY_NAME: ReadonlyMap<string, Option> = new Map(
  ROWS.flatMap(([code, name, type]) => (name === '' ? [] : [[name, { code, name, type }]])),
);
const BY_CODE: ReadonlyMap<number, Option> = new Map(
  ROWS.map(([code, name, type]) => [code, { code, ...(name === '' ? {} : { name }), type }]),
);

export function optionOf(code: number): Option {
  return BY_CODE.get(code) ?? { code, type: any };
}
