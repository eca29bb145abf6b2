// test/kinds/chain/sample-backend.ts — a firewall of another make, in its own words: all that a backend has to bring.
import { TAG_PREFIX } from '../../../src/core/marks.ts';
import type { Backend } from '../../../src/kinds/chain/backend.ts';
import { ownersOf } from '../../../src/kinds/chain/lookups.ts';
import { chain, isFound, kindFor } from '../../../src/kinds/chain/model.ts';
import type { Chain, ChainRule, Table } from '../../../src/kinds/chain/model.ts';
import type { Said } from '../../../src/kinds/chain/rule.ts';
import type { Call, Reply, Tool } from '../../fake-host/tool.ts';

/**
 * `wall list` prints a chain a line, `nat netctl-x`, and below it each of its rules, `netctl:1a2b3c4d {…}`. `wall load`
 * takes the same for whole chains; one without a line of its own, `drop nat netctl-x`, goes.
 */
export const sample: Backend = {
  mayHold: async () => await Promise.resolve(true),
  reads: () => [['wall', 'list']],
  observe: async (host, { family }) =>
    parse(await host.read(['wall', 'list'])).map((one) => ({ ...one, kind: kindFor(family), family })),
  observeSome: async () => await Promise.resolve(undefined),
  translated: async () => await Promise.resolve([]),
  translatedIn: async () => await Promise.resolve(undefined),
  ops: (changes) => [
    {
      op: 'run',
      argv: ['wall', 'load'],
      stdin: changes
        .map((change) =>
          change.verb === 'delete'
            ? `drop ${change.before.table} ${change.before.name}\n`
            : [`${change.after.table} ${change.after.name}`, ...change.after.rules.map(say), ''].join('\n'),
        )
        .join(''),
    },
  ],
  // One chain of all entries, as a map of addresses is: how many there are is nothing to it.
  *chainsFor({ family, table, name, from, rank, by, when, entries }) {
    if (entries.length === 0) return;
    const bits = family === 4 ? 32 : 128;
    const because = ownersOf(entries);
    const rules = entries.map(({ address, match, then, why }) => ({
      rank: 0,
      match: [{ match: by, cidr: `${address}/${bits}` } as const, ...match],
      then,
      why,
    }));
    yield { chain: chain(table, `${name}-map`, rules, family), because, entries };
    const asks = { rank, match: when, then: { target: 'jump', chain: `${name}-map` }, why: name } as const;
    yield { chain: chain(table, from, [asks], family), because, entries: [] };
  },
  valueOf: ({ text }) => JSON.parse(text.slice(text.indexOf(' ') + 1)) as Said,
  leadsTo: (rule) => {
    const { then } = sample.valueOf(rule);
    return then.target === 'jump' ? then.chain : undefined;
  },
};

function say(rule: ChainRule): string {
  if (isFound(rule)) return rule.text;
  const { tag, match, then, why } = rule;
  return `${TAG_PREFIX}${tag} ${JSON.stringify({ match, then, why })}`;
}

function parse(text: string): readonly Pick<Chain, 'table' | 'name' | 'rules'>[] {
  const found: { table: Table; name: string; rules: ChainRule[] }[] = [];
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith(TAG_PREFIX)) {
      const tag = line.slice(TAG_PREFIX.length, line.indexOf(' '));
      found.at(-1)?.rules.push({ tag, text: line, rank: 0, spelling: line });
    } else {
      const [table, name = ''] = line.split(' ');
      found.push({ table: table as Table, name, rules: [] });
    }
  }
  return found;
}

/** The tool itself, and what it holds. */
export function createWall(): { readonly tool: Tool; readonly text: () => string } {
  const chains = new Map<string, string>();
  const text = (): string => [...chains].map(([name, rules]) => `${name}\n${rules}`).join('');
  const run = ({ argv, stdin = '' }: Call): Reply => {
    let at = '';
    for (const line of argv[1] === 'load' ? stdin.split('\n').filter((each) => each !== '') : []) {
      if (line.startsWith('drop ')) chains.delete(line.slice('drop '.length));
      else if (line.startsWith(TAG_PREFIX)) chains.set(at, `${chains.get(at) ?? ''}${line}\n`);
      else chains.set((at = line), '');
    }
    return { exitCode: 0, stdout: argv[1] === 'list' ? text() : '', stderr: '' };
  };
  return { tool: { run }, text };
}
