// uplinks/claimed.ts — what of a bridge is netctl's, or goes with it to the interface: by what a kernel has once.
import type { Fields } from '../iproute2/fields.ts';
import { textOf } from '../iproute2/fields.ts';
import { ADVERTISED } from '../iproute2/routes.ts';
import { METRIC, PROTOCOL, UNANNOUNCED } from '../kinds/ours.ts';
import { isAddress } from '../kinds/address/model.ts';
import { isNeighbour } from '../kinds/neighbour/model.ts';
import { isRoute, metricOf } from '../kinds/route/model.ts';
import type { Resource } from '../core/resource.ts';
import { placeOf } from './routes.ts';
import type { SeenRoute } from './routes.ts';

/** Addresses, routes and neighbours that are wanted or lent, wherever they are to be. */
export class Claimed {
  private readonly held = new Set<string>();

  constructor(resources: Iterable<Resource>) {
    for (const one of resources) {
      if (isAddress(one)) this.held.add(`address ${one.cidr.split('/', 1).join('')} ${one.peer ?? ''}`);
      if (isRoute(one)) this.held.add(`route ${one.family} ${one.table ?? MAIN} ${one.to} ${one.tos ?? '0'} ${metricOf(one)}`);
      if (isNeighbour(one)) this.held.add(`neighbour ${one.ip}${one.state === 'proxy' ? ' proxy' : ''}`);
    }
  }

  hasAddress(address: Fields): boolean {
    return isOwnAddress(address) || this.held.has(`address ${textOf(address, 'local') ?? ''} ${textOf(address, 'address') ?? ''}`);
  }

  /** A router's comes by its next advertisement. */
  hasRoute(route: SeenRoute): boolean {
    const protocol = route.fields['protocol'];
    return protocol === PROTOCOL || protocol === ADVERTISED || this.held.has(`route ${placeOf(route)}`);
  }

  hasNeighbour(neighbour: Fields): boolean {
    return neighbour['protocol'] === PROTOCOL || this.held.has(`neighbour ${textOf(neighbour, 'dst') ?? ''}${neighbour['proxy'] === undefined ? '' : ' proxy'}`);
  }
}

export function isOwnAddress({ metric }: Fields): boolean {
  return metric === METRIC || metric === UNANNOUNCED;
}

const MAIN = '254';
