// kinds/neighbour/model.ts — one entry of a device's neighbour table that somebody has put there: of a neighbour, or of
// one that the device answers for.
import type { Resource } from '../../core/resource.ts';
import { neighbourIn } from '../../iproute2/neighbours.ts';
import type { Fields } from '../../iproute2/fields.ts';
import type { Ref } from '../../core/resource.ts';

export interface Neighbour extends Resource {
  readonly kind: 'neighbour';
  readonly link: string;
  readonly ip: string;
  /** `proxy`: the device answers for it. */
  readonly state: 'permanent' | 'proxy';
  /** Absent of a proxy. */
  readonly mac?: string;
  readonly router?: true;
  /** Of borrowed ones, as it was found. Ours bear PROTOCOL. */
  readonly protocol?: string;
  /** The interface it was moved from. All that somebody has put there are borrowed. */
  readonly movedFrom?: string;
  /** Observed only: the addresses with the last of which it goes, so that it goes before them and comes back after. */
  readonly dependsOn?: readonly Ref[];
}

/** What `ip -d -N -j neigh show` prints of one, as it would be wanted on a device. */
export function neighbourOn(link: string, fields: Fields): Neighbour | undefined {
  const record = neighbourIn(fields);
  if (record === undefined) return undefined;
  const { ip, state, mac, router } = record;
  return { kind: 'neighbour', link, ip, state, ...(mac === undefined ? {} : { mac }), ...(router ? { router } : {}) };
}

export function isNeighbour(resource: { readonly kind: string }): resource is Neighbour {
  return resource.kind === 'neighbour';
}
