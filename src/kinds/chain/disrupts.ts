// kinds/chain/disrupts.ts — what a change of rules does to packets: each table is one transaction, so it is only a
// matter of what the rules say.
import type { Change, Disruption } from '../../core/resource.ts';
import { CHAIN_PREFIX } from '../../core/marks.ts';
import { difference } from './difference.ts';
import type { Chain, ChainRule } from './model.ts';
import { textOf } from './render.ts';
import { commentOf, targetOf, wordsOf } from '../../iptables/words.ts';

export function disrupts(change: Change<Chain>): Disruption {
  const before = change.verb === 'create' ? undefined : change.before;
  const after = change.verb === 'delete' ? undefined : change.after;
  const all = [...(before?.rules ?? []), ...(after?.rules ?? [])];
  const changed = changedRules(before, after);
  const { table, name } = change.verb === 'delete' ? change.before : change.after;
  // What nat has decided of a connection, the kernel remembers as long as that lasts.
  if (table === 'nat') return changed.length === 0 ? { class: 'none' } : { class: 'new-connections' };
  const cutting = changed.filter(
    (rule) => cuts(rule) && !isCovered(rule, after?.rules ?? []) && !isOfNew(rule, before?.rules ?? []),
  );
  return cutting.length === 0
    ? { class: 'none' }
    : {
        class: 'flows',
        of: [...new Set(cutting.flatMap((rule) => concerned(rule, all)))]
          .sort()
          .map((link) => (name.endsWith('INPUT') ? `${link} to the host` : link)),
      };
}

type Changed = ChainRule & { readonly as: 'added' | 'removed' | 'moved' };

function changedRules(before: Chain | undefined, after: Chain | undefined): readonly Changed[] {
  const { removed, added } = difference(before, after);
  if (removed.length + added.length > 0 || before === undefined || after === undefined)
    return [
      ...removed.map((rule) => ({ ...rule, as: 'removed' as const })),
      ...added.map((rule) => ({ ...rule, as: 'added' as const })),
    ];
  return after.rules.map((rule) => ({ ...rule, as: 'moved' as const }));
}

/**
 * Whether less may be let through than before. Where a chain of ours is led into decides nothing: that is told of the
 * rules in it.
 */
function cuts(rule: Changed): boolean {
  const target = targetOf(wordsOf(textOf(rule))) ?? '';
  if (target === 'CHECKSUM' || isLeading(rule)) return false;
  const { as } = rule;
  return as === 'moved' || (as === 'added' ? target !== 'ACCEPT' : target !== 'DROP');
}

function isLeading(rule: ChainRule): boolean {
  return targetOf(wordsOf(textOf(rule)))?.startsWith(CHAIN_PREFIX) === true;
}

/**
 * What is accepted no more by this rule is by another that asks for less, and nothing between them drops what passes
 * the same links.
 */
function isCovered(rule: Changed, after: readonly ChainRule[]): boolean {
  const [matches, links] = [matchesOf(rule), linksOf(rule)];
  const drops = after.some(
    (other) => !accepts(other) && !isLeading(other) && linksOf(other).some((link) => links.includes(link)),
  );
  return (
    rule.as === 'removed' &&
    accepts(rule) &&
    !drops &&
    after.some((other) => accepts(other) && matchesOf(other).every((match) => matches.includes(match)))
  );
}

/**
 * What only keeps others from that which begins with it: it names no link, and nothing of its purpose was there before.
 */
function isOfNew(rule: Changed, before: readonly ChainRule[]): boolean {
  return (
    rule.as === 'added' && linksOf(rule).length === 0 && !before.some((other) => purposeOf(other) === purposeOf(rule))
  );
}

function accepts(rule: ChainRule): boolean {
  return targetOf(wordsOf(textOf(rule))) === 'ACCEPT';
}

/** Each option with its values, without the comment and the target. */
function matchesOf(rule: ChainRule): readonly string[] {
  return textOf(rule)
    .replace(/-m comment --comment "[^"]*"/, '')
    .replace(/-j .*$/, '')
    .split(/ (?=(?:! )?-)/)
    .map((match) => match.trim())
    .filter((match) => match !== '');
}

/**
 * The link that all rules for one purpose that speak of links speak of: a network's bridge. Where none of them does,
 * the rule itself.
 */
function concerned(rule: ChainRule, all: readonly ChainRule[]): readonly string[] {
  const purpose = purposeOf(rule);
  const [first = [], ...others] = all
    .filter((other) => purposeOf(other) === purpose)
    .map(linksOf)
    .filter((links) => links.length > 0);
  const common = others.reduce((links, more) => links.filter((link) => more.includes(link)), first);
  const named = common.length > 0 ? common : linksOf(rule);
  return named.length > 0 ? named : [`${targetOf(wordsOf(textOf(rule))) ?? 'a rule'} of everything`];
}

/** What its comment says after the tag: `networks.lab.forward`. */
function purposeOf(rule: ChainRule): string {
  return (commentOf(wordsOf(textOf(rule))) ?? '').replace(/^\S+ ?/, '');
}

function linksOf(rule: ChainRule): readonly string[] {
  const words = wordsOf(textOf(rule));
  return words.flatMap((word, i) =>
    (word === '-i' || word === '-o') && words[i - 1] !== '!' ? (words[i + 1] ?? []) : [],
  );
}
