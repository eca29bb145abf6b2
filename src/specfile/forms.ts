// specfile/forms.ts — texts with a form (addresses, names, durations), each read once; one that has not its form says
// why.
import { isIPv4, isIPv6 } from 'node:net';
import { baseOf, parseCidr, parseIp, parseRange, toIp, toNumber, type Cidr, type Ip, type Range } from '../net/ip.ts';
import { isMulticast, parseMac, type Mac } from '../net/mac.ts';
import { optionProblem } from './dhcp-options.ts';

/** What is wrong with a text. */
export interface FormatError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}
/** Reads a text, or says what is wrong with it. */
export type Form<T> = (text: string) => { readonly value: T } | FormatError;

export const address: Form<Ip<4>> = (text) => {
  const ip = parseIp(text, 4);
  return ip === undefined ? notAnAddress(text) : { value: ip };
};

export const cidr: Form<Cidr<4>> = (text) => {
  const value = parseCidr(text, 4);
  if (value !== undefined) return { value };
  const [ip = '', bits, ...rest] = text.split('/');
  if (isIPv6(ip)) return { code: 'bad-cidr', message: `${text} is not IPv4`, hint: 'IPv6 comes with a later version' };
  if (!isIPv4(ip)) return { ...notAnAddress(ip), code: 'bad-cidr' };
  if (bits === undefined)
    return { code: 'bad-cidr', message: `${text} has no length`, hint: `write ${text}/24, or what its length is` };
  if (rest.length > 0 || !/^(0|[1-9]\d?)$/.test(bits) || Number(bits) > 32)
    return {
      code: 'bad-cidr',
      message: `${text} has no length from 0 to 32 behind the slash`,
      hint: `write ${ip}/24, or what its length is`,
    };
  return {
    code: 'host-bits',
    message: `${text} is an address within a network, not a network`,
    hint: `write ${baseOf(text)}`,
  };
};

/** A /64, as RFC 5952 writes it. */
export const cidr6: Form<Cidr<6>> = (text) => {
  const [address = '', bits = ''] = text.split('/');
  const ip = parseIp(address, 6);
  if (ip === undefined)
    return {
      code: 'bad-cidr6',
      message: `${text === '' ? "''" : text} is not an IPv6 network`,
      hint: 'write a /64: fd00:0:0:64::/64',
    };
  if (bits !== '64' || text.split('/').length !== 2)
    return {
      code: 'bad-cidr6',
      message: `${text} is not a /64, which instances need to make their addresses`,
      hint: `write ${address}/64`,
    };
  const base = baseOf(`${ip}/64`, 6);
  return base === `${ip}/64`
    ? { value: base }
    : { code: 'host-bits', message: `${text} is an address within a network, not a network`, hint: `write ${base}` };
};

export const range: Form<Range<4>> = (text) => {
  const value = parseRange(text, 4);
  if (value !== undefined) return { value };
  if (text.includes('/')) return asMisfit(cidr(text), 'bad-range');
  const [from = '', to = from, ...rest] = text.split('-').map((part) => part.trim());
  if (isIPv4(from) && isIPv4(to) && rest.length === 0)
    return { code: 'bad-range', message: `${text} ends before it begins`, hint: `write ${to}-${from}` };
  const short =
    /^\d{1,3}$/.test(to) && isIPv4(from)
      ? `write ${from}-${from.replace(/\d+$/, to)}`
      : 'write 10.0.0.1, 10.0.0.1-10.0.0.9 or 10.0.0.0/28';
  return { code: 'bad-range', message: `${text} is not a range of IPv4 addresses`, hint: short };
};

export const mac: Form<Mac> = (text) => {
  const value = parseMac(text);
  if (value === undefined) {
    const octets = /^([0-9a-f]{2}[-.:]?){6}$/i.test(text)
      ? text.replace(/[-.:]/g, '').toLowerCase().match(/../g)
      : null;
    return {
      code: 'bad-mac',
      message: `${text} is not a MAC address`,
      hint: `write ${octets === null ? 'six octets: "fa:16:3e:2c:e8:ec"' : `"${octets.join(':')}"`}`,
    };
  }
  if (value === '00:00:00:00:00:00')
    return { code: 'mac-zero', message: `${text} is no interface's address`, hint: 'leave it out to have one derived' };
  if (isMulticast(value))
    return {
      code: 'mac-multicast',
      message: `${text} is a group address, which no interface may have`,
      hint: 'the first octet must be even',
    };
  return { value };
};

export const macPrefix: Form<string> = (text) => {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){0,4}$/i.test(text))
    return {
      code: 'bad-mac-prefix',
      message: `${text} is not the beginning of a MAC address`,
      hint: 'write one to five octets: "fa:16:3e"',
    };
  if (Number.parseInt(text.slice(0, 2), 16) % 2 === 1)
    return {
      code: 'mac-multicast',
      message: `${text} begins group addresses, which no interface may have`,
      hint: 'the first octet must be even',
    };
  return { value: text.toLowerCase() };
};

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** dnsmasq refuses less. */
const SHORTEST_LEASE = 120;
/** 2^32 - 1 means for ever. */
const LONGEST_LEASE = 4_294_967_294;

