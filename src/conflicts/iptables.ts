// conflicts/iptables.ts — the text of `iptables-save` as chains, with netctl's own as they are wanted.
import { CHAIN_PREFIX } from '../core/marks.ts';
import { nameOf } from '../kinds/chain/model.ts';
import type { Chain as Wanted, TaggedRule } from '../kinds/chain/model.ts';
import { targetOf, wordsOf } from '../iptables/rule-text.ts';
import { parseRange } from '../net/ip.ts';
import type { Interval, Range } from '../net/ip.ts';
import { BEFORE, FEWEST_HOPS, once } from './model.ts';
import type { Chain, Hook, Meaning, Rule, Sought, Table, Then } from './model.ts';
import { matchesOf } from './iptables-matches.ts';
import { matchesIn, translationOf, wantedRules, wordsOf as wordsOfOwn } from './own-rules.ts';

interface Seeking {
  /** With the priorities of their chains. Table nat, often the largest, is passed over unread where it need not be. */
  readonly tables: Readonly<Record<string, number>>;
  /** A rule or a policy that does it, whoever's: the words may as well stand in a comment. */
  readonly line: RegExp;
  readonly does: (target: string, words: readonly string[], chain: string) => boolean;
}

const TRANSLATING = /^(SNAT|DNAT|MASQUERADE|NETMAP|REDIRECT)$/;
/** Where the kernel drops a packet itself. */
const DROPPING: readonly string[] = ['DROP', 'REJECT', 'TARPIT'];

const SEEKING: Readonly<Record<Sought, Seeking>> = {
  drops: {
    tables: { raw: -300, mangle: -150, filter: 0, security: 50 },
    line: / (DROP|REJECT|TARPIT|(NF)?QUEUE|TTL|RAW[SD]NAT)\b/,
    does: (target) => DROPPING.includes(target),
  },
  untracks: {
    tables: { raw: -300 },
    line: / (NOTRACK|--notrack)\b/,
    does: (target, words) => target === 'NOTRACK' || words.includes('--notrack'),
  },
  zones: {
    tables: { raw: -300 },
    line: / --zone(-orig|-reply)? /,
    does: (target, words) => target === 'CT' && words.some((word) => word.startsWith('--zone')),
  },
  marks: {
    tables: { raw: -300, mangle: -150, nat: -100 },
    line: / (CONN)?MARK\b/,
    does: (target) => /^(CONN)?MARK$/.test(target),
  },
  // As netctl's own chains have them: before their destinations are translated.
  passes: {
    tables: { nat: BEFORE },
    line: /^-A (?!netctl-).* -j (ACCEPT|RETURN|SNAT|DNAT|MASQUERADE|NETMAP|REDIRECT)\b/,
    // What comes back to the kernel's own chain may still come to netctl's; what returns from that leaves the table.
    does: (target, _, chain) =>
      target === 'ACCEPT' || TRANSLATING.test(target) || (target === 'RETURN' && chain in HOOKS),
  },
  redirects: {
    tables: { nat: BEFORE },
    line: /^-A (?!netctl-).* -j (DNAT|REDIRECT|NETMAP)\b/,
    does: (target) => /^(DNAT|REDIRECT|NETMAP)$/.test(target),
  },
  proxies: { tables: { mangle: -150 }, line: / -j TPROXY\b/, does: (target) => target === 'TPROXY' },
  translates: {
    tables: { nat: 100 },
    line: / (MASQUERADE|SNAT|NETMAP)\b/,
    does: (target) => /^(MASQUERADE|SNAT|NETMAP)$/.test(target),
  },
};
const HOOKS: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/**
 * Those that can do it: drop a packet, unless something else is sought. `wanted`: what netctl will have in them; what
 * it has there counts only by its place. `as found`: what it has there counts as anybody's.
 */
