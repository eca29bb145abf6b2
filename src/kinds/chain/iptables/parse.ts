// kinds/chain/iptables/parse.ts — the text of `iptables-save` → what of it is ours.
import type { Memory } from '../../../core/resource.ts';
import { CHAIN_PREFIX, TAG_PREFIX } from '../../../core/marks.ts';
import { kindFor } from '../model.ts';
import type { Family } from '../../../net/ip.ts';
import type { Chain, FoundRule, Table } from '../model.ts';
import { hashOf } from '../tag.ts';
import { commentOf, targetOf, wordsOf } from '../../../iptables/rule-text.ts';

/** The chains that begin with our prefix, and in the kernel's own chains the jumps to them that bear our tag. */
export function parseSave(text: string, memory: Memory, family: Family = 4): readonly Chain[] {
  const found = new Map<string, { readonly table: Table; readonly name: string; readonly rules: FoundRule[] }>();
  const at = (table: Table, name: string): FoundRule[] => {
    const chain = found.get(`${table}/${name}`) ?? { table, name, rules: [] };
    found.set(`${table}/${name}`, chain);
    return chain.rules;
  };
  /** In the kernel's chains: how many of ours stand before the last of others. */
  const others = new Map<string, number>();
  let table: Table | undefined;
  let kernels = new Set<string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) {
      table = tableOf(line.slice(1));
      kernels = new Set();
    }
    if (table === undefined) continue;
    if (line.startsWith(':')) {
      const [name = '', policy] = line.slice(1).split(' ');
      if (policy !== '-') kernels.add(name);
      else if (name.startsWith(CHAIN_PREFIX)) at(table, name);
    } else if (line.startsWith('-A ')) {
      const name = line.slice(3).split(' ', 1)[0] ?? '';
      const rule = line.slice(name.length + 4);
      if (name.startsWith(CHAIN_PREFIX)) at(table, name).push(ruleOf(rule, memory));
      else if (kernels.has(name) && isOurJump(rule)) at(table, name).push(ruleOf(rule, memory));
      else if (kernels.has(name)) others.set(`${table}/${name}`, found.get(`${table}/${name}`)?.rules.length ?? 0);
    }
  }
  return [...found.values()].map((chain) => ({
    kind: kindFor(family),
    family,
    ...chain,
    rules: placed(chain.rules, others.get(`${chain.table}/${chain.name}`)),
  }));
}

/** Behind all others, and so to be put there again. */
function placed(rules: readonly FoundRule[], before: number | undefined): readonly FoundRule[] {
  return before === undefined || before === rules.length
    ? rules
    : rules.map((rule, i) => (i < before ? rule : { ...rule, place: 'bottom' }));
}

function tableOf(name: string): Table | undefined {
  return name === 'filter' || name === 'nat' || name === 'mangle' ? name : undefined;
}

function isOurJump(rule: string): boolean {
  // Cheap first: most of a host's rules are others'.
  if (!rule.includes(TAG_PREFIX)) return false;
  return tagOf(rule) !== undefined && targetOf(wordsOf(rule))?.startsWith(CHAIN_PREFIX) === true;
}

/** A rule that was edited under a kept comment must not pass for the one that the tag stands for. */
function ruleOf(text: string, memory: Memory): FoundRule {
  const tag = tagOf(text) ?? 'untagged';
  const remembered = memory[tag];
  const spelling = hashOf(text);
  return {
    tag: remembered === undefined || remembered === spelling ? tag : `${tag} edited ${remembered}`,
    text,
    spelling,
    rank: 0,
  };
}

function tagOf(rule: string): string | undefined {
  const comment = plainComment(rule) ?? commentOf(wordsOf(rule));
  return comment?.startsWith(TAG_PREFIX) === true
    ? /^([0-9a-f]{8})(?: |$)/.exec(comment.slice(TAG_PREFIX.length))?.[1]
    : undefined;
}

const COMMENT = '-m comment --comment "';

/** The comment where it is the first thing in quotes, as in all rules of ours: a host may have tens of thousands. */
function plainComment(rule: string): string | undefined {
  const at = rule.indexOf(COMMENT);
  const begin = at + COMMENT.length;
  const isFirst =
    at !== -1 &&
    (at === 0 || rule[at - 1] === ' ') &&
    rule.indexOf('"') === begin - 1 &&
    rule.indexOf(COMMENT.slice(0, -1)) === at;
  const comment = isFirst ? rule.slice(begin, rule.indexOf('"', begin)) : undefined;
  return comment?.includes('\\') === true ? undefined : comment;
}
