// allocate/addresses.ts — a pool of addresses of either family: the lowest free one is the best.
import { addressesIn, without } from '../net/intervals.ts';
import { holds, parseIp, toNumber } from '../net/ip.ts';
import type { Range } from '../net/ip.ts';
import type { Pool } from './allocate.ts';

export interface Addresses extends Pick<Pool, 'name' | 'quarantineSeconds' | 'widen'> {
  /** Which may be held. */
  readonly usable: readonly Range[];
  /** Which are given out where none is asked for: of each in turn, the lowest first. */
  readonly offered: readonly Range[];
  /** Which are not, though one that is held already is kept. */
  readonly reserved: readonly Range[];
  /** Which nobody may hold. */
  readonly barred: readonly Range[];
  /** And which are somebody else's; there may be thousands. */
  readonly taken: ReadonlySet<string | undefined>;
}

export function addressPool({ usable, offered, reserved, barred, taken, ...rest }: Addresses): Pool {
  return {
    ...rest,
    common: true,
    keeps: (value) => {
      const ip = parseIp(value);
      return (
        ip !== undefined &&
        !taken.has(ip) &&
        usable.some((range) => holds(range, ip)) &&
        !barred.some((range) => holds(range, ip))
      );
    },
    *candidates() {
      const others = [...taken]
        .flatMap((text) => parseIp(text ?? '') ?? [])
        .map((ip) => toNumber(ip))
        .map((value): Range => ({ first: value, last: value }));
      // By ranges: a /8 of which all but a corner is reserved costs no more than that corner.
      for (const range of offered) yield* addressesIn(without([range], [...reserved, ...barred, ...others]));
    },
  };
}
