// kinds/bridge-chain/restore.ts — changes of chains as one input of `ebtables-restore --noflush`, which is done whole
// or not at all.
import type { Change } from '../../core/resource.ts';
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { BridgeChain } from './model.ts';
import { textOf } from './spelling.ts';

export function renderRestore(changes: readonly Change<BridgeChain>[]): string {
  return ['*nat', ...changes.flatMap(linesOf), ''].join('\n');
}

/** The rule by which the kernel's chain leads to ours: `PREROUTING -j netctl-PREROUTING`. */
export function hookOf(name: string): string {
  return `${name.slice(CHAIN_PREFIX.length)} -j ${name}`;
}

function linesOf(change: Change<BridgeChain>): readonly string[] {
  const held = change.verb === 'create' ? 0 : (change.before.hooks ?? 1);
  const unhook = (name: string): readonly string[] => Array.from({ length: held }, () => `-D ${hookOf(name)}`);
  if (change.verb === 'delete')
    return [...unhook(change.before.name), `-F ${change.before.name}`, `-X ${change.before.name}`];
  const { name, rules } = change.after;
  return [
    // Declaring a chain that is there empties it.
    `:${name} RETURN`,
    ...rules.map((rule) => `-A ${name} ${textOf(rule)}`),
    ...(held === 1 ? [] : [...unhook(name), `-I ${hookOf(name).replace(' ', ' 1 ')}`]),
  ];
}
