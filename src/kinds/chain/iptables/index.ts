// kinds/chain/iptables/index.ts — iptables as a backend: `iptables-save` tells, one `iptables-restore` changes.
import { CHAIN_PREFIX } from '../../../core/marks.ts';
import { refuseIncompatible } from '../../../iptables/incompatible.ts';
import { attempt, READ_CHAINS, tablesIn } from '../../../iptables/nft-reads.ts';
import { chainsAsSaved, READ_RULES, READ_RULES6, savedRules } from '../../../iptables/read.ts';
import { targetOf, wordsOf } from '../../../iptables/rule-text.ts';
import { familyWord } from '../../../net/ip.ts';
import type { Family } from '../../../net/ip.ts';
import type { Backend } from '../backend.ts';
import { isOwn } from '../model.ts';
import { chainsFor } from './lookup.ts';
import { parseSave } from './parse.ts';
import { renderRestore } from './restore.ts';
import { translatedIn } from './translated.ts';
import { valueOf } from './value.ts';

const TOOLS = {
  4: { iptables: 'iptables', save: READ_RULES, restore: 'iptables-restore' },
  6: { iptables: 'ip6tables', save: READ_RULES6, restore: 'ip6tables-restore' },
} as const satisfies Readonly<Record<Family, object>>;

export const iptables: Backend = {
  mayHold: async (host, family) => {
    const tables = tablesIn(await attempt(host, READ_CHAINS));
    const own = tables.filter((table) => table.family === familyWord(family, 'nft'));
    return own.some(({ chains }) => chains.some((name) => name.startsWith(CHAIN_PREFIX)));
  },
  reads: (family) => [TOOLS[family].save],
  observe: async (host, { family, needed, memory }) => {
    const { save } = TOOLS[family];
    const saved = await savedRules(host, save);
    await refuseIncompatible(host, saved, {
      command: save.join(' '),
      family: familyWord(family, 'nft'),
      needed,
      prefix: CHAIN_PREFIX,
    });
    return parseSave(saved, memory, family);
  },
  observeSome: async (host, { family, memory }, names) => {
    const texts = await chainsAsSaved(host, names, TOOLS[family].iptables);
    return texts === undefined ? undefined : parseSave(texts, memory, family);
  },
  translated: async (host, by, family) => translatedIn(await savedRules(host, TOOLS[family].save), by),
  translatedIn: async (host, by, family, names) => {
    const lookups = names.filter((name) => name.startsWith(`nat/${CHAIN_PREFIX}`));
    const texts = await chainsAsSaved(host, lookups, TOOLS[family].iptables);
    return texts === undefined ? undefined : translatedIn(texts, by);
  },
  ops: (changes, family) => [
    { op: 'run', argv: [TOOLS[family].restore, '-w', '5', '--noflush'], stdin: renderRestore(changes) },
  ],
  chainsFor,
  valueOf: ({ text }) => valueOf(text),
  leadsTo: ({ text }) => {
    const target = text.includes(CHAIN_PREFIX) ? targetOf(wordsOf(text)) : undefined;
    return target !== undefined && isOwn(target) ? target : undefined;
  },
};
