// guards/management-path.ts — nobody should saw off the branch that he sits on without being told: a plan that touches
// the way the operator came in.
import { disruptionsOf } from '../core/disruption.ts';
import { kindOf } from '../core/resource.ts';
import type { Change, Disruption, Guard, Kinds } from '../core/resource.ts';
import type { Address } from '../kinds/address/model.ts';
import type { Link } from '../kinds/link/model.ts';
import type { Route } from '../kinds/route/model.ts';
import { bitsOf, contains } from '../net/ip.ts';
import type { Circumstances, Way } from './circumstances.ts';
import { several } from './several.ts';

type Known = Link | Address | Route;

/** Says which of the changes touch its interface, its address or its route, and asks. */
export function managementPath({ way }: Pick<Circumstances, 'way'>): Guard {
  return function* (plan, _observed, wanted, kinds) {
    if (way === undefined) return;
    const touching = disruptionsOf(plan.changes, kinds)
      .filter(([change, disruption]) => touches(change, disruption, way))
      .map(([change]) => change);
    if (touching.length === 0) return;
    const by = way.links[0] === undefined ? '' : ` on ${way.links[0]}`;
    yield {
      severity: 'warning',
      asks: true,
      code: 'management-path',
      against: touching.map(({ ref }) => ref),
      at: touching.flatMap(({ ref }) => wanted.because.get(ref) ?? []).slice(0, 1),
      message: `your SSH session from ${way.peer}${way.local === undefined ? '' : ` arrives at ${way.local}`}${by}, and this plan touches its way: it ${several(touching.map((change) => inWords(change, kinds)))}`,
      hint: 'with --confirm-timeout 60s all of it is rolled back by itself, unless netctl confirm comes within that time',
    };
  };
}

function touches(change: Change, disruption: Disruption, way: Way): boolean {
  const now = resourceOf(change);
  const before = change.verb === 'create' ? undefined : change.before;
  if (!isKnown(now)) return false;
  switch (now.kind) {
    case 'link':
      return (
        disruption.class !== 'none' &&
        (way.links.includes(now.name) ||
          [now, before].some((one) => one !== undefined && isKnown(one) && isUplinkOf(one, way.links)))
      );
    case 'address':
      return touchesAddress(change.verb, now, disruption, way);
    case 'route':
      return (change.verb === 'create' || disruption.class !== 'none') && isOnWay(now.to, way);
  }
}

/** The session's own; one that lends the link its route; and one whose network takes the peer elsewhere. */
function touchesAddress(verb: Change['verb'], { link, cidr }: Address, disruption: Disruption, way: Way): boolean {
  const isOwn = ipIn(cidr) === way.local;
  if (verb === 'create') return isOwn || (!way.links.includes(link) && isOnWay(cidr, way));
  return disruption.class !== 'none' && (isOwn || (disruption.class === 'link' && way.links.includes(link)));
}

/** An uplink that goes into a bridge, or leaves it. An instance's device is none. */
function isUplinkOf(resource: Known, links: readonly string[]): boolean {
  return (
    resource.kind === 'link' &&
    resource.type === 'port' &&
    !resource.hairpin &&
    resource.master !== undefined &&
    links.includes(resource.master)
  );
}

/** Longer than the route by which the peer is found, or that one itself. */
function isOnWay(network: string, { peer, route }: Way): boolean {
  const [ip = ''] = peer.split('%');
  return contains(network, ip) && (route === undefined || bitsOf(network) >= bitsOf(route));
}

const VERBS = { create: 'adds', update: 'changes', replace: 'makes anew', delete: 'removes' } as const;

function inWords(change: Change, kinds: Kinds): string {
  const resource = resourceOf(change);
  return `${VERBS[change.verb]} ${resource.kind} ${kindOf(resource, kinds).describe(resource, change.verb === 'update' ? change.before : undefined)}`;
}

function resourceOf(change: Change): { readonly kind: string } {
  return change.verb === 'delete' ? change.before : change.after;
}

function isKnown(resource: { readonly kind: string }): resource is Known {
  return resource.kind === 'link' || resource.kind === 'address' || resource.kind === 'route';
}

function ipIn(cidr: string): string {
  return cidr.split('/', 1).join('');
}
