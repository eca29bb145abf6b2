// kinds/chain/disrupts.ts — what a change of rules does to packets: each table is one transaction, so it is only a
// matter of what the rules say.
import type { Change, Disruption } from '../../core/resource.ts';
import { difference } from './difference.ts';
import { isOwn } from './model.ts';
import type { Chain, ChainRule } from './model.ts';
import { nameOf } from './rule.ts';
import type { Said } from './rule.ts';
import { isEverything, spellMatch } from './tag.ts';

/** `says`: what a rule says, be it wanted or found. */
export function disrupts(change: Change<Chain>, says: (rule: ChainRule) => Said): Disruption {
  const before = change.verb === 'create' ? undefined : change.before;
  const after = change.verb === 'delete' ? undefined : change.after;
  const { table, name } = change.verb === 'delete' ? change.before : change.after;
  const changed = changedRules(before, after);
  // What nat has decided of a connection, the kernel remembers as long as that lasts.
  if (table === 'nat') return changed.length === 0 ? { class: 'none' } : { class: 'new-connections' };
  const [had, has] = [before, after].map((chain) => chain?.rules.map(says) ?? []);
  const cutting = changed
    .map(({ rule, as }): Changed => ({ as, ...says(rule) }))
    .filter((rule) => cuts(rule) && !isCovered(rule, has ?? []) && !isOfNew(rule, had ?? []));
  const all = [...(had ?? []), ...(has ?? [])];
  return cutting.length === 0
    ? { class: 'none' }
    : {
        class: 'flows',
        of: [...new Set(cutting.flatMap((rule) => concerned(rule, all)))]
          .sort()
          .map((link) => (name.endsWith('INPUT') ? `${link} to the host` : link)),
      };
}

type As = 'added' | 'removed' | 'moved';
interface Changed extends Said {
  readonly as: As;
}

function changedRules(
  before: Chain | undefined,
  after: Chain | undefined,
): readonly { readonly rule: ChainRule; readonly as: As }[] {
  const { removed, added } = difference(before, after);
  if (removed.length + added.length > 0 || before === undefined || after === undefined)
    return [
      ...removed.map((rule) => ({ rule, as: 'removed' as const })),
      ...added.map((rule) => ({ rule, as: 'added' as const })),
    ];
  return after.rules.map((rule) => ({ rule, as: 'moved' as const }));
}

/**
 * Whether less may be let through than before. Where a chain of ours is led into decides nothing: that is told of the
 * rules in it.
 */
function cuts(rule: Changed): boolean {
  const { target } = rule.then;
  if (target === 'checksum-fill' || isLeading(rule)) return false;
  return rule.as === 'moved' || (rule.as === 'added' ? target !== 'accept' : target !== 'drop' && target !== 'reject');
}

function isLeading({ then }: Said): boolean {
  return then.target === 'jump' && isOwn(then.chain);
}

/**
 * What is accepted no more by this rule is by another that asks for less, and nothing between them drops what passes
 * the same links.
 */
function isCovered(rule: Changed, after: readonly Said[]): boolean {
  const [asked, links] = [askedBy(rule), linksOf(rule)];
  const drops = after.some(
    (other) => !accepts(other) && !isLeading(other) && linksOf(other).some((link) => links.includes(link)),
  );
  return (
    rule.as === 'removed' &&
    accepts(rule) &&
    !drops &&
    after.some((other) => accepts(other) && askedBy(other).every((one) => asked.includes(one)))
  );
}

/**
 * What only keeps others from that which begins with it: it names no link, and nothing of its purpose was there before.
 */
function isOfNew(rule: Changed, before: readonly Said[]): boolean {
  return rule.as === 'added' && linksOf(rule).length === 0 && !before.some(({ why }) => why === rule.why);
}

function accepts({ then }: Said): boolean {
  return then.target === 'accept';
}

/** Each thing asked for by itself: of a protocol its ports, too. */
function askedBy({ match }: Said): readonly string[] {
  return match.flatMap((one) => {
    if (one.match === 'other') return [one.words];
    if (one.match !== 'protocol') return isEverything(one) ? [] : [spellMatch(one)];
    const { protocol, sourcePort, destinationPort } = one;
    return [
      protocol,
      ...(sourcePort === undefined ? [] : [`from port ${sourcePort}`]),
      ...(destinationPort === undefined ? [] : [`to port ${destinationPort}`]),
    ];
  });
}

/**
 * The link that all rules for one purpose that speak of links speak of: a network's bridge. Where none of them does,
 * the rule itself.
 */
function concerned(rule: Said, all: readonly Said[]): readonly string[] {
  const [first = [], ...others] = all
    .filter(({ why }) => why === rule.why)
    .map(linksOf)
    .filter((links) => links.length > 0);
  const common = others.reduce((links, more) => links.filter((link) => more.includes(link)), first);
  const named = common.length > 0 ? common : linksOf(rule);
  return named.length > 0 ? named : [`${nameOf(rule.then)} of everything`];
}

function linksOf({ match }: Said): readonly string[] {
  return match.flatMap((one) => ((one.match === 'in' || one.match === 'out') && one.not !== true ? [one.link] : []));
}
