// conflicts/rule-match.ts — how many of the packets of one sort a rule means.
import { countOf, within } from '../net/intervals.ts';
import { covers, overlap } from '../net/ip.ts';
import type { Interval, Range } from '../net/ip.ts';
import { ofGuests } from './guests.ts';
import type { Ask, Fits, Match, Packet } from './model.ts';

/** All matches of a rule together. Where one means some, no other makes it more. */
export function fitAll(matches: readonly Match[], packet: Packet, marked: boolean): Fits {
  let worst: Fits = 'all';
  for (const match of matches) {
    const fits = fit(match, packet, marked);
    if (fits === 'none') return 'none';
    if (fits === 'some' || worst === 'all') worst = fits;
  }
  return worst;
}

/** Asked of ARP these are not true, however they are turned round; nor are those of ARP of anything else. */
const OF_IP: readonly Ask['on'][] = [
  'source',
  'destination',
  'protocol',
  'source-port',
  'destination-port',
  'icmp',
  'state',
  'first-of-tcp',
  'any-of',
];
const OF_ARP: readonly Ask['on'][] = ['arp-source', 'arp-destination', 'arp-operation', 'arp-partly'];

function fit({ ask, not }: Match, packet: Packet, marked: boolean): Fits {
  const foreign = packet.protocol === 'arp' ? OF_IP : OF_ARP;
  if (foreign.includes(ask.on)) return 'none';
  const fits = answer(ask, packet, marked);
  if (not === undefined) return fits;
  if (fits === 'some' && isLittle(ask, packet)) return 'all';
  return fits === 'all' ? 'none' : fits === 'none' ? 'all' : fits;
}

/** All but a few are as good as all: a rule means single ones by leaving them out, too. */
const LITTLE = 1 / 4;

function isLittle(ask: Ask, packet: Packet): boolean {
  if (ask.on === 'source')
    return (packet.sources ?? [packet.source]).every((one) => shareOf(ask.ranges, one) <= LITTLE);
  if (ask.on === 'destination') return shareOf(ask.ranges, packet.destination) <= LITTLE;
  return (ask.on === 'source-port' || ask.on === 'destination-port') && shareOf(ask.ports, ANY_PORT) <= LITTLE;
}

const shares = new WeakMap<readonly Range<4>[], Map<string, number>>();

/** Once for each list, which may be long. */
function shareOf(ranges: readonly Range<4>[], of: Range<4>): number {
  const known = shares.get(ranges) ?? new Map<string, number>();
  shares.set(ranges, known);
  const key = `${of.first}-${of.last}`;
  const share = known.get(key) ?? countOf(within(ranges, of)) / (of.last - of.first + 1);
  known.set(key, share);
  return share;
}

function answer(ask: Ask, packet: Packet, marked: boolean): Fits {
  switch (ask.on) {
    case 'in':
      return ofLink(ask.links, packet.in);
    case 'out':
      return ofLink(ask.links, packet.out);
    case 'source':
      return packet.sources === undefined
        ? ofAddresses(ask.ranges, packet.source, packet)
        : ofRanges(ask.ranges, packet.sources);
    case 'destination':
      return ofAddresses(ask.ranges, packet.destination, packet);
    case 'protocol':
      return either(ask.protocols.includes(packet.protocol));
    case 'source-port':
      return ofPort(ask.ports, packet.sourcePort, packet);
    case 'destination-port':
      return ofPort(ask.ports, packet.destinationPort, packet);
    case 'icmp':
      return packet.protocol === 'icmp'
        ? either(
            ask.types.some(
              (type) => type === 'any' || type === (packet.states.includes('new') ? 'echo-request' : 'echo-reply'),
            ),
          )
        : 'none';
    case 'state':
      return either(ask.states.some((state) => packet.states.includes(state)));
    case 'source-type':
      return packet.sourceType === undefined ? 'unknown' : either(ask.types.includes(packet.sourceType));
    case 'destination-type':
      return packet.destinationType === undefined ? 'unknown' : either(ask.types.includes(packet.destinationType));
    case 'first-of-tcp':
      return either(packet.protocol === 'tcp' && packet.states.includes('new'));
    case 'bridged':
      return either(packet.bridged === true);
    case 'ethertype':
      return either(ask.types.includes(packet.protocol === 'arp' ? 'arp' : 'ip'));
    case 'arp-source':
      return ofAddresses(ask.ranges, packet.source, packet);
    case 'arp-destination':
      return ofAddresses(ask.ranges, packet.destination, packet);
    case 'arp-operation':
      return either(ask.operations.includes(packet.states.includes('new') ? 'request' : 'reply'));
    case 'arp-partly':
      return 'some';
    case 'mark':
      return marked ? 'unknown' : either(ask.none);
    case 'any-of':
      return anyOf(ask.lists.map((matches) => fitAll(matches, packet, marked)));
    case 'whatever':
      return ask.fits;
  }
}

function either(is: boolean): Fits {
  return is ? 'all' : 'none';
}

function ofLink(links: readonly string[], link: string | undefined): Fits {
  if (links.includes('*')) return 'all';
  if (link === undefined) return 'some';
  return either(
    link !== '' && links.some((named) => (named.endsWith('*') ? link.startsWith(named.slice(0, -1)) : named === link)),
  );
}

/** Of a network of which some is meant, those count who are there. */
function ofAddresses(ranges: readonly Range<4>[], range: Range<4>, { guests }: Packet): Fits {
  const fits = ofRange(ranges, range);
  return fits === 'some' && guests?.range.first === range.first && guests.range.last === range.last
    ? ofGuests(ranges, guests).fits
    : fits;
}

/** Of a long list only those beside it are asked. */
function ofRange(ranges: readonly Range<4>[], range: Range<4>): Fits {
  let [from, until] = [0, ranges.length];
  while (from < until) {
    const middle = (from + until) >>> 1;
    if ((ranges[middle]?.first ?? 0) <= range.first) from = middle + 1;
    else until = middle;
  }
  const [before, after] = [ranges[from - 1], ranges[from]];
  if (before !== undefined && covers(before, range)) return 'all';
  return [before, after].some((one) => one !== undefined && overlap(one, range)) ? 'some' : 'none';
}

const ANY_PORT: Interval = { first: 1, last: 65_535 };

function ofRanges(ranges: readonly Interval[], among: readonly Interval[]): Fits {
  const all = new Set(among.map((range) => ofRange(ranges, range)));
  return all.size > 1 ? 'some' : ([...all][0] ?? 'none');
}

function ofPort(ports: readonly Interval[], port: number | undefined, { protocol }: Packet): Fits {
  if (protocol === 'icmp') return 'none';
  return ofRange(ports, port === undefined ? ANY_PORT : { first: port, last: port });
}

/** Several that each mean some may together mean all; that is not worked out. */
function anyOf(all: readonly Fits[]): Fits {
  for (const fits of ['all', 'unknown', 'some'] as const) if (all.includes(fits)) return fits;
  return 'none';
}
