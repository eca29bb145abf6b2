// conflicts/proxies.ts — rules of a transparent proxy that hand it what instances ask the host for, or what is for
// floating addresses.
import type { Diagnostic } from '../core/resource.ts';
import { shellWord } from '../core/shell.ts';
import { addressesOf, letBy, partsOf, withoutParts } from './before-nat.ts';
import { conflictsOf } from './judge.ts';
import { whereOf, saidOf, subjectOf } from './diagnostics.ts';
import type { Conflict } from './judge.ts';
import type { Table } from './model.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';
import type { Stop } from './walk.ts';

/** By tables in which proxies are sought. What instances ask others for is the proxy's business. */
export function proxied(tables: readonly Table[], site: Site): readonly Conflict[] {
  const asked = (need: RequiredTraffic): readonly RequiredTraffic[] => {
    if (need.what === 'floating') return [need, ...partsOf(need, tables, site)];
    return need.what === 'metadata' || need.what === 'dns' ? [need] : [];
  };
  return conflictsOf(
    tables.filter(({ family }) => family === 'ip' || family === 'inet'),
    site,
    () => false,
    asked,
  ).flatMap(({ stop, needs }) => {
    const told = stop.base.base?.hook === 'prerouting' ? withoutParts(needs) : [];
    return told.length === 0 ? [] : [{ stop, needs: told }];
  });
}

export function proxiedOf({ stop, needs }: Conflict, words: (stop: Stop) => string): Diagnostic {
  const { stops, ...said } = saidOf({ stop, needs });
  // Names may be answered by another.
  const isLost = needs.some(({ what, part }) => what !== 'dns' && part === undefined);
  const hint =
    stop.table.tool === 'nft' ? `nft ${shellWord(letBy(stop, needs).join('; '))}` : letPast(stop, needs).join(' && ');
  return {
    ...said,
    ...(stops === undefined || !isLost ? {} : { stops }),
    code: 'translated-elsewhere',
    hint,
    message: `${subjectOf(needs)} ${stop.sure ? 'are' : 'may be'} handed to a transparent proxy by ${whereOf(stop)}: ${words(stop)}`,
  };
}

/** An accept ends that table alone. */
function letPast({ table, base }: Stop, needs: readonly RequiredTraffic[]): readonly string[] {
  const asked = needs.map(({ what, packet: { protocol, destination, destinationPort, sentTo, sentToPort, bound } }) => {
    const range = bound ?? sentTo ?? destination;
    const to = range.first === range.last ? `-d ${addressesOf(range)}` : `-m iprange --dst-range ${addressesOf(range)}`;
    return what === 'floating' ? to : `${to} -p ${protocol} --dport ${sentToPort ?? destinationPort ?? ''}`;
  });
  return [...new Set(asked)].map((match) => `${table.tool} -t ${table.name} -I ${base.name} ${match} -j ACCEPT`);
}
