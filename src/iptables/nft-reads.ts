// iptables/nft-reads.ts — how others are read. What is read first is begun before it is known whether the spec has
// anything to protect.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';

/**
 * Chains of nftables without their rules, in their tables, whoever's. `nft list tables` would say less, and reads all
 * rules for it (nft 1.0.6).
 */
export const READ_CHAINS: readonly string[] = ['nft', 'list', 'chains'];

export interface NamedTable {
  readonly family: string;
  readonly name: string;
  readonly chains: readonly string[];
}

/** Tables, as they were made, with the names of their chains, from what `READ_CHAINS` prints. */
export function tablesIn(text: string): readonly NamedTable[] {
  return [...text.matchAll(/^table (\S+) (\S+) \{\n([^]*?)^\}/gm)].map(([, family = '', name = '', body = '']) => ({
    family,
    name,
    chains: [...body.matchAll(/^\tchain (\S+) \{/gm)].map(([, chain = '']) => chain),
  }));
}

/** All rules of nftables, without what sets hold: those may be long. */
export const READ_RULESET: readonly string[] = ['nft', '-a', '-t', 'list', 'ruleset'];

/** A tool that is missing or refuses shows nothing. */
export async function attempt(host: HostReader, argv: readonly string[]): Promise<string> {
  try {
    return await host.read(argv);
  } catch (error) {
    if (error instanceof DriverError) return '';
    throw error;
  }
}
