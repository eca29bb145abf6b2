// pipeline/preflight/without-nft.ts — tables that iptables makes in nftables for netctl's rules, on a host without
// `nft`, or whose `nft` fails: nothing else removes them.
import { DriverError } from '../../core/resource.ts';
import type { Diagnostic, HostReader, State } from '../../core/resource.ts';
import { attempt, READ_CHAINS } from '../../iptables/nft-reads.ts';
import { savedRules } from '../../iptables/read.ts';
import type { Chain } from '../../kinds/chain/model.ts';

/** One call more on a host without nft whose plan makes a table, and none otherwise. */
export async function tablesToStay(host: HostReader, wanted: State, observed: State): Promise<readonly Diagnostic[]> {
  const made = [...wanted].filter(([ref, { kind }]) => kind === 'chain' && !observed.has(ref));
  if (made.length === 0) return [];
  const why = await whyUnasked(host);
  if (why === undefined) return [];
  const saved = await savedRules(host);
  const tables = new Set(
    made.flatMap(([, resource]) => (isThere(saved, (resource as Chain).table) ? [] : [(resource as Chain).table])),
  );
  if (tables.size === 0 || !(await attempt(host, ['iptables', '-V'])).includes('(nf_tables)')) return [];
  return [
    {
      severity: 'warning',
      code: 'tables-stay',
      against: made.map(([ref]) => ref),
      at: [],
      message: `${why}: after a rollback or destroy the table${tables.size === 1 ? '' : 's'} ${[...tables].join(', ')} of iptables, which this host does not have yet, will stay, empty`,
      hint: `${why === MISSING ? 'apt-get install nftables' : 'have nft work'}, before the apply: with it netctl knows which tables were there, and removes the others`,
    },
  ];
}

const MISSING = 'nft is not installed (Debian package nftables)';

async function whyUnasked(host: HostReader): Promise<string | undefined> {
  try {
    await host.read(READ_CHAINS);
    return undefined;
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return error.isMissing ? MISSING : error.message;
  }
}

function isThere(saved: string, table: string): boolean {
  return saved.split('\n').includes(`*${table}`);
}

/**
 * Tables of iptables in nftables without a rule, a chain of somebody's or a policy, from what `iptables-save` prints.
 */
export function idleTables(saved: string): readonly string[] {
  if (!saved.includes('(nf_tables)')) return [];
  return [...saved.matchAll(/^\*(\S+)\n([^]*?)^COMMIT$/gm)].flatMap(([, table = '', body = '']) =>
    body.split('\n').every((line) => line === '' || /^:\S+ ACCEPT /.test(line)) ? [table] : [],
  );
}

/** What is said when the others are gone: nobody knows whether these were there before netctl. */
export function toldOfIdle(tables: readonly string[], hasNft: boolean): readonly Diagnostic[] {
  if (tables.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'tables-stay',
      at: [],
      message: `the table${tables.length === 1 ? '' : 's'} ${tables.join(', ')} of iptables ${tables.length === 1 ? 'is' : 'are'} empty and left as ${tables.length === 1 ? 'it is' : 'they are'}: ${hasNft ? 'whether they were there before netctl is not known' : 'nft is not installed (Debian package nftables)'}`,
      hint: `${tables.map((table) => `nft delete table ip ${table}`).join(' && ')}${hasNft ? '' : ', once it is'}, if nobody else needs ${tables.length === 1 ? 'it' : 'them'}`,
    },
  ];
}

/**
 * What is said of chains of the kernel's without a rule, in tables (`ip nat`) that somebody uses, when the record of
 * the first apply is lost.
 */
export function toldOfIdleChains(tables: readonly (readonly [string, readonly string[]])[]): readonly Diagnostic[] {
  const left = tables.filter(([, chains]) => chains.length > 0);
  if (left.length === 0) return [];
  const deletions = left.flatMap(([table, chains]) => chains.map((chain) => `nft delete chain ${table} ${chain}`));
  const isOne = deletions.length === 1;
  return [
    {
      severity: 'warning',
      code: 'tables-stay',
      at: [],
      message: `empty base chains are left: ${left.map(([table, chains]) => `${chains.join(', ')} of table ${table}`).join('; ')}: what netctl found at its first apply is not recorded, and so it is not known whether ${isOne ? 'it was' : 'they were'} there before`,
      hint: `${deletions.join(' && ')}, if nobody else needs ${isOne ? 'it' : 'them'}`,
    },
  ];
}
