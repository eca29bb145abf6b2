// commands/taken-floating.ts — floating addresses that are about to be added, and that somebody on the wire had when the host last heard of it.
import type { Diagnostic, HostReader, State, Wanted } from '../core/resource.ts';
import { readRecords, textOf, textsOf } from '../iproute2/fields.ts';
import { readLinks } from '../iproute2/links.ts';
import { READ_ALL_NEIGHBOURS } from '../iproute2/neighbours.ts';
import { isAddress } from '../kinds/address/model.ts';
import { ipOf } from '../net/ipv4.ts';

/** Of which the kernel knows, or takes for granted, that the address is there. */
const KNOWN: readonly string[] = ['REACHABLE', 'STALE', 'DELAY', 'PERMANENT'];

/** One call where a floating address is to be added, and none otherwise. Nobody is asked anything. */
export async function takenFloating(host: HostReader, wanted: State, observed: State, because: Wanted['because']): Promise<readonly Diagnostic[]> {
  const added = [...wanted].flatMap(([ref, after]) => (isAddress(after) && after.announce === true && !observed.has(ref) ? [{ ref, link: after.link, ip: ipOf(after.cidr) }] : []));
  if (added.length === 0) return [];
  const [printed, links] = await Promise.all([host.read(READ_ALL_NEIGHBOURS), readLinks(host)]);
  const own = new Set(links.flatMap(({ mac }) => (mac === undefined ? [] : [mac])));
  const known = new Map(readRecords(printed).flatMap((record) => {
    const [ip, mac, dev] = [textOf(record, 'dst'), textOf(record, 'lladdr'), textOf(record, 'dev')];
    const state = textsOf(record, 'state').find((one) => KNOWN.includes(one));
    return ip === undefined || mac === undefined || dev === undefined || state === undefined || own.has(mac) ? [] : [[ip, { mac, dev, state }] as const];
  }));
  return added.flatMap(({ ref, link, ip }): readonly Diagnostic[] => {
    const holder = known.get(ip);
    if (holder === undefined) return [];
    return [{
      severity: 'warning', asks: true, code: 'floating-taken', against: [ref], at: (because.get(ref) ?? []).slice(0, 1),
      message: `${holder.mac} on ${holder.dev} had ${ip} when this host last heard of it (${holder.state}): with it on ${link} as well, packets go now to one and now to the other`,
      hint: `arping -D -c 2 -I ${holder.dev} ${ip} asks whether somebody still has it; \`ip neigh del ${ip} dev ${holder.dev}\` forgets it`,
    }];
  });
}
