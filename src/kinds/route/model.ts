// kinds/route/model.ts — one route: of the main table, or of any other by an interface that is borrowed.
import type { Ref, Resource } from '../../core/resource.ts';
import { defaultMetric } from '../../iproute2/routes.ts';
import type { Family } from '../../net/ip.ts';

export interface Route extends Resource {
  readonly kind: 'route';
  /** `default` or a network. */
  readonly to: string;
  readonly family: Family;
  readonly via?: string;
  readonly link: string;
  readonly metric?: number;
  readonly source?: string;
  /** As a number: 253 is `link`. */
  readonly scope?: string;
  /** As `ip -N` prints it; ours are 117. Borrowed ones keep their own. */
  readonly protocol: string;
  readonly onlink?: true;
  /** As a number; absent: the main table. */
  readonly table?: string;
  /** `local`, `multicast`; absent: unicast. */
  readonly type?: string;
  /** `0x10` */
  readonly tos?: string;
  /** Realms, metrics with their locks, preference, as `ip route` prints and takes them. */
  readonly attributes?: string;
  /** Of borrowed ones: seconds until it ended by itself when it was found. */
  readonly expires?: number;
  /** The interface it was moved from. All its routes but the kernel's own are borrowed. */
  readonly movedFrom?: string;
  /** What somebody else has put on a bridge of ours: it keeps its protocol when it comes back there. */
  readonly ofOthers?: true;
  /** Observed only: the addresses it falls with, so that it goes before them and comes back after. */
  readonly dependsOn?: readonly Ref[];
  /** Observed only, and foreign: its several ways. */
  readonly hops?: readonly { readonly via?: string; readonly link: string }[];
}

/** What makes a route another one to the kernel, by its link. */
export type Identity = Pick<Route, 'family' | 'to' | 'link' | 'metric' | 'table' | 'type' | 'tos'>;

/** `4 default eth1 0`, `4 10.9.0.0/16 eth1 0 table 100 local`. */
export function routeKey(route: Identity): string {
  return `${route.family} ${route.to} ${route.link} ${metricOf(route)}${beside(route)}`;
}

export function metricOf({ metric, family }: Pick<Route, 'metric' | 'family'>): number {
  return metric ?? defaultMetric(family);
}

/** By what the kernel tells routes of one network and metric apart. */
export function beside({ table, type, tos }: Pick<Route, 'table' | 'type' | 'tos'>): string {
  return [
    ...(table === undefined ? [] : [` table ${table}`]),
    ...(type === undefined ? [] : [` ${type}`]),
    ...(tos === undefined ? [] : [` tos ${tos}`]),
  ].join('');
}

/** A gateway can be named once a route leads to it: what needs none comes first. */
export function nearFirst<T extends { readonly via?: string }>(routes: readonly T[]): readonly T[] {
  return [...routes.filter(({ via }) => via === undefined), ...routes.filter(({ via }) => via !== undefined)];
}

export function isRoute(resource: { readonly kind: string }): resource is Route {
  return resource.kind === 'route';
}
