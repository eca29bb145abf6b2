// parts/hook.ts — what leads into our chains: a rule in the kernel's chain of the same name.
import type { Path, Want } from '../core/resource.ts';
import { CHAIN_PREFIX } from '../core/marks.ts';
import { chain } from '../kinds/chain/model.ts';
import type { Chain, Rule, Table } from '../kinds/chain/model.ts';
import type { Family } from '../net/ip.ts';
import { rank } from './rank.ts';

/**
 * The kernel's chain `name` (`FORWARD`) leads into ours (`netctl-FORWARD`), before the rules of others. For every
 * feature that wants rules there: however many want it, it is one rule.
 */
export function* hooked(
  table: Table,
  name: string,
  because: readonly Path[],
  family: Family = 4,
): Iterable<Want<Chain>> {
  const own = `${CHAIN_PREFIX}${name}`;
  yield { resource: chain(table, own, [], family), because };
  yield { resource: chain(table, name, [{ ...jumpTo(own), place: 'top' }], family), because };
}

/** The same of all features, else it would be a rule for each. */
export function jumpTo(name: string): Rule {
  return { rank: rank.hook, match: [], then: { target: 'jump', chain: name }, why: 'networks' };
}
