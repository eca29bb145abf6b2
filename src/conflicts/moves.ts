// conflicts/moves.ts — addresses and routes of uplinks as they are to be once a plan is done: an interface leaves its
// bridge for another one, or has back what it borrowed. Where one is about to go into its first bridge, `l3DeviceOf`
// tells.
import type { AddressFact, Facts, LinkFact } from '../core/facts.ts';
import type { State } from '../core/resource.ts';
import { KERNEL } from '../iproute2/routes.ts';
import type { RouteRecord } from '../iproute2/routes.ts';
import { isAddress } from '../kinds/address/model.ts';
import { isLink } from '../kinds/link/model.ts';
import { METRIC, UNANNOUNCED } from '../core/marks.ts';
import { isRoute, routeKey } from '../kinds/route/model.ts';
import type { Identity, Route } from '../kinds/route/model.ts';

export class Moves {
  private readonly goal: State;
  /** By the bridge of ours that an uplink leaves: the device that gets what it brought there. */
  private readonly devices: ReadonlyMap<string, string>;
  /** Which device is to have which address: `br-lab 203.0.113.11`. */
  private readonly bound: ReadonlySet<string>;

  /** `goal`: what is wanted, and what is restored. */
  constructor({ links }: Facts, goal: State) {
    this.goal = goal;
    this.devices = new Map(
      [...goal.values()].flatMap((one) => {
        if (!isLink(one) || one.type !== 'port' || one.hairpin) return [];
        const { name, master = name } = one;
        const now = links.get(name)?.master;
        return now === undefined || now === master || links.get(now)?.ours !== true ? [] : [[now, master] as const];
      }),
    );
    this.bound = new Set(
      this.devices.size === 0
        ? []
        : [...goal.values()].flatMap((one) => (isAddress(one) ? [`${one.link} ${ipOf(one)}`] : [])),
    );
  }

  /**
   * What is on a bridge that goes, and comes to nobody, goes with it; what was lost of an uplink's, and has its place
   * free, comes again.
   */
  routes(all: readonly RouteRecord[]): readonly RouteRecord[] {
    // Nobody said which there are.
    if (all.length === 0) return [];
    const moved = this.moved(all);
    const taken = new Set(moved.map(routeKeyOf));
    return [
      ...moved,
      ...[...this.goal.values()].flatMap((one) =>
        isRoute(one) && one.family === 4 && !taken.has(routeKeyOf(one)) ? [recordOf(one)] : [],
      ),
    ];
  }

  private moved(all: readonly RouteRecord[]): readonly RouteRecord[] {
    return all.flatMap((route) => {
      const { link = '' } = route;
      const to = this.devices.get(link);
      if (to === undefined) return [route];
      return this.hasRoute({ ...route, link }, to)
        ? [{ ...route, link: to }]
        : this.goal.has(`link ${link}`)
          ? [route]
          : [];
    });
  }

  facts({ links, ...rest }: Facts): Facts {
    const all = [...links.values(), ...[...this.devices.values()].filter((name) => !links.has(name)).map(bare)];
    const came = (name: string): readonly LinkFact[] =>
      [...this.devices].flatMap(([from, to]) => (to === name ? (links.get(from) ?? []) : []));
    return {
      ...rest,
      links: new Map(
        all.map((link) => {
          const to = this.devices.get(link.name);
          const addresses = [
            ...link.addresses.filter((one) => to === undefined || !this.hasAddress(one, to)),
            ...came(link.name).flatMap((from) => from.addresses.filter((one) => this.hasAddress(one, link.name))),
          ];
          const routes = [
            ...link.routes.filter((one) => to === undefined || !this.hasRoute({ ...one, link: link.name }, to)),
            ...came(link.name).flatMap((from) =>
              from.routes.filter((one) => this.hasRoute({ ...one, link: from.name }, link.name)),
            ),
          ];
          return [link.name, { ...link, addresses, routes }];
        }),
      ),
    };
  }

  private hasAddress({ cidr, ours }: AddressFact, device: string): boolean {
    return !ours && this.bound.has(`${device} ${ipOf({ cidr })}`);
  }

  /** One that the kernel makes comes with its address. */
  private hasRoute(route: Identity & { readonly protocol: string; readonly source?: string }, device: string): boolean {
    const { protocol, metric = 0, source = '' } = route;
    if (protocol === KERNEL && metric !== METRIC && metric !== UNANNOUNCED)
      return this.bound.has(`${device} ${source}`);
    return this.goal.has(`route ${routeKey({ ...route, link: device })}`);
  }
}

/** By which the kernel takes one route only. */
function routeKeyOf({ to, metric = 0, table = '', tos = '' }: Pick<Route, 'to' | 'metric' | 'table' | 'tos'>): string {
  return [to, metric, table, tos].join(' ');
}

function recordOf({ to, family, via, link, metric, source, protocol, onlink, table, type, tos }: Route): RouteRecord {
  return {
    to,
    family,
    link,
    protocol,
    onlink: onlink === true,
    hops: [],
    metric: metric ?? 0,
    ...(via === undefined ? {} : { via }),
    ...(source === undefined ? {} : { source }),
    ...(table === undefined ? {} : { table }),
    ...(type === undefined ? {} : { type }),
    ...(tos === undefined ? {} : { tos }),
  };
}

function ipOf({ cidr }: { readonly cidr: string }): string {
  return cidr.split('/', 1).join('');
}

function bare(name: string): LinkFact {
  return { name, ours: true, promiscuous: false, addresses: [], routes: [] };
}
