// kinds/chain/index.ts — chains of a firewall: how netctl knows its own, and what changes. How a host is read and told
// is for a backend to say.
import type { HostReader, Kind, Memory } from '../../core/resource.ts';
import type { Asked, Backend } from './backend.ts';
import { difference } from './difference.ts';
import { disrupts } from './disrupts.ts';
import { lookupsBy } from './lookups.ts';
import { remember } from './memory.ts';
import { asHeld, inOrder, isFound, isOwn, kindFor, rulesOf } from './model.ts';
import type { Family } from '../../net/ip.ts';
import type { Chain, ChainRule } from './model.ts';
import type { Said } from './rule.ts';

/**
 * Whether a host is looked at on which no chain is wanted: `always`; where some are remembered, or the backend sees
 * some in what is read in any case; or where some are `remembered`.
 */
export type Unasked = 'always' | 'seen' | 'remembered';

export function createChainKind(backend: Backend, family: Family, unasked: Unasked = 'always'): Kind<Chain> {
  const kind = kindFor(family);
  /** Nobody but netctl makes chains of its name: where none were, there are none until some are wanted. */
  const without = new WeakSet<HostReader>();
  const mayHold = async (host: HostReader, wanted: readonly Chain[], memory: Memory): Promise<boolean> => {
    if (unasked === 'always' || wanted.length > 0 || memory[HERE] !== undefined) return true;
    if (unasked === 'remembered' || without.has(host)) return false;
    const holds = await backend.mayHold(host, family);
    if (!holds) without.add(host);
    return holds;
  };
  const key = ({ table, name }: Chain): string => `${table}/${name}`;
  const asked = (wanted: readonly Chain[], memory: Memory): Asked => ({
    family,
    needed: new Set(wanted.map(({ table }) => table)),
    memory,
  });
  const observe = async (host: HostReader, wanted: readonly Chain[], memory: Memory): Promise<readonly Chain[]> =>
    (await mayHold(host, wanted, memory)) ? await backend.observe(host, asked(wanted, memory)) : [];
  const says = (rule: ChainRule): Said => (isFound(rule) ? backend.valueOf(rule) : rule);
  const leadsTo = (rule: ChainRule): string | undefined =>
    isFound(rule)
      ? backend.leadsTo(rule)
      : rule.then.target === 'jump' && isOwn(rule.then.chain)
        ? rule.then.chain
        : undefined;
  return {
    kind,
    key,
    needs: ({ table, rules }) =>
      [...new Set(rules.flatMap((rule) => leadsTo(rule) ?? []))].map((name) => `${kind} ${table}/${name}` as const),
    ...(unasked === 'always' ? { reads: backend.reads(family) } : {}),
    watches: [rulesOf(family)],
    observe,
    again: async (host, wanted, memory, names, before) => {
      if (!(await mayHold(host, wanted, memory))) return [];
      const found = await backend.observeSome(host, asked(wanted, memory), names);
      return found === undefined
        ? await observe(host, wanted, memory)
        : [...before.filter((one) => !names.includes(key(one))), ...found];
    },
    composite: lookupsBy(backend, family),
    merge: (a, b) => mergeAll([a, b]),
    mergeAll,
    same: (observed, wanted) => tagsOf(observed.rules) === tagsOf(isOwn(wanted.name) ? wanted.rules : asHeld(wanted)),
    steps: (changes) => [{ changes, ops: backend.ops(changes, family) }],
    ...(unasked === 'always'
      ? { remember }
      : {
          remember: (found) => (found.length === 0 ? {} : { ...remember(found), [HERE]: 'yes' }),
          recordBefore: (changes) => (changes.some(({ verb }) => verb !== 'delete') ? { [HERE]: 'yes' } : {}),
        }),
    disrupts: (change) => disrupts(change, says),
    describe,
  };
}

/** Remembered beside the rules where there is a chain of ours, be it empty. */
const HERE = 'here';

function mergeAll(all: readonly Chain[]): Chain | undefined {
  return all[0] && { ...all[0], rules: inOrder(all.flatMap(({ rules }) => rules)) };
}

function tagsOf(rules: Chain['rules']): string {
  return rules.map(({ tag }) => tag).join('\n');
}

function describe(resource: Chain, before?: Chain): string {
  const name = `${resource.table} ${resource.name}`;
  if (before === undefined) return resource.rules.length === 0 ? name : `${name}  ${counted(resource.rules.length)}`;
  const { removed, added } = difference(before, resource);
  const signs = [
    ...(added.length === 0 ? [] : [`+${added.length}`]),
    ...(removed.length === 0 ? [] : [`-${removed.length}`]),
  ];
  return `${name}  ${signs.length === 0 ? 'in another order' : `${signs.join(' ')} ${added.length + removed.length === 1 ? 'rule' : 'rules'}`}`;
}

function counted(rules: number): string {
  return `${rules} ${rules === 1 ? 'rule' : 'rules'}`;
}
