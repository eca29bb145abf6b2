// iptables/incompatible.ts — tables of iptables-nft in which somebody has put what only nft can read: the save tools
// leave them out, as if they were empty.
import { DriverError } from '../core/resource.ts';
import type { HostReader } from '../core/resource.ts';

/**
 * Throws a DriverError where a table that is needed, or that holds rules of netctl's, is not in what `iptables-save` or
 * `ebtables-nft-save` printed: what is there would be taken for missing, and be put there once more each time.
 */
export async function refuseIncompatible(
  host: HostReader,
  saved: string,
  { command, family, needed, prefix }: Shown,
): Promise<void> {
  for (const [, table = ''] of saved.matchAll(/^# Table `(\w+)' is incompatible/gm)) {
    if (!needed.has(table) && !(await host.read(['nft', 'list', 'table', family, table])).includes(prefix)) continue;
    throw new DriverError(command, {
      stderr: `it does not show the table ${family} ${table}, in which nft has put what it cannot read (\`nft list table ${family} ${table}\`), so netctl's rules there could be neither seen nor removed. Have nft load its own into a table of another name, as \`table ${family} own_${table} { … }\`: it works the same there`,
    });
  }
}

interface Shown {
  readonly command: string;
  /** Of nftables. */
  readonly family: 'ip' | 'ip6' | 'bridge';
  readonly needed: ReadonlySet<string>;
  /** Of netctl's chains. */
  readonly prefix: string;
}
