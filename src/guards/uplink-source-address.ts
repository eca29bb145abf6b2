// guards/uplink-source-address.ts — a network that is the one which its uplink is in, and in which netctl has another address than the host: from that
// one the host speaks to its neighbours.
import type { Guard, State } from '../core/resource.ts';
import { METRIC } from '../core/marks.ts';
import { isAddress } from '../kinds/address/model.ts';
import type { Address } from '../kinds/address/model.ts';
import { isRoute, metricOf } from '../kinds/route/model.ts';
import { baseOf, ipOf } from '../net/ipv4.ts';
import { said } from '../uplinks/finding.ts';

/**
 * netctl's own address is the first, and the kernel's route to the network has it as source: dnsmasq leaves the source of its answers to the kernel, and a
 * guest whose client or firewall takes them from the server alone would renew no lease.
 */
export const uplinkSourceAddress: Guard = function* (plan, observed, wanted) {
  const changed = new Set(plan.changes.flatMap(({ ref, verb }) => (verb === 'delete' ? [] : [ref])));
  for (const [ref, own] of wanted.state) {
    if (!isAddress(own) || own.first !== true || own.cidr.includes(':')) continue;
    const isNear = (one: Address): boolean => one.scope === undefined && !one.cidr.includes(':') && networkOf(one) === networkOf(own);
    const moved = [...wanted.state].filter(([, one]) => isAddress(one) && one.link === own.link && one.movedFrom !== undefined && isNear(one));
    if (![ref, ...moved.map(([each]) => each)].some((each) => changed.has(each))) continue;
    const before = sourceBefore(observed, moved.flatMap(([, one]) => (isAddress(one) ? (one.movedFrom ?? []) : [])), own, isNear);
    if (before === undefined || ipOf(before.cidr) === ipOf(own.cidr) || (before.noPrefixRoute === true && hasRoute(wanted.state, own))) continue;
    const [now, then] = [ipOf(own.cidr), ipOf(before.cidr)];
    const because = (wanted.because.get(ref) ?? []).slice(0, 1);
    yield {
      ...said(
        'uplink-source-address',
        `connections that the host begins to ${networkOf(own)} will come from ${now}, netctl's address on ${own.link}, and come from ${then} now: whoever tells this host by its address (NFS exports, access lists, firewalls of servers there) is to know ${now}, too`,
        because[0]?.at(-1) === 'gateway' ? `\`gateway: ${then}\`, and it stays as it is` : `\`dhcp: { server: ${then} }\`, and it stays as it is: the network has no address of its own`,
      ),
      at: because,
    };
  }
};

/** The first of the network where the host has it so far. */
function sourceBefore(observed: State, uplinks: readonly string[], own: Address, isNear: (one: Address) => boolean): Address | undefined {
  const there = [...observed.values()].filter(isAddress).filter((one) => one.missing !== true && isNear(one));
  return there.find(({ link }) => uplinks.includes(link)) ?? there.find(({ link }) => link === own.link);
}

/** One that somebody has made in the kernel's stead, as NetworkManager does, with its source: it comes along, and before the kernel's. */
function hasRoute(state: State, own: Address): boolean {
  return [...state.values()].some((one) => isRoute(one) && one.link === own.link && one.to === networkOf(own) && one.table === undefined && one.source !== undefined && metricOf(one) < METRIC);
}

function networkOf({ cidr, peer }: Address): string {
  return baseOf(peer === undefined ? cidr : `${peer}/${cidr.split('/')[1] ?? ''}`);
}
