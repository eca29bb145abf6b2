// kinds/chain/memory.ts — how each rule reads back, by its tag: iptables may spell it differently than we wrote it.
import { hash } from 'node:crypto';
import type { Memory } from '../../core/resource.ts';
import type { Chain } from './model.ts';

/** Of a rule that is edited at the moment, what was known before stays known. */
export function remember(chains: readonly Chain[]): Memory {
  const rules = chains.flatMap(({ rules: own }) => own);
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

export function hashOf(text: string): string {
  return hash('sha256', text).slice(0, 8);
}
