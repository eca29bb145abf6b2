// kinds/chain/index.ts — iptables chains: how netctl knows its own, and says all changes in one input.
import type { HostReader, Kind, Memory } from '../../core/resource.ts';
import { refuseIncompatible } from '../../iptables/incompatible.ts';
import { chainsAsSaved, READ_RULES, savedRules } from '../../iptables/read.ts';
import { CHAIN_PREFIX } from '../../core/marks.ts';
import { difference } from './difference.ts';
import { disrupts } from './disrupts.ts';
import { remember } from './memory.ts';
import { asHeld, inOrder, isFound, isOwn } from './model.ts';
import type { Chain, ChainRule } from './model.ts';
import { parseSave } from './parse.ts';
import { renderRestore } from './restore.ts';
import { targetOf, wordsOf } from '../../iptables/words.ts';

export const chain: Kind<Chain> = {
  kind: 'chain',
  key: ({ table, name }) => `${table}/${name}`,
  needs: ({ table, rules }) => [...new Set(rules.flatMap(ownTarget))].map((name) => `chain ${table}/${name}` as const),
  reads: [READ_RULES],
  watches: ['rules'],
  observe,
  again,
  merge: (a, b) => ({ ...a, rules: inOrder([...a.rules, ...b.rules]) }),
  same: (observed, wanted) => tagsOf(observed.rules) === tagsOf(isOwn(wanted.name) ? wanted.rules : asHeld(wanted)),
  steps: (changes) => [
    {
      changes,
      ops: [{ op: 'run', argv: ['iptables-restore', '-w', '5', '--noflush'], stdin: renderRestore(changes) }],
    },
  ],
  remember,
  disrupts,
  describe,
};

async function observe(host: HostReader, wanted: readonly Chain[], memory: Memory): Promise<readonly Chain[]> {
  const saved = await savedRules(host);
  await refuseIncompatible(host, saved, {
    command: READ_RULES.join(' '),
    family: 'ip',
    needed: new Set(wanted.map(({ table }) => table)),
    prefix: CHAIN_PREFIX,
  });
  return parseSave(saved, memory);
}

async function again(
  host: HostReader,
  wanted: readonly Chain[],
  memory: Memory,
  names: readonly string[],
  before: readonly Chain[],
): Promise<readonly Chain[]> {
  const texts = await chainsAsSaved(host, names);
  return texts === undefined
    ? await observe(host, wanted, memory)
    : [...before.filter((one) => !names.includes(chain.key(one))), ...parseSave(texts, memory)];
}

function ownTarget(rule: ChainRule): readonly string[] {
  if (!isFound(rule)) return rule.then.target === 'jump' && isOwn(rule.then.chain) ? [rule.then.chain] : [];
  const target = rule.text.includes(CHAIN_PREFIX) ? targetOf(wordsOf(rule.text)) : undefined;
  return target !== undefined && isOwn(target) ? [target] : [];
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
