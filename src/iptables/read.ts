// iptables/read.ts — what a host's rules are: all of them, or a few chains in the same words.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';

/** Says all tables, whoever's. */
export const READ_RULES: readonly string[] = ['iptables-save'];

/** So many chains are read one by one; of more, all are read at once. */
const FEW = 8;

/**
 * These chains (`nat/netctl-snat`) as `iptables-save` would say them. Undefined where there are many of them, and where that cannot be known: one is
 * not there, or there are no such tables. One chain of a table is read in no more time than `iptables` takes to start, however many rules there are.
 */
export async function chainsAsSaved(host: HostReader, names: readonly string[]): Promise<string | undefined> {
  if (names.length > FEW) return undefined;
  try {
    return (await Promise.all(names.map(async (name) => await chainAsSaved(host, name)))).join('');
  } catch (error) {
    if (error instanceof DriverError) return undefined;
    throw error;
  }
}

async function chainAsSaved(host: HostReader, name: string): Promise<string> {
  const [table = '', chain = ''] = name.split('/');
  const text = await host.read(['iptables', '-w', '5', '-t', table, '-S', chain]);
  return `*${table}\n${text.replace(/^-([NP]) (\S+)(?: (\S+))?$/gm, (_, __, itself: string, policy: string | undefined) => `:${itself} ${policy ?? '-'} [0:0]`)}`;
}
