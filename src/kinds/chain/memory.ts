// kinds/chain/memory.ts — how each rule reads back, by its tag: iptables may spell it differently than we wrote it.
import type { Memory } from '../../core/resource.ts';
import { isFound } from './model.ts';
import type { Chain } from './model.ts';
import { hashOf } from './tag.ts';

/** Of a rule that is edited at the moment, what was known before stays known. */
export function remember(chains: readonly Chain[]): Memory {
  const rules = chains.flatMap(({ rules: own }) => own.filter(isFound));
  return Object.fromEntries(
    rules
      .map(({ tag, text, spelling }) => {
        const [name = tag, , known] = tag.split(' ');
        return [name, known ?? spelling ?? hashOf(text)] as const;
      })
      .filter(([tag]) => tag !== 'untagged')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
