// iptables/nft-reads.ts — how others are read. What is read first is begun before it is known whether the spec has anything to protect.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';

/** Tables of nftables, whoever's. */
export const READ_TABLES: readonly string[] = ['nft', 'list', 'tables'];

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
