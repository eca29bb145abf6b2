// uplinks/judge.ts — what becomes of all that hangs on an interface when it goes into a bridge: what is not carried is refused, or said.
import { ofJoins, ofLeases, ofNeighbours, ofPolicy, ofQueues, ofRoutes, ofUnknown, ofUnread } from './attributes.ts';
import { ofDependents, ofDevice, ofMaster } from './device.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { concerns, effectOf, mendsOf, wordsOf } from './naming.ts';
import type { NamingRule } from './naming.ts';
import type { Picture } from './picture.ts';

/** `naming`: rules of others that name any interface. */
export function* judge(picture: Picture, bridge: string, naming: readonly NamingRule[]): Iterable<Finding> {
  const impossible = [...ofDevice(picture)];
  yield* impossible;
  // Nothing of it is going to move.
  if (impossible.length > 0) return;
  yield* ofMaster(picture);
  yield* ofDependents(picture, bridge);
  yield* ofUnknown(picture);
  yield* ofRoutes(picture);
  yield* ofNeighbours(picture);
  yield* ofRules(picture.name, bridge, naming);
  yield* ofPolicy(picture, bridge);
  yield* ofLeases(picture, bridge);
  yield* ofQueues(picture, bridge);
  yield* ofJoins(picture, bridge);
  yield* ofUnread(picture);
}

/** Each is named, with what it does no more; of many the first ones, and all as data. */
function* ofRules(name: string, bridge: string, naming: readonly NamingRule[]): Iterable<Finding> {
  const rules = naming.filter((rule) => concerns(rule, name, bridge));
  if (rules.length === 0) return;
  const effects = rules.map((rule) => `\`${wordsOf(rule)}\` ${effectOf(rule)}`);
  const mends = mendsOf(rules, name, bridge);
  yield {
    ...said(
      'uplink-rules',
      `${rules.length === 1 ? 'a rule of others names' : `${rules.length} rules of others name`} ${name}, and what comes and goes by it will come and go by ${bridge}: ${listed(effects)}`,
      `${mends.some((mend) => / (-R|replace) /.test(mend)) ? 'the same for' : 'the same once more with'} ${bridge}: ${listed(mends)}`,
    ),
    details: [...effects, ...mends],
  };
}
