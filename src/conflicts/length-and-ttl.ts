// conflicts/length-and-ttl.ts — numbers in the headers of packets that a rule may ask for so that it means every
// packet.
import { covers } from '../net/ip.ts';
import type { Interval } from '../net/ip.ts';
import type { Ask } from './model.ts';

/** From a bare header of ICMP to what goes over most links. */
const USUAL_LENGTHS: Interval = { first: 28, last: 1500 };
/** Linux sends 64, of which the host leaves 63; others send 128 or 255. */
const USUAL_TTL = 63;

export function ofLength(lengths: readonly Interval[]): Ask {
  return { on: 'whatever', fits: lengths.some((range) => covers(range, USUAL_LENGTHS)) ? 'all' : 'some' };
}

/** Which an instance sends, nobody knows. */
export function ofTtl(ttls: readonly Interval[]): Ask {
  return {
    on: 'whatever',
    fits: ttls.some(({ first, last }) => first <= USUAL_TTL && USUAL_TTL <= last) ? 'unknown' : 'some',
  };
}
