// uplinks/interface-rules-nft.ts — of the text of `nft -a list ruleset`, the rules that name interfaces: in their own
// words, or by a set.
import { CHAIN_PREFIX } from '../core/marks.ts';
import type { InterfaceRule } from './interface-rules.ts';

/** With what sets hold, where those are names of interfaces. */
export const READ_WHOLE_RULESET: readonly string[] = ['nft', '-a', 'list', 'ruleset'];

export function namesBySet(text: string): boolean {
  return /^\s*(type|typeof) .*\b(ifname|iface_index|[io]ifname|[io]if)\b/m.test(text);
}

/** `skips`: tables that are read by other words. */
export function interfaceRulesInNft(
  text: string,
  skips: (family: string, table: string) => boolean,
): readonly InterfaceRule[] {
  const found: InterfaceRule[] = [];
  const sets = new Map<string, string>();
  let [table, chain, set, skipped] = ['', '', '', false];
  for (const line of text.split('\n')) {
    const [, family = '', name = ''] = /^table (\S+) (\S+) \{/.exec(line) ?? [];
    if (name !== '') {
      [table, skipped] = [`${family} ${name}`, skips(family, name)];
      sets.clear();
    }
    const opened = /^\t(chain|set|map|flowtable) (\S+) \{/.exec(line);
    if (opened !== null) {
      [chain, set] = opened[1] === 'chain' ? [opened[2] ?? '', ''] : ['', opened[2] ?? ''];
    }
    if (skipped) continue;
    // Elements go on over lines.
    if (set !== '' && opened === null) sets.set(set, `${sets.get(set) ?? ''} ${line.trim()}`);
    if (/^\t\ttype \S+ hook (ingress|egress) /.test(line)) {
      const names = quoted(line);
      if (names.length > 0) found.push({ tool: 'nft', table, chain, rule: line.trim(), at: 0, names });
      chain = '';
    }
    const [, rule, handle] = /^\t\t(.+) # handle (\d+)$/.exec(line) ?? [];
    if (
      rule === undefined ||
      chain === '' ||
      chain.startsWith(CHAIN_PREFIX) ||
      !/\b[io](if(name|group|kind)?|brname)\b/.test(rule)
    )
      continue;
    const used = [...rule.matchAll(/ @(\S+)/g)]
      .map(([, named = '']) => ({ name: named, elements: sets.get(named) ?? '' }))
      .filter(({ elements }) => quoted(elements).length > 0);
    const names = [
      ...quoted(rule.replace(/ comment "[^"]*"/, '').replace(KINDS, '')),
      ...groupsIn(rule),
      ...(/"bridge"/.test(KINDS.exec(rule)?.[0] ?? '') ? ['kind bridge'] : []),
      ...used.flatMap(({ elements }) => quoted(elements)),
    ];
    if (names.length > 0)
      found.push({
        tool: 'nft',
        table,
        chain,
        rule,
        at: Number(handle),
        names,
        ...(used.length > 0 ? { sets: used } : {}),
      });
  }
  return found;
}

/** `iifkind "bridge"`, `oifkind != { "bridge", "veth" }`, and a map: what an interface is, not its name. */
const KINDS = /\b[io]ifkind (?:!= )?(?:vmap )?(?:"\w+"|\{[^}]*\})/;

/** `iifgroup 5`, `oifgroup "default"`. */
function groupsIn(rule: string): readonly string[] {
  return [...rule.matchAll(/\b[io]ifgroup (?:!= )?"?(\w+)"?/g)].map(
    ([, group = '']) => `group ${group === 'default' ? '0' : String(Number(group))}`,
  );
}

function quoted(text: string): readonly string[] {
  return [...text.matchAll(/"([^"\s]+)"/g)].map(([, word = '']) => word);
}
