// conflicts/nft-orders.ts — greater and less in rules of nftables, of numbers and of addresses; and one number among some.
import { parseIp, toIp, toNumber } from '../net/ip.ts';
import type { Interval } from '../net/ip.ts';
import { EVERYWHERE } from './model.ts';
import type { Ask } from './model.ts';
import { fieldsOf, textOf } from './nft-fields.ts';
import type { Fields } from './nft-fields.ts';

/** An order between numbers, as a range of 16 bits; or between addresses. */
export function between(op: string, right: unknown): unknown {
  const ip = parseIp(textOf(right), 4);
  if (ip !== undefined) return betweenAddresses(op, toNumber(ip));
  if (typeof right !== 'number') return undefined;
  const ranges: Readonly<Record<string, readonly number[]>> = {
    '<': [0, right - 1],
    '<=': [0, right],
    '>': [right + 1, 65_535],
    '>=': [right, 65_535],
  };
  return ranges[op] === undefined ? undefined : { range: ranges[op] };
}

function betweenAddresses(op: string, right: number): unknown {
  const { first, last } = EVERYWHERE;
  const [from, to] = op.startsWith('<')
    ? [first, op === '<' ? right - 1 : right]
    : [op === '>' ? right + 1 : right, last];
  return from > to ? undefined : { range: [toIp(from), toIp(to)] };
}

/** Of what is in no order known here. At an hour, on a day, all packets are meant or none. */
export function unordered(left: Fields): Ask {
  return { on: 'whatever', fits: isClock(left) ? 'unknown' : 'some' };
}

function isClock(left: Fields): boolean {
  return /^(time|day|hour)$/.test(textOf(fieldsOf(left['meta'])?.['key']));
}

/** Of packets that all have this number there. */
export function holds(numbers: readonly Interval[], number: number): Ask {
  return numbers.some(({ first, last }) => first <= number && number <= last)
    ? { on: 'whatever', fits: 'all' }
    : { on: 'whatever', fits: 'none' };
}
