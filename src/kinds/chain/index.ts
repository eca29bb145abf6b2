// kinds/chain/index.ts — chains of a firewall: how netctl knows its own, and what changes. How a host is read and told
// is for a backend to say.
import type { HostReader, Kind, Memory } from '../../core/resource.ts';
import type { Asked, Backend } from './backend.ts';
import { difference } from './difference.ts';
import { disrupts } from './disrupts.ts';
import { lookupsBy } from './lookups.ts';
import { remember } from './memory.ts';
import { asHeld, inOrder, isFound, isOwn, kindFor } from './model.ts';
import type { Family } from '../../net/ip.ts';
import type { Chain, ChainRule } from './model.ts';
import type { Said } from './rule.ts';

export function createChainKind(backend: Backend, family: Family): Kind<Chain> {
  const kind = kindFor(family);
  const key = ({ table, name }: Chain): string => `${table}/${name}`;
  const asked = (wanted: readonly Chain[], memory: Memory): Asked => ({
    family,
    needed: new Set(wanted.map(({ table }) => table)),
    memory,
  });
  const observe = async (host: HostReader, wanted: readonly Chain[], memory: Memory): Promise<readonly Chain[]> =>
    await backend.observe(host, asked(wanted, memory));
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
    reads: backend.reads(family),
    watches: ['rules'],
    observe,
    again: async (host, wanted, memory, names, before) => {
      const found = await backend.observeSome(host, asked(wanted, memory), names);
      return found === undefined
        ? await observe(host, wanted, memory)
        : [...before.filter((one) => !names.includes(key(one))), ...found];
    },
    composite: lookupsBy(backend, family),
    merge: (a, b) => ({ ...a, rules: inOrder([...a.rules, ...b.rules]) }),
    mergeAll: ([first, ...others]) =>
      first && { ...first, rules: inOrder([first, ...others].flatMap(({ rules }) => rules)) },
    same: (observed, wanted) => tagsOf(observed.rules) === tagsOf(isOwn(wanted.name) ? wanted.rules : asHeld(wanted)),
    steps: (changes) => [{ changes, ops: backend.ops(changes, family) }],
    remember,
    disrupts: (change) => disrupts(change, says),
    describe,
  };
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
