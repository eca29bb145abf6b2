// kinds/chain/iptables/restore.ts — changes of chains as one input of `iptables-restore --noflush`.
import type { Change } from '../../../core/resource.ts';
import { edit } from './edit.ts';
import { asHeld, isOwn } from '../model.ts';
import type { Chain, ChainRule, Table } from '../model.ts';
import { textOf } from './render.ts';

type ChainChange = Change<Chain>;

/**
 * Each table that changes is one transaction. A chain is there before a rule jumps to it, and goes after the last that
 * did.
 */
export function renderRestore(changes: readonly ChainChange[]): string {
  const tables: readonly Table[] = ['mangle', 'nat', 'filter'];
  return tables
    .map((table) =>
      renderTable(
        table,
        changes.filter((change) => chainOf(change).table === table),
      ),
    )
    .join('');
}

interface Lines {
  readonly declare: readonly string[];
  readonly unhook: readonly string[];
  readonly edit: readonly string[];
  readonly hook: readonly string[];
}

function renderTable(table: Table, changes: readonly ChainChange[]): string {
  if (changes.length === 0) return '';
  const lines = changes.map(linesOf);
  const made = new Set(changes.filter(({ verb }) => verb !== 'delete').map(({ ref }) => ref));
  const gone = changes
    .filter(({ verb, ref }) => verb === 'delete' && !made.has(ref))
    .map((change) => chainOf(change).name)
    .filter(isOwn);
  return [
    `*${table}`,
    ...lines.flatMap(({ declare }) => declare),
    ...lines.flatMap(({ unhook }) => unhook),
    ...lines.flatMap((line) => line.edit),
    ...lines.flatMap(({ hook }) => hook),
    // All are empty before the first is removed: they may jump to each other.
    ...gone.map((name) => `-F ${name}`),
    ...gone.map((name) => `-X ${name}`),
    'COMMIT',
    '',
  ].join('\n');
}

function linesOf(change: ChainChange): Lines {
  const { name } = chainOf(change);
  const held = change.verb === 'create' ? [] : change.before.rules;
  if (!isOwn(name)) return inKernels(name, held, change.verb === 'delete' ? undefined : change.after);
  if (change.verb === 'delete') return { declare: [], unhook: [], edit: [], hook: [] };
  const edits = change.verb === 'create' ? undefined : edit(name, held, change.after.rules);
  if (edits !== undefined) return { declare: [], unhook: [], edit: edits, hook: [] };
  // Declaring a chain that is there empties it.
  return {
    declare: [`:${name} - [0:0]`],
    unhook: [],
    edit: change.after.rules.map((rule) => `-A ${name} ${textOf(rule)}`),
    hook: [],
  };
}

/**
 * In the kernel's chains others have rules too: ours are found by what they say, never by number, and are added at the
 * very top or bottom.
 */
function inKernels(name: string, held: readonly ChainRule[], after: Chain | undefined): Lines {
  const wanted = after === undefined ? [] : asHeld(after);
  const top = wanted.filter(({ place }) => place !== 'bottom');
  const bottom = wanted.filter(({ place }) => place === 'bottom');
  const keptTop = longest(
    top.length,
    (n) => top.slice(top.length - n),
    (rules) => rules,
    held,
  );
  const keptBottom = longest(
    bottom.length,
    (n) => bottom.slice(0, n),
    (rules) => [...keptTop, ...rules],
    held,
  );
  const stays = places(held, [...keptTop, ...keptBottom]) ?? [];
  return {
    declare: [],
    unhook: held.filter((_, i) => !stays.includes(i)).map((rule) => `-D ${name} ${textOf(rule)}`),
    edit: [],
    hook: [
      ...top
        .slice(0, top.length - keptTop.length)
        .reverse()
        .map((rule) => `-I ${name} 1 ${textOf(rule)}`),
      ...bottom.slice(keptBottom.length).map((rule) => `-A ${name} ${textOf(rule)}`),
    ],
  };
}

function longest(
  most: number,
  take: (n: number) => readonly ChainRule[],
  beside: (rules: readonly ChainRule[]) => readonly ChainRule[],
  held: readonly ChainRule[],
): readonly ChainRule[] {
  for (let n = most; n > 0; n--) if (places(held, beside(take(n))) !== undefined) return take(n);
  return [];
}

/** Where these stand among the held ones, if they are there in this order. */
function places(held: readonly ChainRule[], rules: readonly ChainRule[]): readonly number[] | undefined {
  const found: number[] = [];
  for (const { tag } of rules) {
    const at = held.findIndex((rule, i) => i > (found.at(-1) ?? -1) && rule.tag === tag);
    if (at < 0) return undefined;
    found.push(at);
  }
  return found;
}

function chainOf(change: ChainChange): Chain {
  return change.verb === 'delete' ? change.before : change.after;
}
