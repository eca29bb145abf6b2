// features/floating-ip/pool-checks.ts — pools of floating addresses: against each other, against networks, and whether
// there is enough in them.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { overlap, parseCidr, rangeOf, toIp, toNumber, type Ip, type Range } from '../../net/ip.ts';
import { countWithout, union } from '../../net/intervals.ts';
import { grouped } from '../../specfile/checks/group.ts';
import { UNUSABLE } from '../../specfile/checks/networks.ts';
import type { Draft } from '../../specfile/draft.ts';
import type { PoolRange } from '../../specfile/model.ts';
import { count, wrong } from '../../specfile/problem.ts';

interface Span {
  readonly range: Range<4>;
  readonly path: Path;
  /** `pool public`, `network blue`. */
  readonly of: string;
  readonly text: string;
  readonly code: 'pools-overlap' | 'pool-in-network';
}

/**
 * Each range against the one that reaches furthest of those that begin before it. Networks among themselves are another
 * check's.
 */
export function* poolsOverlap({ spec }: Draft): Iterable<Diagnostic> {
  const pools = spec.pools.flatMap((pool) =>
    pool.ranges.map((one): Span => ({
      range: one.usable,
      path: one.path,
      of: `pool ${pool.name}`,
      text: spanOf(one),
      code: 'pools-overlap',
    })),
  );
  yield* overlapping(pools);
  for (const network of spec.networks) {
    const cidr: Span = {
      range: rangeOf(network.cidr),
      path: [...network.path, 'cidr'],
      of: `network ${network.name}`,
      text: network.cidr,
      code: 'pool-in-network',
    };
    for (const pool of pools) if (overlap(pool.range, cidr.range)) yield said(cidr, pool);
  }
}

function* overlapping(spans: readonly Span[]): Iterable<Diagnostic> {
  const place = new Map(spans.map((span, i) => [span, i]));
  let furthest: Span | undefined;
  for (const one of spans.toSorted((a, b) => a.range.first - b.range.first || b.range.last - a.range.last)) {
    if (furthest !== undefined && overlap(furthest.range, one.range))
      yield (place.get(furthest) ?? 0) < (place.get(one) ?? 0) ? said(furthest, one) : said(one, furthest);
    if (furthest === undefined || one.range.last > furthest.range.last) furthest = one;
  }
}

function said(early: Span, late: Span): Diagnostic {
  return wrong(
    early.code,
    `${late.text} in ${late.of} overlaps ${early.text} ${early.code === 'pools-overlap' ? 'in' : 'of'} ${early.of}`,
    [late.path, early.path],
    early.code === 'pools-overlap'
      ? 'an address is in one pool only: cut one of them'
      : "addresses of instances are nobody else's: give the pool others",
  );
}

export function* poolsUsable({ spec }: Draft): Iterable<Diagnostic> {
  for (const pool of spec.pools)
    for (const one of pool.ranges)
      for (const [text, what] of UNUSABLE) {
        const cidr = parseCidr(text, 4);
        if (cidr !== undefined && overlap(one.written, rangeOf(cidr)))
          yield wrong(
            'pool-unusable',
            `${spanOf(one)} in pool ${pool.name} lies in ${text}, which is for ${what}`,
            [one.path],
            'write the addresses that the world sends to this host',
          );
      }
}

/** As many addresses as are asked for must be there, whoever held them before. */
export function* poolFull({ spec, doubtful }: Draft): Iterable<Diagnostic> {
  if (doubtful.instances.size > 0) return;
  const wishes = grouped(
    spec.instances.flatMap(({ nics }) => nics.flatMap(({ floating }) => floating)),
    ({ pool }) => pool ?? '',
  );
  const taken = takenIn(spec);
  for (const pool of spec.pools) {
    const own = wishes.get(pool.name) ?? [];
    const automatic = own.filter(({ address }) => address === undefined);
    const ranges = pool.ranges.map(({ usable }) => usable);
    const named = own.flatMap(({ address }) => (address === undefined ? [] : [one(address)]));
    const free = countWithout(ranges, [...taken, ...named]);
    const [first] = automatic;
    if (first === undefined || automatic.length <= free) continue;
    const size = countWithout(ranges, []);
    yield wrong(
      'pool-full',
      `${pool.name} has ${count(free, 'free address', 'free addresses')} of ${size} (${countOf(named)} used by name) for ${automatic.length} that ${automatic.length === 1 ? 'is' : 'are'} asked for`,
      [[...pool.path, 'ranges'], first.path],
      'give the pool more addresses, or ask for fewer',
    );
  }
}

/** What hosts and networks have for themselves. */
function takenIn({ hosts, networks }: Draft['spec']): readonly Range<4>[] {
  return [
    ...hosts.flatMap(({ sourceAddress }) => (sourceAddress === undefined ? [] : [one(sourceAddress)])),
    ...networks.flatMap(({ gateway }) => (gateway === undefined ? [] : [one(gateway)])),
    ...networks.flatMap((network) =>
      network.mode === 'flat' || typeof network.snat === 'boolean' ? [] : [network.snat],
    ),
  ];
}

function countOf(ranges: readonly Range<4>[]): number {
  return union(ranges).reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

function one(ip: Ip<4>): Range<4> {
  return { first: toNumber(ip), last: toNumber(ip) };
}

/** As it would be written. */
export function spanOf({ written, network }: PoolRange): string {
  if (network !== undefined) return network;
  return written.first === written.last ? toIp(written.first) : `${toIp(written.first)}-${toIp(written.last)}`;
}
