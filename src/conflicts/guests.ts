// conflicts/guests.ts — rules of others that mean a part of a network: whom of this host's instances they mean.
import { memo } from '../core/memo.ts';
import { within } from '../net/intervals.ts';
import type { Range } from '../net/ip.ts';
import { fixedHere, hasUplink } from './local-nics.ts';
import type { Fits, Guests, Match, Packet } from './model.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';
import { rangeOf, toNumber } from '../net/ip.ts';
import type { Network } from '../specfile/model.ts';

/** None where nobody knows who was given which address, or where others of the network are beside those of this host. */
export function guestsOf(network: Network, site: Site): Guests | undefined {
  const at = fixedHere(network, site)
    .map(({ ip }) => toNumber(ip))
    .sort((a, b) => a - b);
  return at.length === 0 ? undefined : { range: rangeOf(network.cidr), at };
}

/** What stays on a bridge with an uplink is for instances of other hosts as well. */
export function withGuests(need: RequiredTraffic, guests: Guests | undefined, site: Site): RequiredTraffic {
  return guests === undefined || (need.way === 'over' && hasUplink(need.network, site))
    ? need
    : { ...need, packet: { ...need.packet, guests } };
}

interface Meant {
  readonly fits: Fits;
  /** All of them by one address each: that firewall's own wish. */
  readonly isSingle: boolean;
}

/** To count among fewer is as quick as to look up. */
const FEW = 8;

/** Of ranges that mean a part of the network. */
export function ofGuests(ranges: readonly Range<4>[], guests: Guests): Meant {
  return ranges.length <= FEW ? counted(ranges, guests) : known(ranges)(guests);
}

const known = memo((ranges: readonly Range<4>[]) => memo((guests: Guests): Meant => counted(ranges, guests)));

function counted(ranges: readonly Range<4>[], { range, at }: Guests): Meant {
  let [count, single] = [0, 0];
  for (const { first, last } of within(ranges, range)) {
    const here = placeOf(last + 1, at) - placeOf(first, at);
    count += here;
    if (first === last) single += here;
  }
  return { fits: count === 0 ? 'none' : count < at.length ? 'some' : 'all', isSingle: single === count };
}

/** Of addresses in order, how many are below one. */
function placeOf(address: number, at: readonly number[]): number {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] ?? 0) < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a rule that means all who are there means each of them by its address. */
export function areSingle(matches: readonly Match[], packet: Pick<Packet, 'guests' | 'sources'>): boolean {
  const { guests, sources } = packet;
  return (
    guests !== undefined &&
    matches.some(({ ask, not }) => {
      if (not) return false;
      if (ask.on === 'any-of') return ask.lists.every((list) => areSingle(list, packet));
      const isAsked =
        (ask.on === 'source' && sources === undefined) ||
        ask.on === 'destination' ||
        ask.on === 'arp-source' ||
        ask.on === 'arp-destination';
      if (!isAsked) return false;
      const { fits, isSingle } = ofGuests(ask.ranges, guests);
      return fits === 'all' && isSingle;
    })
  );
}
