// pipeline/occupancy/format.ts — addresses and their uses, for people and for programs.
import { toIp } from '../../net/ip.ts';
import type { Range } from '../../net/ip.ts';
import { renderPath, renderPosition } from '../../report/plan.ts';
import { countOf, union } from '../../net/intervals.ts';
import type { Locate } from '../../specfile/model.ts';
import { count } from '../../specfile/problem.ts';
import type { Occupancy, Use } from './occupancy.ts';

export interface Counts {
  readonly free: number;
  readonly used: number;
  readonly quarantined: number;
  readonly reserved: number;
  readonly pending: number;
}

/** An address is counted once: one that is reserved and used is used. */
export function countsOf({ free, uses, pending }: Occupancy): Counts {
  const of = (is: (use: Use) => boolean): readonly Range<4>[] => uses.filter(is).map(({ range }) => range);
  const used = countOf(union(of(({ is }) => is !== 'quarantined' && is !== 'reserved')));
  const quarantined = countOf(union(of(({ is }) => is !== 'reserved'))) - used;
  return {
    free: countOf(free),
    used,
    quarantined,
    reserved: countOf(union(of(() => true))) - used - quarantined,
    pending,
  };
}

/** `lab: 240 addresses free, 3 used, 1 quarantined, 10 reserved` */
export function headlineOf(realm: Occupancy): string {
  const { free, used, ...others } = countsOf(realm);
  const rest = Object.entries({
    quarantined: others.quarantined,
    reserved: others.reserved,
    'to be given out by the next apply': others.pending,
  }).filter(([, n]) => n > 0);
  return [
    `${realm.name}: ${count(free, 'address', 'addresses')} free`,
    `${used} used`,
    ...rest.map(([what, n]) => `${n} ${what}`),
  ].join(', ');
}

export function spell({ first, last }: Range<4>): string {
  return first === last ? toIp(first) : `${toIp(first)}-${toIp(last)}`;
}

/** `fixed address of vm-1/lab, from the next apply on` */
export function meaningOf({ is, holder = '', to, until, state }: Use): string {
  const when = state === 'planned' ? ', from the next apply on' : state === 'leaving' ? ', until the next apply' : '';
  switch (is) {
    case 'fixed':
      return `fixed address of ${holder}${when}`;
    case 'floating':
      return `floating address of ${holder}${to === undefined ? '' : ` (${to})`}${when}`;
    case 'gateway':
      return 'gateway';
    case 'server':
      return "the host's own address";
    case 'host':
      return `this host has it on ${holder}`;
    case 'router':
      return `this host's router on ${holder}`;
    case 'source':
      return 'source of SNAT';
    case 'quarantined':
      return `quarantined until ${timeOf(until)}, was ${holder}'s`;
    case 'reserved':
      return 'reserved: for who names it';
    case 'free':
      return 'free';
    case 'by-name':
      return 'free, for who names it';
    case 'edge':
      return 'network or broadcast address';
  }
}

/** `spec.yaml:31 networks.blue.gateway`, where the spec speaks of it. */
export function placeOf({ because }: Use, locate: Locate): string {
  return because === undefined ? '' : renderPosition(because, locate);
}

export function useAsData({ range, is, holder, to, until, state, because }: Use, locate: Locate): object {
  return {
    ...endsOf(range),
    is,
    ...(holder === undefined ? {} : { holder }),
    ...(to === undefined ? {} : { to }),
    ...(until === undefined ? {} : { until: timeOf(until) }),
    ...(state === undefined ? {} : { state }),
    ...(because === undefined ? {} : { because: becauseOf(because, locate) }),
  };
}

export function endsOf({ first, last }: Range<4>): { readonly first: string; readonly last: string } {
  return { first: toIp(first), last: toIp(last) };
}

function becauseOf(path: NonNullable<Use['because']>, locate: Locate): object {
  const { file, line, column } = locate(path, 'key');
  return { path: renderPath(path), file, line, column };
}

/** To the second, in UTC. */
function timeOf(until: number | undefined): string {
  return new Date(until ?? 0).toISOString().replace(/\.\d+Z$/, 'Z');
}
