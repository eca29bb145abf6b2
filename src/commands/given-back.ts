// commands/given-back.ts — an interface comes back with what was put on its bridge meanwhile, and is then looked at: is all there that was there before?
import type { Ledger } from '../core/borrow.ts';
import type { Facts } from '../core/facts.ts';
import type { Ref, Resource, Wanted } from '../core/resource.ts';
import type { Address } from '../kinds/address/model.ts';
import { addressText } from '../kinds/address/model.ts';
import { METRIC, PROTOCOL, UNANNOUNCED } from '../kinds/ours.ts';
import { routeKey } from '../kinds/route/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { differencesOf } from '../uplinks/differences.ts';
import type { Picture } from '../uplinks/picture.ts';
import { readPictures } from '../uplinks/read.ts';
import type { Pictures } from './pictures.ts';
import type { World } from './world.ts';

/** The ledger with the addresses and routes that others have put on the bridges of interfaces which are about to be given back. */
export function withPutOn(ledger: Ledger, wanted: Wanted, { links }: Facts): Ledger {
  const added = [...ledger.keys()].flatMap((ref) => {
    const name = ref.startsWith('link ') ? ref.slice('link '.length) : undefined;
    const found = name === undefined || wanted.state.has(ref) ? undefined : links.get(name);
    // A guest's device is no uplink: nothing of the host's is on its bridge.
    return found === undefined || !found.promiscuous || links.get(found.master ?? '')?.ours !== true ? [] : putOn(found.name, found.master ?? '', ledger, links);
  });
  return added.length === 0 ? ledger : new Map([...ledger, ...added]);
}

function putOn(link: string, bridge: string, ledger: Ledger, links: Facts['links']): readonly (readonly [Ref, Resource])[] {
  const on = links.get(bridge);
  const lent = [...ledger.values()].flatMap((one) => (isAddress(one) && one.link === link ? [one] : []));
  const known = new Set(lent.map(textOf));
  const addresses = (on?.addresses ?? []).filter((one) => !one.ours && !one.cidr.startsWith('fe80:') && !known.has(textOf(one)))
    .map(({ ours: _ours, ...one }): Address => ({ ...one, kind: 'address', link, borrowed: true }));
  const standsOn = [...lent, ...addresses].map((one): Ref => `address ${link} ${addressText(one)}`);
  const routes = (on?.routes ?? []).filter(({ protocol }) => protocol !== PROTOCOL)
    .map((one): Route => ({ ...one, kind: 'route', link, borrowed: true, standsOn })).filter((route) => !ledger.has(`route ${routeKey(route)}`));
  return [...addresses.map((one) => [`address ${link} ${addressText(one)}`, one] as const), ...routes.map((one) => [`route ${routeKey(one)}`, one] as const)];
}

function textOf({ cidr, peer }: { readonly cidr: string; readonly peer?: string }): string {
  return `${cidr.split('/', 1).join('')} ${peer ?? ''}`;
}

function isAddress(resource: Resource): resource is Address {
  return resource.kind === 'address';
}

/** What of interfaces that are given back by now is not as it was, a line each with the command that mends it. What they have besides is somebody's. */
export async function missingFrom({ driver }: Pick<World, 'driver'>, before: Pictures, isLent: (name: string) => boolean): Promise<readonly string[]> {
  const given = [...before.values()].filter(({ name }) => !isLent(name));
  return await unlike(driver, given, Infinity);
}

/** `elapsed`: seconds since they were read; what lasted no longer has gone by itself. */
export async function unlike(driver: World['driver'], before: readonly Picture[], elapsed: number): Promise<readonly string[]> {
  const after = await readPictures(driver, before.map(({ name }) => name));
  return before.flatMap((picture) => {
    const now = after.get(picture.name);
    // With a device goes what lived on it.
    if (now === undefined) return [];
    return differencesOf(withoutOurs(picture), now, elapsed).filter(({ what }) => !what.endsWith(' was not there')).map(({ what, mend }) => (mend === undefined ? what : `${what}: ${mend}`));
  });
}

/** Floating addresses may have been on it: those come and go with the spec. */
function withoutOurs(picture: Picture): Picture {
  const isOurs = ({ metric }: Picture['addresses'][number]): boolean => metric === METRIC || metric === UNANNOUNCED;
  const own = new Set(picture.addresses.filter(isOurs).map(({ local }) => local));
  return {
    ...picture,
    addresses: picture.addresses.filter((address) => !isOurs(address)),
    routes: picture.routes.filter(({ fields }) => fields['protocol'] !== PROTOCOL && fields['metric'] !== METRIC && !own.has(fields['prefsrc'])),
  };
}
