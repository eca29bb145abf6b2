// conflicts/zones.ts — rules of others that put instances' packets into a zone of connection tracking, and their
// answers into another: the kernel finds no connection for these, and does not translate them back.
import type { Diagnostic } from '../core/resource.ts';
import { conflictsOf } from './judge.ts';
import { whereOf, saidOf, subjectOf } from './diagnostics.ts';
import type { Conflict } from './judge.ts';
import type { Rule, Table } from './model.ts';
import { isTranslated } from './translated.ts';
import type { RequiredTraffic, Site } from './required-traffic.ts';
import { CONNTRACK } from './untracked.ts';
import type { Stop } from './walk.ts';

/** One direction of a connection, and the rule that puts its packets into a zone. */
interface Direction {
  readonly need: RequiredTraffic;
  readonly stop: Stop;
}

/** By tables in which zones are sought. */
export function zoned(tables: readonly Table[], site: Site): readonly Conflict[] {
  const found = new Map<Rule, { stop: Stop; needs: RequiredTraffic[] }>();
  for (const directions of connectionsIn(tables, site)) {
    const zones = directions.map(({ stop }) => zoneOf(stop));
    // Packets by no such rule are in zone 0.
    if (directions.length === 1 ? zones[0] === 0 : zones[0] === zones[1]) continue;
    const sure = directions.every(({ stop }) => stop.sure) && !zones.includes('unknown');
    for (const { need, stop } of directions) {
      if (stop.rule === undefined || zoneOf(stop) === 0) continue;
      const known = found.get(stop.rule) ?? { stop: { ...stop, sure }, needs: [] };
      found.set(stop.rule, { stop: { ...known.stop, sure: known.stop.sure && sure }, needs: [...known.needs, need] });
    }
  }
  return [...found.values()];
}

function zoneOf({ rule }: Stop): number | 'unknown' {
  return rule?.meaning().zone ?? 0;
}

/**
 * Those of which some rule means a direction, or both: the first one that a packet meets; another after it has no say.
 */
function connectionsIn(tables: readonly Table[], site: Site): Iterable<readonly Direction[]> {
  const found = new Map<string, Map<boolean, Direction>>();
  const asked = (need: RequiredTraffic): readonly RequiredTraffic[] =>
    !isTranslated(need) || !hasBothWays(need) ? [] : need.what === 'metadata' ? [need, answerTo(need)] : [need];
  for (const { stop, needs } of conflictsOf(
    tables.filter(({ family }) => family === 'ip' || family === 'inet'),
    site,
    () => false,
    asked,
  ))
    for (const need of needs) {
      if (stop.base.base?.hook !== (need.way === 'out' ? 'output' : 'prerouting') || priorityOf(stop) >= CONNTRACK)
        continue;
      const connection = found.get(keyOf(need)) ?? new Map<boolean, Direction>();
      found.set(keyOf(need), connection);
      const known = connection.get(isAnswer(need));
      if (known === undefined || priorityOf(stop) < priorityOf(known.stop))
        connection.set(isAnswer(need), { need, stop });
    }
  return [...found.values()].map((directions) => [...directions.values()]);
}

/** Answers come by a way that is known: those of a metadata service elsewhere may come by any. */
function hasBothWays({ what, way, packet }: RequiredTraffic): boolean {
  return what === 'metadata' ? way === 'in' : packet.in !== undefined && packet.out !== undefined;
}

function priorityOf({ base }: Stop): number {
  return base.base?.priority ?? 0;
}

/** Of both its directions the same. */
function keyOf(need: RequiredTraffic): string {
  const { what, network, packet } = need;
  const from = what === 'back' || what === 'floating' ? packet.in : what === 'metadata' ? '' : packet.out;
  return [
    network.name,
    what === 'back' ? 'outside' : what === 'floating-answer' ? 'floating' : what,
    packet.protocol,
    from,
  ].join('\0');
}

function isAnswer({ what, part }: RequiredTraffic): boolean {
  return what === 'back' || what === 'floating-answer' || part === ANSWERS;
}

const ANSWERS = 'replies of the metadata service';

/** By the service on this host. */
function answerTo(need: RequiredTraffic): RequiredTraffic {
  const {
    network,
    packet: { source, destination, destinationPort: port, protocol },
  } = need;
  return {
    ...need,
    way: 'out',
    part: ANSWERS,
    packet: {
      in: '',
      out: network.bridge,
      source: destination,
      sourceType: 'local',
      destination: source,
      destinationType: 'unicast',
      states: ['established', 'dnat'],
      protocol,
      ...(port === undefined ? {} : { sourcePort: port }),
    },
  };
}

export function zonedOf({ stop, needs }: Conflict, words: (stop: Stop) => string): Diagnostic {
  return {
    ...saidOf({ stop, needs }),
    code: 'conntrack-zone',
    message: `${subjectOf(needs)} ${stop.sure ? 'are' : 'may be'} put into another conntrack zone than packets of the other direction, and so replies are not translated back, by ${whereOf(stop)}: ${words(stop)}`,
  };
}
