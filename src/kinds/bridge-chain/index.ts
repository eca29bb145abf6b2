// kinds/bridge-chain/index.ts — ebtables chains of ours, by their names.
import { DriverError } from '../../core/resource.ts';
import type { Change, Disruption, HostReader, Kind, Memory } from '../../core/resource.ts';
import { refuseIncompatible } from '../../iptables/incompatible.ts';
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { BridgeChain, BridgeRule } from './model.ts';
import { parseSave } from './parse.ts';
import { renderRestore } from './restore.ts';
import { textOf, valueOf } from './spelling.ts';

/**
 * By these names ebtables speaks to nftables, whatever `ebtables` itself is: the legacy one restores nothing, and says
 * it did.
 */
const SAVE: readonly string[] = ['ebtables-nft-save'];
const RESTORE: readonly string[] = ['ebtables-nft-restore', '--noflush'];

export const bridgeChain: Kind<BridgeChain> = {
  kind: 'bridge-chain',
  key: ({ name }) => `nat/${name}`,
  needs: () => [],
  merge: (a, b) => ({ ...a, rules: [...a.rules, ...b.rules] }),
  same: (observed, wanted) =>
    (observed.hooks ?? 1) === 1 && textsOf(observed).join('\n') === textsOf(wanted).join('\n'),
  watches: ['bridge-rules'],
  observe,
  steps: (changes) => [{ changes, ops: [{ op: 'run', argv: RESTORE, stdin: renderRestore(changes) }] }],
  remember: (observed) => ({ [HERE]: observed.length === 0 ? 'no' : 'yes' }),
  recordBefore: (changes) => (changes.some(({ verb }) => verb !== 'delete') ? { [HERE]: 'yes' } : {}),
  disrupts,
  // As text: whoever goes back may be another version.
  asFound: ({ hooks: _, ...found }) => ({ ...found, rules: textsOf(found) }),
  describe,
};

/** Whether there is anything of ours; most hosts have none, and are not asked each time. A lost store does not tell. */
const HERE = 'here';

async function observe(
  host: HostReader,
  wanted: readonly BridgeChain[],
  memory: Memory,
): Promise<readonly BridgeChain[]> {
  if (wanted.length === 0 && memory[HERE] === 'no') return [];
  try {
    const saved = await host.read(SAVE);
    await refuseIncompatible(host, saved, {
      command: SAVE.join(' '),
      family: 'bridge',
      needed: new Set(wanted.length === 0 ? [] : ['nat']),
      prefix: CHAIN_PREFIX,
    });
    return parseSave(saved);
  } catch (error) {
    // A host on which it does not run, and on which nothing was ever made with it.
    if (wanted.length === 0 && memory[HERE] === undefined && error instanceof DriverError) return [];
    throw error;
  }
}

/**
 * Frames know no connections: who is taken out of the bridge, or is so no more, goes another way from one packet to the
 * next.
 */
function disrupts(change: Change<BridgeChain>): Disruption {
  const [before, after] = [
    change.verb === 'create' ? [] : textsOf(change.before),
    change.verb === 'delete' ? [] : textsOf(change.after),
  ];
  const differing = [
    ...before.filter((rule) => !after.includes(rule)),
    ...after.filter((rule) => !before.includes(rule)),
  ];
  const all = differing.length > 0 ? differing : [...before, ...after];
  const of = [...new Set(all.map(valueOf).flatMap(concerned))].sort();
  return of.length === 0 ? { class: 'none' } : { class: 'flows', of };
}

/**
 * Whose frames a rule decides about: those to one address, else those from where it says. What stays within a network
 * is nobody's.
 */
function concerned(rule: BridgeRule | string): readonly string[] {
  if (typeof rule === 'string') return [rule];
  const { from, to, not } = rule;
  if (not === undefined && from === to) return [];
  return [(not === undefined && to.endsWith(ONE) ? to : from).replace(ONE, '')];
}

const ONE = '/32';

function textsOf({ rules }: BridgeChain): readonly string[] {
  return rules.map(textOf);
}

function describe(chain: BridgeChain, before?: BridgeChain): string {
  const { name } = chain;
  const [rules, had] = [textsOf(chain), before === undefined ? [] : textsOf(before)];
  const counted = `nat ${name}  ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`;
  if (before === undefined) return counted;
  const added = rules.filter((rule) => !had.includes(rule)).length;
  const removed = had.filter((rule) => !rules.includes(rule)).length;
  const said = [
    ...(added === 0 ? [] : [`+${added}`]),
    ...(removed === 0 ? [] : [`-${removed}`]),
    ...(before.hooks === undefined ? [] : [`led into ${before.hooks} times`]),
  ];
  return `${counted} (${said.length === 0 ? 'in another order' : said.join(', ')})`;
}
