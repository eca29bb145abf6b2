// uplinks/left-rules.ts — rules of others that name a bridge which is about to go: of firewalls and of policy routing.
import { GROUP } from '../core/marks.ts';
import type { Fields } from '../iproute2/fields.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import type { Leaving } from './leaving.ts';
import { concerns, effectOf, fixesOf, wordsOf } from './interface-rules.ts';
import type { InterfaceRule } from './interface-rules.ts';
import type { Snapshot } from './snapshot.ts';
import { ruleWords } from './format.ts';

export function* leftRules(
  left: Leaving & {
    readonly snapshot: Snapshot;
    readonly ofUplink?: Snapshot;
    readonly interfaceRules: readonly InterfaceRule[];
  },
): Iterable<Finding> {
  yield* ofFirewalls(left);
  yield* ofPolicy(left);
}

/** Not those that are there for the interface as well: nothing is lost by them. */
function* ofFirewalls({
  bridge,
  goes,
  to,
  uplink,
  interfaceRules,
}: Leaving & { readonly interfaceRules: readonly InterfaceRule[] }): Iterable<Finding> {
  const rules = interfaceRules.filter(
    (rule) =>
      concerns(rule, bridge, to ?? uplink ?? '', GROUP) &&
      !(to !== undefined && interfaceRules.some((other) => isSameFor(other, rule, to, bridge))),
  );
  if (rules.length === 0) return;
  const effects = rules.map((rule) => `\`${wordsOf(rule)}\` ${effectOf(rule)}`);
  const mends = to === undefined ? [] : fixesOf(rules, bridge, to);
  yield {
    ...said(
      'bridge-rules',
      `${rules.length === 1 ? 'a rule of others names' : `${rules.length} rules of others name`} ${bridge}, ${goes ? 'which is deleted' : `which ${uplink ?? ''} leaves`}: ${listed(effects)}`,
      mends.length === 0
        ? 'take them away, or have them name another device'
        : `the same for ${to ?? ''}: ${listed(mends)}`,
    ),
    details: [...effects, ...mends],
  };
}

function isSameFor(other: InterfaceRule, rule: InterfaceRule, to: string, bridge: string): boolean {
  return (
    other.tool === rule.tool &&
    other.table === rule.table &&
    other.chain === rule.chain &&
    other.rule === rule.rule.replaceAll(bridge, to)
  );
}

function* ofPolicy({
  bridge,
  goes,
  to = 'INTERFACE',
  uplink,
  snapshot,
  ofUplink,
}: Leaving & { readonly snapshot: Snapshot; readonly ofUplink?: Snapshot }): Iterable<Finding> {
  const there = new Set((ofUplink?.rules ?? []).map((rule) => withoutPlace(rule)));
  const rules = snapshot.rules.filter((rule) => !there.has(withoutPlace(on(rule, bridge, to))));
  if (rules.length === 0) return;
  yield said(
    'bridge-policy-rule',
    `${rules.length === 1 ? 'a policy rule names' : `${rules.length} policy rules name`} ${bridge}, ${goes ? 'which is deleted' : `which ${uplink ?? ''} leaves`}, and ${rules.length === 1 ? 'matches' : 'match'} nothing of it any more: ${listed(rules.map(ruleWords))}`,
    `the same for ${to}: ${listed(rules.map((rule) => `ip ${rule['family'] === 6 ? '-6 ' : ''}rule add ${ruleWords(on(rule, bridge, to))}`))}`,
  );
}

function on(rule: Fields, bridge: string, to: string): Fields {
  return { ...rule, ...(rule['iif'] === bridge ? { iif: to } : {}), ...(rule['oif'] === bridge ? { oif: to } : {}) };
}

function withoutPlace({ priority: _priority, ...rule }: Fields): string {
  return JSON.stringify(
    Object.entries(rule)
      .filter(([name]) => !name.endsWith('_detached'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
