// test/fake-host/iptables.ts — iptables-save, iptables-restore and `iptables -S` over tables in memory, or the same of
// ip6tables: their grammar, refusals and atomicity.
import { wordsOf } from '../../src/iptables/rule-text.ts';
import type { Call, Reply, Tool } from './tool.ts';
import { Refused, ruleOf, saidBack, targetOf } from './iptables-rule.ts';
import type { Chain, Counted, Table } from './iptables-rule.ts';

const builtin: Readonly<Record<string, readonly string[]>> = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** The chains of the kernel from which a target of the table nat may be reached. */
const hooksOf: Readonly<Record<string, readonly string[]>> = {
  SNAT: ['INPUT', 'POSTROUTING'],
  MASQUERADE: ['POSTROUTING'],
  DNAT: ['PREROUTING', 'OUTPUT'],
  REDIRECT: ['PREROUTING', 'OUTPUT'],
};

export interface Iptables {
  readonly save: Tool;
  readonly restore: Tool;
  /** One chain of a table. */
  readonly list: Tool;
  /** Somebody else's commands: what `iptables-restore --noflush` understands. */
  load(text: string): void;
  text(counters?: 'counters'): string;
  /** Lets a packet pass each rule that has the text in it. */
  pass(having: string): void;
}

export function createIptables(tool: 'iptables' | 'ip6tables' = 'iptables'): Iptables {
  const tables = new Map<string, Table>();
  const restore = (stdin: string): void => {
    for (const section of sectionsOf(stdin)) {
      const table = copyOf(tables.get(section.table) ?? fresh(section.table));
      for (const line of section.lines) obey(table, line);
      checkHooks(section.table, table);
      tables.set(section.table, table);
    }
  };
  return {
    save: { run: (call) => answer(call, () => (expect(call, [`${tool}-save`]), saveAll(tables, false))) },
    restore: {
      run: (call) =>
        answer(call, () => (expect(call, [`${tool}-restore`, '-w', '5', '--noflush']), restore(call.stdin ?? ''), '')),
    },
    list: { run: (call) => answer(call, () => listOne(tool, tables, call)) },
    load: restore,
    text: (counters) => saveAll(tables, counters !== undefined),
    pass: (having) => {
      for (const table of tables.values())
        for (const { rules } of table.values())
          for (const rule of rules) if (rule.text.includes(having)) rule.packets++;
    },
  };
}

function answer(call: Call, run: () => string): Reply {
  try {
    return { exitCode: 0, stdout: run(), stderr: '' };
  } catch (error) {
    if (error instanceof Refused)
      return { exitCode: 1, stdout: '', stderr: `${call.argv[0] ?? ''}: ${error.message}\n` };
    throw error;
  }
}

function expect(call: Call, argv: readonly string[]): void {
  if (call.netns !== undefined || call.argv.join(' ') !== argv.join(' '))
    throw new Error(`the fake iptables does not know ${JSON.stringify(call)}`);
}

/** Only what ended with COMMIT is done, table by table: a later one that is refused undoes no earlier one. */
function* sectionsOf(text: string): Iterable<{ readonly table: string; readonly lines: readonly string[] }> {
  let open: { readonly table: string; readonly lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('*')) open = { table: line.slice(1), lines: [] };
    else if (open === undefined) throw new Refused(`no table for ${line}`);
    else if (line === 'COMMIT') {
      yield open;
      open = undefined;
    } else open.lines.push(line);
  }
  if (open !== undefined) throw new Refused('COMMIT expected');
}

/** The kernel follows jumps from each of its own chains when a table is changed. */
function checkHooks(name: string, table: Table): void {
  const reach = (chain: string, seen: Set<string>): void => {
    if (seen.has(chain)) return;
    seen.add(chain);
    for (const { text } of table.get(chain)?.rules ?? []) reach(targetOf(wordsOf(text)) ?? '', seen);
  };
  for (const hook of builtin[name] ?? []) {
    const reached = new Set<string>();
    reach(hook, reached);
    const misplaced = [...reached].find(
      (target) => hooksOf[target] !== undefined && !(name === 'nat' && hooksOf[target].includes(hook)),
    );
    if (misplaced !== undefined)
      throw new Refused(`Invalid argument: ${misplaced} cannot be reached from ${name} ${hook}`);
  }
}

