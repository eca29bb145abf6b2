// conflicts/iptables-matches.ts — what a rule of iptables asks of a packet, from its words.
import { union } from '../net/intervals.ts';
import { ipOf, parseCidr, parseIp, parseRange, toNumber } from '../net/ip.ts';
import type { Interval, Range } from '../net/ip.ts';
import type { Ask, Fits, Match } from './model.ts';
import { ofLength, ofTtl } from './length-and-ttl.ts';

/**
 * By these a rule means single packets, or rates of them: how many of ours is for that firewall to say. Sets name what
 * somebody has listed. What is not here and not known below (u32, bpf, time, connbytes) may mean all of them.
 */
const PARTLY: ReadonlySet<string> = new Set([
  'connlimit',
  'ecn',
  'geoip',
  'hashlimit',
  'limit',
  'mac',
  'quota',
  'recent',
  'set',
  'statistic',
  'string',
  'tcpmss',
]);
/** Their options are understood one by one. */
const KNOWN: ReadonlySet<string> = new Set([
  'addrtype',
  'comment',
  'connmark',
  'conntrack',
  'dscp',
  'icmp',
  'iprange',
  'length',
  'mark',
  'multiport',
  'physdev',
  'pkttype',
  'policy',
  'rpfilter',
  'state',
  'tcp',
  'tos',
  'ttl',
  'udp',
]);

export function matchesOf(words: readonly string[]): readonly Match[] {
  const matches: Match[] = [];
  let not = false;
  let skips = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '-j' || word === '-g') break;
    if (word === '!') {
      not = true;
      continue;
    }
    if (word === '-m') {
      const name = words[++i] ?? '';
      skips = !KNOWN.has(name);
      if (skips) matches.push(whatever(PARTLY.has(name) ? 'some' : 'unknown'));
      if (name === 'rpfilter')
        matches.push({ ask: { on: 'whatever', fits: words.includes('--invert') ? 'none' : 'all' } });
    } else if (word.startsWith('-') && !(skips && word.startsWith('--'))) {
      const [taken, ask] = option(word, words[i + 1] ?? '', words[i + 2] ?? '');
      if (ask !== undefined) matches.push({ ask, ...(not ? { not } : {}) });
      i += taken;
    }
    not = false;
  }
  return matches;
}

function whatever(fits: Fits): Match {
  return { ask: { on: 'whatever', fits } };
}

/** How many words it takes beside itself, and what it asks. */
function option(word: string, value: string, second: string): readonly [number, Ask?] {
  switch (word) {
    case '-s':
      return [1, addresses('source', value)];
    case '-d':
      return [1, addresses('destination', value)];
    case '--src-range':
      return [1, addresses('source', value)];
    case '--dst-range':
      return [1, addresses('destination', value)];
    case '-i':
      return [1, { on: 'in', links: [linkOf(value)] }];
    case '-o':
      return [1, { on: 'out', links: [linkOf(value)] }];
    case '-p':
      return [1, protocol(value)];
    case '--sport':
    case '--sports':
      return [1, { on: 'source-port', ports: portsOf(value) }];
    case '--dport':
    case '--dports':
      return [1, { on: 'destination-port', ports: portsOf(value) }];
    case '--icmp-type':
      return [1, { on: 'icmp', types: [ICMP[value] ?? value] }];
    case '--state':
    case '--ctstate':
      return [1, { on: 'state', states: value.toLowerCase().split(',') }];
    case '--src-type':
      return [1, { on: 'source-type', types: value.toLowerCase().split(',') }];
    case '--dst-type':
      return [1, { on: 'destination-type', types: value.toLowerCase().split(',') }];
    case '--pkt-type':
      return [1, { on: 'destination-type', types: value === 'unicast' ? ['unicast', 'local'] : [value] }];
    case '--mark':
      return [1, { on: 'mark', none: Number(value.split('/', 1)[0]) === 0 }];
    case '--length':
      return [1, ofLength(portsOf(value))];
    case '--ttl-eq':
      return [1, ofTtl([{ first: Number(value), last: Number(value) }])];
    case '--ttl-lt':
      return [1, ofTtl([{ first: 0, last: Number(value) - 1 }])];
    case '--ttl-gt':
      return [1, ofTtl([{ first: Number(value) + 1, last: 255 }])];
    // As nobody has marked it.
    case '--dscp':
    case '--tos':
      return [1, { on: 'whatever', fits: Number(value.split('/', 1)[0]) === 0 ? 'all' : 'some' }];
    case '--physdev-is-bridged':
      return [0, { on: 'bridged' }];
    case '--tcp-flags':
      return [
        2,
        value.split(',').includes('SYN') && second === 'SYN'
          ? { on: 'first-of-tcp' }
          : { on: 'whatever', fits: 'some' },
      ];
    // No packet of a guest comes out of a tunnel of IPsec.
    case '--pol':
      return [1, { on: 'whatever', fits: value === 'none' ? 'all' : 'none' }];
    // Of a packet in pieces the second and further ones: there are none behind connection tracking.
    case '-f':
      return [0, { on: 'whatever', fits: 'none' }];
    case '--comment':
    case '--dir':
      return [1];
    case '--invert':
    case '--loose':
    case '--validmark':
    case '--accept-local':
      return [0];
    default:
      return [0, { on: 'whatever', fits: 'unknown' }];
  }
}

const ICMP: Readonly<Record<string, string>> = {
  0: 'echo-reply',
  8: 'echo-request',
  '0/0': 'echo-reply',
  '8/0': 'echo-request',
};
const NUMBERS: Readonly<Record<string, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' };

function protocol(value: string): Ask {
  return value === 'all' || value === '0'
    ? { on: 'whatever', fits: 'all' }
    : { on: 'protocol', protocols: [NUMBERS[value] ?? value] };
}

function linkOf(value: string): string {
  return value.endsWith('+') ? `${value.slice(0, -1)}*` : value;
}

function addresses(on: 'source' | 'destination', value: string): Ask {
  const range = parseRange(value, 4) ?? byMask(value);
  return range === undefined ? { on: 'whatever', fits: 'unknown' } : { on, ranges: [range] };
}

/** `10.0.0.0/255.0.0.0`: the mask is one of a network. */
function byMask(value: string): Range<4> | undefined {
  const mask = parseIp(value.slice(value.indexOf('/') + 1), 4);
  const size = mask === undefined ? 0 : 2 ** 32 - toNumber(mask);
  const cidr = Number.isInteger(Math.log2(size)) ? parseCidr(`${ipOf(value)}/${32 - Math.log2(size)}`, 4) : undefined;
  return cidr === undefined ? undefined : parseRange(cidr, 4);
}

/** `22,80:90`; one side of a range may be left out. */
function portsOf(value: string): readonly Interval[] {
  return union(
    value.split(',').map((part) => {
      const [from = '', to = from] = part.split(':');
      return { first: from === '' ? 0 : Number(from), last: to === '' ? 65_535 : Number(to) };
    }),
  );
}
