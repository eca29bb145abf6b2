// iptables/read.ts — what a host's rules are: all of them, or a few chains in the same words.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';
import { withoutBreaks } from './rule-text.ts';

/** Says all tables, whoever's. */
export const READ_RULES: readonly string[] = ['iptables-save'];
export const READ_RULES6: readonly string[] = ['ip6tables-save'];

/**
 * All rules of a host: `save` says those of one family. Of a text that ends in the middle nothing is believed: what it
 * does not show may well be there.
 */
export async function savedRules(host: HostReader, save: readonly string[] = READ_RULES): Promise<string> {
  const text = withoutBreaks(await host.read(save));
  const begun = Math.max(text.lastIndexOf('\n*'), text.startsWith('*') ? 0 : -1);
  if (begun === -1 ? /^[^#\s]/.test(text) : text.lastIndexOf('\nCOMMIT\n') < begun)
    throw new DriverError(save.join(' '), { stderr: 'what it printed is not whole' });
  return text;
}

/** So many chains are read one by one; of more, all are read at once. */
const FEW = 8;

/**
 * These chains (`nat/netctl-snat`) as `iptables-save` would say them. Undefined where there are many of them, and where
 * that cannot be known: one is not there, or there are no such tables. One chain of a table is read in no more time
 * than `iptables` takes to start, however many rules there are.
 */
export async function chainsAsSaved(
  host: HostReader,
  names: readonly string[],
  tool = 'iptables',
): Promise<string | undefined> {
  if (names.length > FEW) return undefined;
  try {
    return (await Promise.all(names.map(async (name) => await chainAsSaved(host, name, tool)))).join('');
  } catch (error) {
    if (error instanceof DriverError) return undefined;
    throw error;
  }
}

async function chainAsSaved(host: HostReader, name: string, tool: string): Promise<string> {
  const [table = '', chain = ''] = name.split('/');
  const argv = [tool, '-w', '5', '-t', table, '-S', chain];
  const text = withoutBreaks(await host.read(argv));
  if (!/^-[NP] /.test(text)) throw new DriverError(argv.join(' '), { stderr: 'it printed no chain' });
  return `*${table}\n${text.replace(/^-([NP]) (\S+)(?: (\S+))?$/gm, (_, __, itself: string, policy: string | undefined) => `:${itself} ${policy ?? '-'} [0:0]`)}`;
}

/** Tables of nftables that are iptables-nft's. */
export const IPTABLES_TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter', 'security'];
