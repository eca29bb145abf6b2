// guards/on-link.ts — what the host reaches by its own routes, without a gateway, and from which of its addresses: as
// the kernel finds the way.
import { METRIC } from '../core/marks.ts';
import type { State } from '../core/resource.ts';
import { isAddress } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import { isLink } from '../kinds/link/model.ts';
import { isRoute, metricOf } from '../kinds/route/model.ts';
import { cidrsOf } from '../net/intervals.ts';
import { baseOf, bitsOf, covers, ipOf, rangeOf } from '../net/ip.ts';
import type { Cidr, Range } from '../net/ip.ts';

/** One route to a network. */
interface OnLink {
  readonly range: Range<4>;
  readonly bits: number;
  readonly metric: number;
  readonly source: string;
}

/** What is reached alike: from which address so far, and then; absent: by no route of its own. */
export interface Part {
  readonly range: Range<4>;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** A network's own address on its bridge, and all that the host reaches where its interface is, now and then. */
export interface Change {
  readonly own: Address;
  /** The interfaces and the bridges that have the addresses so far. */
  readonly links: readonly string[];
  readonly before: readonly OnLink[];
  readonly after: readonly OnLink[];
}

/** Of each network with an address of its own on its bridge. */
export function changesOf(observed: State, wanted: State): readonly Change[] {
  return [...wanted.values()]
    .filter(isAddress)
    .filter((one) => one.first === true && !one.cidr.includes(':'))
    .map((own) => {
      const uplinks = [...wanted.values()].flatMap((one) =>
        isAddress(one) && one.link === own.link ? (one.movedFrom ?? []) : [],
      );
      const links = [...new Set([...uplinks, ...uplinks.flatMap((uplink) => bridgeOf(uplink, observed)), own.link])];
      return { own, links, before: links.flatMap((link) => nearOn(link, observed)), after: nearOn(own.link, wanted) };
    });
}

/** The bridge that an uplink is in so far: it may have another name by then. */
function bridgeOf(uplink: string, observed: State): readonly string[] {
  const port = observed.get(`link ${uplink}`);
  return port !== undefined && isLink(port) && port.type === 'port' && port.master !== undefined ? [port.master] : [];
}

/** The first address of each network makes the route to it; those behind it none, whatever they are. */
function nearOn(link: string, state: State): readonly OnLink[] {
  const addresses = [...state.values()]
    .filter(isAddress)
    .filter((one) => one.link === link && !one.cidr.includes(':') && one.missing !== true);
  const listed = addresses.toSorted((a, b) => Number(b.first === true) - Number(a.first === true));
  const makers = [...new Map(listed.toReversed().map((one) => [networkOf(one), one])).values()].filter(
    (one) => one.noPrefixRoute !== true && (bitsOf(networkOf(one)) < 32 || one.peer !== undefined),
  );
  const source = ipOf(listed.find(({ scope }) => scope === undefined)?.cidr ?? '');
  const routes = [...state.values()]
    .filter(isRoute)
    .filter(
      (one) =>
        one.link === link &&
        one.family === 4 &&
        one.via === undefined &&
        one.to !== 'default' &&
        [one.table, one.type, one.tos, one.hops].every((each) => each === undefined),
    );
  return [
    ...makers.map((one) =>
      near(
        networkOf(one),
        ipOf(one.cidr),
        one.first === true && one.movedFrom === undefined ? METRIC : (one.metric ?? 0),
      ),
    ),
    ...routes.map((one) =>
      near((one.to.includes('/') ? one.to : `${one.to}/32`) as Cidr<4>, one.source ?? source, metricOf(one)),
    ),
  ];
}

function near(cidr: Cidr<4>, source: string, metric: number): OnLink {
  return { range: rangeOf(cidr), bits: bitsOf(cidr), source, metric };
}

export function networkOf({ cidr, peer }: Pick<Address, 'cidr' | 'peer'>): Cidr<4> {
  return baseOf(peer === undefined ? cidr : `${peer}/${cidr.split('/')[1] ?? ''}`, 4);
}

/** What is in the network, in order. */
export function partsOf(network: Cidr<4>, { before, after }: Pick<Change, 'before' | 'after'>): readonly Part[] {
  const whole = rangeOf(network);
  const bounds = [whole, ...[...before, ...after].map(({ range }) => range)].flatMap(({ first, last }) => [
    first,
    last + 1,
  ]);
  const starts = [...new Set(bounds)]
    .filter((bound) => bound >= whole.first && bound <= whole.last + 1)
    .sort((a, b) => a - b);
  const parts: Part[] = [];
  for (const [i, first] of starts.slice(0, -1).entries()) {
    const range = { first, last: (starts[i + 1] ?? first) - 1 };
    const [was, is, last] = [nearest(before, range), nearest(after, range), parts.at(-1)];
    if (last !== undefined && last.before === was && last.after === is)
      parts[parts.length - 1] = { ...last, range: { first: last.range.first, last: range.last } };
    else parts.push({ range, before: was, after: is });
  }
  return parts;
}

/** Of those that hold it, the longest; of these the one with the least metric. */
function nearest(all: readonly OnLink[], range: Range<4>): string | undefined {
  return all.filter((one) => covers(one.range, range)).toSorted((a, b) => b.bits - a.bits || a.metric - b.metric)[0]
    ?.source;
}

export function wordsOf(parts: readonly Part[]): string {
  return parts.flatMap(({ range }) => cidrsOf(range)).join(', ');
}