function obey(table: Table, line: string): void {
  if (line.startsWith(':')) {
    declare(table, line);
    return;
  }
  const [verb = '', name = '', ...rest] = line.split(' ');
  const number = /^\d+$/.test(rest[0] ?? '') ? Number(rest[0]) : undefined;
  if (verb === '-N') {
    if (table.has(name)) throw new Refused(`chain ${name} already exists`);
    table.set(name, { policy: '-', rules: [] });
    return;
  }
  const chain = table.get(name);
  if (chain === undefined) throw new Refused(`no chain ${name}`);
  switch (verb) {
    case '-A':
      chain.rules.push(ruleOf(table, rest.join(' ')));
      break;
    case '-I':
      insert(chain, number ?? 1, ruleOf(table, (number === undefined ? rest : rest.slice(1)).join(' ')));
      break;
    case '-D':
      remove(chain, number ?? chain.rules.findIndex(({ text }) => text === saidBack(wordsOf(rest.join(' ')))) + 1);
      break;
    case '-F':
      chain.rules.length = 0;
      break;
    case '-X':
      removeChain(table, name, chain);
      break;
    case '-P':
      chain.policy = rest[0] ?? '';
      break;
    default:
      throw new Error(`the fake iptables does not know ${line}`);
  }
}

/** A chain of somebody's that is declared again is emptied; of the kernel's the policy is set. */
function declare(table: Table, line: string): void {
  const [name = '', policy = ''] = line.slice(1).split(' ');
  const chain = table.get(name);
  if (policy === '-') table.set(name, { policy, rules: [] });
  else if (chain === undefined) throw new Refused(`${name} is none of the kernel's chains`);
  else chain.policy = policy;
}

function insert({ rules }: Chain, number: number, rule: Counted): void {
  if (number < 1 || number > rules.length + 1) throw new Refused('index of insertion too big');
  rules.splice(number - 1, 0, rule);
}

function remove({ rules }: Chain, number: number): void {
  if (number < 1 || number > rules.length) throw new Refused('no such rule');
  rules.splice(number - 1, 1);
}

function removeChain(table: Table, name: string, chain: Chain): void {
  const used = [...table.values()].some(({ rules }) => rules.some(({ text }) => targetOf(wordsOf(text)) === name));
  if (chain.policy !== '-' || chain.rules.length > 0 || used)
    throw new Refused(`chain ${name} is not empty, in use or the kernel's`);
  table.delete(name);
}

function fresh(name: string): Table {
  const chains = builtin[name];
  if (chains === undefined) throw new Refused(`no table ${name}`);
  return new Map(chains.map((chain) => [chain, { policy: 'ACCEPT', rules: [] }]));
}

function copyOf(table: Table): Table {
  return new Map(
    [...table].map(([name, { policy, rules }]) => [name, { policy, rules: rules.map((rule) => ({ ...rule })) }]),
  );
}

function listOne(tool: string, tables: ReadonlyMap<string, Table>, call: Call): string {
  const [, , , , table = '', , name = ''] = call.argv;
  expect(call, [tool, '-w', '5', '-t', table, '-S', name]);
  const chain = tables.get(table)?.get(name);
  if (chain === undefined) throw new Refused(`no chain ${name}`);
  const own = chain.policy === '-' ? `-N ${name}` : `-P ${name} ${chain.policy}`;
  return [own, ...chain.rules.map(({ text }) => `-A ${name} ${text}`), ''].join('\n');
}

/** A table that nobody has used is not there. */
function saveAll(tables: ReadonlyMap<string, Table>, counters: boolean): string {
  return Object.keys(builtin)
    .map((name) => {
      const table = tables.get(name);
      if (table === undefined) return '';
      const [kernels, others] = [true, false].map((own) =>
        [...table].filter(([chain]) => (builtin[name]?.includes(chain) ?? false) === own),
      );
      const chains = [...(kernels ?? []), ...(others ?? []).sort(([a], [b]) => (a < b ? -1 : 1))];
      return [
        `*${name}`,
        ...chains.map(([chain, { policy }]) => `:${chain} ${policy} [0:0]`),
        ...chains.flatMap(([chain, { rules }]) =>
          rules.map(({ text, packets }) => `${counters ? `[${packets}:0] ` : ''}-A ${chain} ${text}`),
        ),
        'COMMIT',
        '',
      ].join('\n');
    })
    .join('');
}
