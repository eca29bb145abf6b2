// kinds/bridge-chain/parse.ts — our chains in what ebtables-save prints.
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { BridgeChain } from './model.ts';
import { hookOf } from './restore.ts';
import { valueOf } from './spelling.ts';

export function parseSave(text: string): readonly BridgeChain[] {
  const [, section = ''] = /^\*nat$([^*]*)/m.exec(text) ?? [];
  const lines = section.split('\n').map((line) => line.trim());
  return lines.flatMap((line): BridgeChain[] => {
    const name = /^:(\S+) /.exec(line)?.[1];
    if (name?.startsWith(CHAIN_PREFIX) !== true) return [];
    const rules = lines.flatMap((other) =>
      other.startsWith(`-A ${name} `) ? [valueOf(other.slice(`-A ${name} `.length))] : [],
    );
    const hooks = lines.filter((other) => other === `-A ${hookOf(name)}`).length;
    return [{ kind: 'bridge-chain', name, rules, ...(hooks === 1 ? {} : { hooks }) }];
  });
}
