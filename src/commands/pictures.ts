// commands/pictures.ts — all that hangs on interfaces of the host which are borrowed: read before they are, kept while they are.
import type { Ledger } from '../core/borrow.ts';
import type { Facts } from '../core/facts.ts';
import type { Stored } from '../core/stored.ts';
import { uplinkOf } from '../parts/bridge.ts';
import type { Host, Spec } from '../spec/model.ts';
import { pictureIn } from '../uplinks/picture.ts';
import type { Picture } from '../uplinks/picture.ts';
import { readPictures } from '../uplinks/read.ts';
import type { World } from './world.ts';

export type Pictures = ReadonlyMap<string, Picture>;

/** Of interfaces that are in our bridges what was kept of them; of those that are on their way there how they are. */
export async function picturesOf({ driver }: World, spec: Spec, self: Host, { links }: Facts, kept: Stored | undefined): Promise<Pictures> {
  const known = picturesIn(kept);
  const isInOurs = (name: string): boolean => links.get(links.get(name)?.master ?? '')?.ours === true;
  const asked = spec.networks.flatMap((network) => uplinkOf(network, self) ?? []).filter((name) => links.has(name) && !known.has(name) && !isInOurs(name));
  return new Map([...known, ...await readPictures(driver, asked)]);
}

export function picturesIn({ found = {} }: Pick<Stored, 'found'> = {}): Pictures {
  return new Map(Object.entries(found).flatMap(([name, kept]) => {
    const picture = pictureIn(kept);
    return picture === undefined ? [] : [[name, picture] as const];
  }));
}

/** What is to be kept of them: of those that the ledger still has. */
export function foundOf(pictures: Pictures, ledger: Ledger): Pick<Stored, 'found'> {
  const found = [...pictures].filter(([name]) => ledger.has(`link ${name}`));
  return found.length === 0 ? {} : { found: Object.fromEntries(found) };
}

/** Whether an interface of the host is, or is to be, a port of a bridge of ours with all that it carries. */
export function borrows(spec: Spec, self: Host, { former }: Pick<Stored, 'former'> = { former: [] }): boolean {
  return spec.networks.some((network) => uplinkOf(network, self) !== undefined) || former.some(({ kind }) => kind === 'address' || kind === 'route');
}
