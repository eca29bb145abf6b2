// uplinks/judge.ts — what becomes of all that hangs on an interface when it goes into a bridge: what is not carried is
// refused, or said.
import { ofJoins, ofLeases, ofNeighbours, ofPolicy, ofQueues, ofUnread } from './attributes.ts';
import { ofUnknown } from './unknown-fields.ts';
import { ofAdvertised, ofDaemons, ofRoutes } from './interface-routes.ts';
import { ofConnected } from './connected.ts';
import { ofDuplicates, ofLengths } from './duplicates.ts';
import { ofDependents, ofDevice, ofElsewhere, ofMacvlan, ofMaster } from './device.ts';
import type { Elsewhere } from './elsewhere.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Bound } from './bound.ts';
import { concerns, effectOf, groupOf, meansPort, fixesOf, takesIn, wordsOf } from './interface-rules.ts';
import { ofIpv6Mtu, ofNamed } from './tokens-and-labels.ts';
import type { InterfaceRule } from './interface-rules.ts';
import type { Snapshot } from './snapshot.ts';
import { ofBound, ofState } from './state.ts';

/** Where an interface goes, and what of others is about any interface. */
export interface Way {
  readonly bridge: string;
  /** The MTU of the network, in bytes. */
  readonly carries: number;
  /** Rules of others that name interfaces. */
  readonly interfaceRules: readonly InterfaceRule[];
  readonly bound: readonly Bound[];
  /** What depends on devices of this network namespace in others. */
  readonly elsewhere: readonly Elsewhere[];
}

export function* judge(
  snapshot: Snapshot,
  { bridge, carries, interfaceRules, bound, elsewhere }: Way,
): Iterable<Finding> {
  const impossible = [...ofDevice(snapshot)];
  yield* impossible;
  // Nothing of it is going to move.
  if (impossible.length > 0) return;
  yield* ofMacvlan(snapshot);
  yield* ofMaster(snapshot);
  yield* ofDependents(snapshot, bridge);
  yield* ofElsewhere(snapshot, bridge, elsewhere);
  yield* ofUnknown(snapshot);
  yield* ofRoutes(snapshot);
  yield* ofAdvertised(snapshot, bridge);
  yield* ofConnected(snapshot);
  yield* ofLengths(snapshot);
  yield* ofDuplicates(snapshot);
  yield* ofNeighbours(snapshot);
  yield* ofState(snapshot, bridge, carries);
  yield* ofRules(snapshot, bridge, interfaceRules);
  yield* ofPatterns(snapshot, bridge, interfaceRules);
  yield* ofPortRules(snapshot, bridge, interfaceRules);
  yield* ofPolicy(snapshot, bridge);
  yield* ofLeases(snapshot, bridge);
  yield* ofDaemons(snapshot, bridge);
  yield* ofQueues(snapshot, bridge);
  yield* ofJoins(snapshot, bridge);
  yield* ofNamed(snapshot, bridge);
  yield* ofIpv6Mtu(snapshot, bridge);
  yield* ofBound(snapshot, bridge, bound);
  yield* ofUnread(snapshot);
}

/** Each is named, with what it does no more; of many the first ones, and all as data. */
function* ofRules(
  { name, link }: Snapshot,
  bridge: string,
  interfaceRules: readonly InterfaceRule[],
): Iterable<Finding> {
  const rules = interfaceRules.filter((rule) => concerns(rule, name, bridge, groupOf(link)));
  if (rules.length === 0) return;
  const effects = rules.map((rule) => `\`${wordsOf(rule)}\` ${effectOf(rule)}`);
  const mends = fixesOf(rules, name, bridge);
  yield {
    ...said(
      'uplink-rules',
      `${rules.length === 1 ? 'a rule of others names' : `${rules.length} rules of others name`} ${name}, and what comes and goes by it will come and go by ${bridge}: ${listed(effects)}`,
      mends.length === 0
        ? 'see whether it is meant for them'
        : `${mends.some((mend) => / (-R|replace) /.test(mend)) ? 'the same for' : 'the same once more with'} ${bridge}: ${listed(mends)}`,
    ),
    details: [...effects, ...mends],
  };
}

/** A firewall that was made for other bridges, or for this one while it had no uplink. */
function* ofPatterns({ name }: Snapshot, bridge: string, interfaceRules: readonly InterfaceRule[]): Iterable<Finding> {
  const rules = interfaceRules
    .filter((rule) => takesIn(rule, name, bridge, interfaceRules))
    .map((rule) => `\`${wordsOf(rule)}\``);
  if (rules.length === 0) return;
  yield {
    ...said(
      'uplink-bridge-rules',
      `${rules.length === 1 ? 'a rule of others means' : `${rules.length} rules of others mean`} ${bridge}, by its name or a pattern, and not ${name}, and so will judge what comes and goes by ${name} too: ${listed(rules)}`,
      'give the bridge another name (`bridge:` of the network), or put rules for what comes by it before',
    ),
    details: rules,
  };
}

/** `-m physdev` and `iifkind "bridge"`: what was to be of other bridges, or was written for a bridge that was there. */
function* ofPortRules({ name }: Snapshot, bridge: string, interfaceRules: readonly InterfaceRule[]): Iterable<Finding> {
  const rules = interfaceRules.filter((rule) => meansPort(rule, name)).map((rule) => `\`${wordsOf(rule)}\``);
  if (rules.length === 0) return;
  yield {
    ...said(
      'uplink-port-rules',
      `${rules.length === 1 ? 'a rule of others matches' : `${rules.length} rules of others match`} by the port of a bridge, or by what is a bridge, and so will judge what comes and goes by ${name} otherwise: ${listed(rules)}`,
      `put rules for ${bridge} before`,
    ),
    details: rules,
  };
}