export function tablesOf(
  text: string,
  tool: string,
  wanted: readonly Wanted[] | 'as found',
  sought: Sought = 'drops',
): readonly Table[] {
  const { tables, line: does } = SEEKING[sought];
  const isOurs = (name: string): boolean => wanted !== 'as found' && name.startsWith(CHAIN_PREFIX);
  return sectionsOf(text, tables)
    .filter(({ lines }) => lines.some((line) => does.test(line)))
    .map(({ name, lines }) => {
      const own = wanted === 'as found' ? [] : wanted.filter((chain) => chain.table === name);
      const chains = new Map<string, Draft>();
      for (const line of lines) {
        if (line.startsWith(':')) {
          const [chain = '', policy] = line.slice(1).split(' ');
          chains.set(chain, {
            name: chain,
            rules: [],
            policy: policy === 'DROP' && sought === 'drops' ? 'drop' : 'accept',
          });
        } else if (line.startsWith('-A ')) {
          const chain = line.slice(3, line.indexOf(' ', 3));
          if (!isOurs(chain)) chains.get(chain)?.rules.push(line);
        }
      }
      for (const { name: chain, rules } of own.filter(isOwn))
        chains.set(chain, {
          name: chain,
          rules: [...wantedRules(rules)],
          policy: 'accept',
        });
      for (const { name: chain, rules } of own.filter((one) => !isOwn(one))) hook(chains, chain, wantedRules(rules));
      return {
        tool,
        family: 'ip',
        name,
        chains: new Map(
          [...chains].map(([chain, draft]) => [
            chain,
            finished({ ...draft, ours: isOurs(chain) }, tables[name], chains, sought),
          ]),
        ),
      };
    });
}

/**
 * Those that drop, netctl's own table filter with them, as they are; and as they would be after `iptables -P FORWARD
 * DROP`.
 */
export function withForwardShut(
  saved: string,
  wanted: readonly Wanted[],
): { readonly now: readonly Table[]; readonly shut: readonly Table[] } {
  const isThere = /^\*filter$/m.test(saved);
  const text = isThere
    ? saved.replace(/^(\*filter\n(?::.*\n)*?:FORWARD )ACCEPT/m, '$1DROP')
    : `${saved}*filter\n:FORWARD DROP [0:0]\nCOMMIT\n`;
  const shut = tablesOf(text, 'iptables', wanted);
  return { shut, now: text === saved ? shut : shut.map(withForwardOpen) };
}

function withForwardOpen(table: Table): Table {
  const chain = table.chains.get('FORWARD');
  if (table.name !== 'filter' || chain?.base === undefined) return table;
  return {
    ...table,
    chains: new Map([...table.chains, ['FORWARD', { ...chain, base: { ...chain.base, policy: 'accept' } }]]),
  };
}

interface Draft {
  readonly name: string;
  /** A line of others', or a rule that netctl will have there. */
  readonly rules: (string | TaggedRule)[];
  readonly policy: 'accept' | 'drop';
}

function isOwn({ name }: Wanted): boolean {
  return name.startsWith(CHAIN_PREFIX);
}

/**
 * A jump of ours that is there stays where it is, whoever came before it since; one that is missing comes first, or
 * last.
 */
function hook(chains: Map<string, Draft>, name: string, jumps: readonly TaggedRule[]): void {
  const draft: Draft = chains.get(name) ?? { name, rules: [], policy: 'accept' };
  const { rules } = draft;
  chains.set(name, draft);
  for (const jump of jumps.toReversed()) {
    const target = ` -j ${nameOf(jump.then)}`;
    if (rules.some((rule) => typeof rule === 'string' && rule.endsWith(target))) continue;
    if (jump.place === 'bottom') rules.push(jump);
    else rules.unshift(jump);
  }
}

function finished(
  { name, rules, policy, ours }: Draft & { readonly ours: boolean },
  priority: number | undefined,
  chains: ReadonlyMap<string, Draft>,
  sought: Sought,
): Chain {
  const at = HOOKS[name];
  const made = rules.map((rule): Rule => ({
    words: typeof rule === 'string' ? rule : wordsOfOwn(rule),
    ours,
    meaning: once(() =>
      typeof rule === 'string' ? meaningOf(rule, chains, sought) : meaningOfOwn(rule, name, chains, sought),
    ),
  }));
  return {
    name,
    rules: made,
    ...(at === undefined || priority === undefined ? {} : { base: { hook: at, priority, policy } }),
  };
}

function meaningOf(line: string, chains: ReadonlyMap<string, unknown>, sought: Sought): Meaning {
  const [, chain = '', ...words] = wordsOf(line);
  const target = targetOf(words) ?? '';
  const translates = TRANSLATING.test(target) ? translationIn(words) : undefined;
  const zone = target === 'CT' ? zoneIn(words) : undefined;
  return {
    matches: matchesOf(words),
    then: thenOf(target, words, chain, chains, sought),
    ...(/^(CONN)?MARK$/.test(target) ? { marks: true } : {}),
    ...(sought === 'drops' ? spoiltBy(target, words) : {}),
    ...(translates === undefined ? {} : { translates }),
    ...(zone === undefined ? {} : { zone }),
  };
}