/** A lease time, in seconds. */
export const leaseTime: Form<number> = (text) => {
  if (!/^(\d+[smhdw])+$/.test(text))
    return {
      code: 'bad-duration',
      message: `${text === '' ? "''" : text} is not a time`,
      hint: `write a number and its unit${/^\d+$/.test(text) ? `: ${text}s` : ': 120s, 30m, 1h, 1d'}`,
    };
  const seconds = [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
  if (seconds < SHORTEST_LEASE)
    return { code: 'lease-too-short', message: `a lease of ${text} is too short for DHCP`, hint: 'give it 2m or more' };
  if (seconds > LONGEST_LEASE)
    return {
      code: 'lease-too-long',
      message: `a lease of ${text} is longer than DHCP can say`,
      hint: 'give it less than 7000w',
    };
  return { value: seconds };
};

/**
 * Below /proc/sys/net/ipv4/conf and /sys/class/net; new kernels refuse the first two, older ones make a device without
 * settings.
 */
const KERNELS_OWN: readonly string[] = ['all', 'default', 'bonding_masters'];

export const interfaceName: Form<string> = (text) => {
  const bad = (message: string, hint: string): FormatError => ({ code: 'bad-interface-name', message, hint });
  if (text === '') return bad("'' is no interface's name", 'leave the key out for the default');
  if (text.length > 15) return bad(`${text} has ${text.length} characters`, "an interface's name has at most 15");
  if (text === '.' || text === '..' || text === 'lo')
    return bad(`${text} cannot be the name of such an interface`, 'give it another name');
  if (KERNELS_OWN.includes(text))
    return bad(
      `${text} is the kernel's own word where interfaces have their names, and none can have it`,
      'give it another name',
    );
  const unfit = /[^A-Za-z0-9_.-]/.exec(text)?.[0];
  if (unfit !== undefined)
    return bad(
      `${text} has ${/\s/.test(unfit) ? 'a blank' : `a '${unfit}'`}, which an interface's name cannot have`,
      "use letters, digits, '.', '_' and '-'",
    );
  return /^[.-]/.test(text)
    ? bad(`${text} begins with '${text.slice(0, 1)}'`, 'begin with a letter or digit')
    : { value: text };
};

export const netnsName: Form<string> = (text) =>
  /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,199}$/.test(text)
    ? { value: text }
    : {
        code: 'bad-netns-name',
        message: `${text === '' ? "''" : text} is not the name of a namespace`,
        hint: 'write a name as ip netns list shows it',
      };

const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * What resolvers answer by themselves, for themselves (RFC 6761, section 6.3), and what their files of hosts call such
 * addresses.
 */
const ONESELF: readonly string[] = [
  'localhost',
  'localhost4',
  'localhost6',
  'ip6-localhost',
  'ip6-loopback',
  'ip6-localnet',
  'ip6-mcastprefix',
  'ip6-allnodes',
  'ip6-allrouters',
  'ip6-allhosts',
  'ipv6-localhost',
  'ipv6-loopback',
  'ipv6-localnet',
  'ipv6-mcastprefix',
  'ipv6-allnodes',
  'ipv6-allrouters',
  'ipv6-allhosts',
  'broadcasthost',
  'loopback',
];

/** Whether a host or an instance of that name would be taken for oneself. */
export function meansOneself(name: string): boolean {
  return ONESELF.includes(name.toLowerCase());
}

const isLocalhost = (domain: string): boolean => /(^|\.)localhost(\.localdomain)?$/i.test(domain);

export const hostname: Form<string> = (text) =>
  LABEL.test(text)
    ? { value: text }
    : {
        code: 'bad-hostname',
        message: `${text === '' ? "''" : text} is not a DNS label`,
        hint: "use letters, digits and '-', at most 63, beginning and ending with a letter or digit",
      };

export const domain: Form<string> = (text) =>
  isLocalhost(text)
    ? {
        code: 'reserved-name',
        message: `every name in ${text} means whoever asks (RFC 6761): no instance would be found by it`,
        hint: 'give it another domain',
      }
    : text === '' || (text.length <= 253 && text.split('.').every((label) => LABEL.test(label)))
      ? { value: text }
      : {
          code: 'bad-domain',
          message: `${text} is not a DNS domain`,
          hint: 'write labels with dots between them: cloud.example.org',
        };

export const dhcpOption: Form<string> = (text) => {
  const problem = optionProblem(text);
  return problem === undefined ? { value: text } : { code: 'bad-dhcp-option', ...problem };
};

export const absolutePath: Form<string> = (text) =>
  /^\/[\x20-\x7e\u0080-\uffff]*$/.test(text)
    ? { value: text }
    : {
        code: 'bad-path',
        message: `${text === '' ? "''" : text} is not an absolute path`,
        hint: 'begin with a slash: /etc/dnsmasq-lab.conf',
      };

function notAnAddress(text: string): FormatError {
  const message = `${text === '' ? "''" : text} is not an IPv4 address`;
  if (isIPv6(text)) return { code: 'bad-address', message, hint: 'IPv6 comes with a later version' };
  if (isIPv4(text.split('/')[0] ?? ''))
    return { code: 'bad-address', message, hint: `write ${text.split('/')[0] ?? ''}` };
  if (isIPv4(text.trim())) return { code: 'bad-address', message, hint: 'remove the blanks' };
  const plain = text
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.');
  if (isIPv4(plain))
    return {
      code: 'bad-address',
      message: `${message}: a leading zero means octal to some programs`,
      hint: `write ${toIp(toNumber(plain as Ip<4>))}`,
    };
  return { code: 'bad-address', message, hint: 'write four numbers from 0 to 255 with dots between them' };
}

function asMisfit(result: { readonly value: unknown } | FormatError, code: string): FormatError {
  if ('value' in result) throw new Error('a range that is a network was read as one before');
  return result.code === 'bad-cidr' ? { ...result, code } : result;
}
