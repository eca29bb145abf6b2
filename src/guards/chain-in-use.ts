// guards/chain-in-use.ts — a chain of ours that goes while a rule of somebody else leads into it: iptables would not
// let it go.
import type { Guard } from '../core/resource.ts';
import { commentOf, targetOf, wordsOf } from '../iptables/rule-text.ts';
import type { Chain } from '../kinds/chain/model.ts';
import { CHAIN_PREFIX, TAG_PREFIX } from '../core/marks.ts';
import type { Circumstances } from './circumstances.ts';

/** Names the rule, and the command that removes it. What is in a chain of ours goes with that. */
export function chainInUse({ rules }: Pick<Circumstances, 'rules'>): Guard {
  return function* (plan) {
    const gone = plan.changes.flatMap((change) =>
      change.verb === 'delete' && isChain(change.before) && change.before.name.startsWith(CHAIN_PREFIX)
        ? [{ ref: change.ref, chain: change.before }]
        : [],
    );
    if (gone.length === 0 || rules === undefined) return;
    const leading = leadsOf(rules);
    for (const {
      ref,
      chain: { table, name },
    } of gone)
      for (const rule of leading.get(`${table}/${name}`) ?? []) {
        yield {
          severity: 'error',
          code: 'chain-in-use',
          against: [ref],
          at: [],
          message: `chain ${name} of table ${table} is deleted, but a rule that is not netctl's jumps to it: ${rule}`,
          hint: `iptables -t ${table} ${rule.replace(/^-A /, '-D ')}`,
        };
      }
  };
}

/** Rules of others that lead into a chain of ours, by table and chain. */
function leadsOf(saved: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  let table = '';
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    if (!line.startsWith('-A ') || line.startsWith(`-A ${CHAIN_PREFIX}`) || !line.includes(CHAIN_PREFIX)) continue;
    const words = wordsOf(line);
    const target = targetOf(words);
    if (target?.startsWith(CHAIN_PREFIX) !== true || commentOf(words)?.startsWith(TAG_PREFIX) === true) continue;
    found.set(`${table}/${target}`, [...(found.get(`${table}/${target}`) ?? []), line]);
  }
  return found;
}

function isChain(resource: { readonly kind: string }): resource is Chain {
  return resource.kind === 'chain';
}