function meaningOfOwn(rule: TaggedRule, chain: string, chains: ReadonlyMap<string, unknown>, sought: Sought): Meaning {
  const translates = translationOf(rule.then);
  return {
    matches: matchesIn(rule),
    then: thenOf(nameOf(rule.then), [], chain, chains, sought),
    ...(translates === undefined ? {} : { translates }),
  };
}

/** By `--ttl-set`, `--ttl-dec` of a packet that has 64. */
function spoiltBy(target: string, words: readonly string[]): Pick<Meaning, 'spoils'> {
  const number = (option: string): number => Number(words[words.indexOf(option) + 1]);
  if (/^RAW[SD]NAT$/.test(target)) return { spoils: 'address' };
  if (target !== 'TTL' || words.includes('--ttl-inc')) return {};
  const left = words.includes('--ttl-dec') ? 64 - number('--ttl-dec') : number('--ttl-set');
  return left <= FEWEST_HOPS ? { spoils: 'ttl' } : {};
}

/** Without its ports. */
function translationIn(words: readonly string[]): Range<4> | 'own' | undefined {
  const at = words.findIndex((word) => word === '--to-source' || word === '--to-destination' || word === '--to');
  return at < 0 ? 'own' : parseRange(words[at + 1]?.split(':', 1)[0] ?? '', 4);
}

/**
 * Of answers: `--zone 5`, `--zone-reply 5`. With `--zone-orig` they are looked for in 0; with `mark`, in as many as
 * there are marks.
 */
function zoneIn(words: readonly string[]): number | 'unknown' | undefined {
  const at = words.findIndex((word) => /^--zone(-orig|-reply)?$/.test(word));
  if (at < 0) return undefined;
  const id = Number(words[at + 1]);
  return words[at] === '--zone-orig' ? 0 : Number.isNaN(id) ? 'unknown' : id;
}

/** Where the kernel asks somebody else who listens, that one is taken to let packets pass. */
const ACCEPTING: readonly string[] = ['ACCEPT', 'NFQUEUE', 'QUEUE', 'TPROXY', 'SYNPROXY'];

/** What is none of these does something to the packet, and lets it go on. */
function thenOf(
  target: string,
  words: readonly string[],
  chain: string,
  chains: ReadonlyMap<string, unknown>,
  sought: Sought,
): Then {
  if (SEEKING[sought].does(target, words, chain)) return { then: 'drop' };
  // `-m socket`: of a connection that the proxy has already.
  if (sought === 'proxies' && words.includes('socket')) return { then: 'on' };
  // It keeps what the spec has keep its source; all else is translated in the one that comes last.
  if (sought === 'passes' && target.startsWith(CHAIN_PREFIX))
    return { then: target === 'netctl-POSTROUTING' ? 'on' : 'accept' };
  if (sought === 'redirects' && target.startsWith(CHAIN_PREFIX)) return { then: 'on' };
  if (/^(NF)?QUEUE$/.test(target) && sought === 'drops' && !words.includes('--queue-bypass'))
    return { then: 'queue', queues: queuesIn(words) };
  if (ACCEPTING.includes(target) || DROPPING.includes(target)) return { then: 'accept' };
  if (target === 'RETURN') return { then: 'return' };
  if (!chains.has(target)) return { then: 'on' };
  return { then: words.includes('-g') ? 'goto' : 'jump', chain: target };
}

/** `--queue-num 7`, `--queue-balance 0:3`; the first one where none is said. */
function queuesIn(words: readonly string[]): Interval {
  const at = words.findIndex((word) => word === '--queue-num' || word === '--queue-balance');
  const [first = 0, last = first] = at === -1 ? [] : (words[at + 1]?.split(':').map(Number) ?? []);
  return { first, last };
}

function sectionsOf(
  text: string,
  tables: Seeking['tables'],
): readonly { readonly name: string; readonly lines: readonly string[] }[] {
  return [...text.matchAll(/^\*(\S+)$/gm)].flatMap(({ 1: name = '', index }) => {
    const end = text.indexOf('\nCOMMIT', index);
    return tables[name] === undefined
      ? []
      : [
          {
            name,
            lines: text
              .slice(index, end === -1 ? undefined : end)
              .split('\n')
              .slice(1),
          },
        ];
  });
}
