// uplinks/claimed.ts — what of a bridge is netctl's, or goes with it to the interface: by what a kernel has once.
import type { Fields } from '../iproute2/fields.ts';
import { partOf, textOf } from '../iproute2/fields.ts';
import { FOREVER } from '../iproute2/links.ts';
import { ADVERTISED } from '../iproute2/routes.ts';
import { METRIC, PROTOCOL, UNANNOUNCED } from '../core/marks.ts';
import { isAddress } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import { isNeighbour } from '../kinds/neighbour/model.ts';
import { isRoute } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import type { Resource } from '../core/resource.ts';
import { routeKeyFor, routeKeyOf } from './routes.ts';
import type { SeenRoute } from './routes.ts';

/** Addresses, routes and neighbours that are wanted or borrowed, wherever they are to be. */
export class Claimed {
  private readonly held = new Set<string>();
  /** As they are restored. */
  private readonly borrowed = new Map<string, Address>();

  /** Routes that came along, and whose device is gone: nobody gets them. */
  private readonly orphans: ReadonlySet<string>;

  /**
   * `takesRoutes`: what somebody has put in the place of a route goes along in its stead; else only one by the same way
   * is claimed.
   */
  constructor(resources: Iterable<Resource>, orphans: readonly Route[] = [], takesRoutes = true) {
    this.orphans = new Set(orphans.map(routeKeyFor));
    for (const one of resources) {
      if (isAddress(one)) {
        const key = `${one.cidr.split('/', 1).join('')} ${one.peer ?? ''}`;
        this.held.add(`address ${key}`);
        if (one.borrowed) this.borrowed.set(key, one);
      }
      if (isRoute(one)) this.held.add(`route ${routeKeyFor(one)}${takesRoutes ? '' : ` by ${one.via ?? ''}`}`);
      if (isNeighbour(one)) this.held.add(`neighbour ${one.ip}${one.state === 'proxy' ? ' proxy' : ''}`);
    }
  }

  hasAddress(address: Fields): boolean {
    return isOwnAddress(address) || this.held.has(`address ${keyOf(address)}`);
  }

  /** Whether the interface gets it back. */
  isBorrowed(address: Fields): boolean {
    return this.borrowed.has(keyOf(address));
  }

  /** Whether somebody has changed on the bridge what came along: the interface gets it as it was. */
  hasChanged(address: Fields): boolean {
    const found = this.borrowed.get(keyOf(address));
    if (found === undefined || isOwnAddress(address)) return false;
    // Of a network's own address some of it is netctl's doing.
    const borrowed = found.putAs ?? found;
    const isLimited = typeof address['valid_life_time'] === 'number' && address['valid_life_time'] !== FOREVER;
    return (
      isLimited ||
      `/${String(address['prefixlen'])}` !== borrowed.cidr.slice(borrowed.cidr.indexOf('/')) ||
      address['metric'] !== borrowed.metric ||
      (address['deprecated'] === true) !== (borrowed.deprecated ?? false) ||
      (address['noprefixroute'] === true) !== (borrowed.noPrefixRoute ?? false)
    );
  }

  /** A router's comes by its next advertisement. */
  hasRoute(route: SeenRoute): boolean {
    const protocol = route.fields['protocol'];
    if (this.orphans.has(routeKeyOf(route))) return false;
    return (
      protocol === PROTOCOL ||
      protocol === ADVERTISED ||
      this.held.has(`route ${routeKeyOf(route)}`) ||
      this.held.has(`route ${routeKeyOf(route)} by ${viaOf(route)}`)
    );
  }

  hasNeighbour(neighbour: Fields): boolean {
    return this.held.has(
      `neighbour ${textOf(neighbour, 'dst') ?? ''}${neighbour['proxy'] === undefined ? '' : ' proxy'}`,
    );
  }
}

function viaOf({ fields }: SeenRoute): string {
  const via = partOf(fields, 'via');
  return textOf(fields, 'gateway') ?? [textOf(via, 'family') ?? '', textOf(via, 'host') ?? ''].join(' ').trim();
}

function keyOf(address: Fields): string {
  return `${textOf(address, 'local') ?? ''} ${textOf(address, 'address') ?? ''}`;
}

export function isOwnAddress({ metric }: Fields): boolean {
  return metric === METRIC || metric === UNANNOUNCED;
}
