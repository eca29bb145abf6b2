// commands/empty-tables.ts — tables of iptables that came with netctl's rules, and are empty: nobody misses them, and the host is as it was.
import { DriverError } from '../core/resource.ts';
import type { Driver } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import { TABLES } from '../generations/image.ts';
import type { Image } from '../generations/image.ts';
import { savedRules } from '../iptables/read.ts';
import type { World } from './world.ts';

/**
 * A table that was not there, and in which nobody has a rule or a chain now. In one transaction: a rule that somebody puts there meanwhile has it refused.
 * Only nftables lets its tables go.
 */
export async function removeEmptyTables(driver: Driver, image: Image): Promise<void> {
  const text = await savedRules(driver);
  if (!text.includes('(nf_tables)')) return;
  for (const table of emptyTables(text)) {
    if (image[TABLES]?.includes(table) === true) continue;
    try {
      const chains = /chain (\S+) \{/g;
      const shown = await driver.read(['nft', 'list', 'table', 'ip', table]);
      const lines = [...shown.matchAll(chains)].map(([, chain]) => `delete chain ip ${table} ${chain ?? ''}`);
      await driver.perform({ op: 'run', argv: ['nft', '-f', '-'], stdin: [...lines, `delete table ip ${table}`, ''].join('\n') });
    } catch (error) {
      // Without nft, or when somebody has it in use by now, it stays, and does nothing.
      if (!(error instanceof DriverError)) throw error;
    }
  }
}

function emptyTables(text: string): readonly string[] {
  return text.split(/^\*/m).slice(1).filter((table) => !/^-A |^:\S+ (?:-|DROP) /m.test(table)).map((table) => table.split('\n', 1)[0] ?? '');
}

/** Those that were not there before the first apply, where that is still known. */
export async function removeTablesSinceFirst({ driver, generations }: Pick<World, 'driver' | 'generations'>): Promise<void> {
  if (generations.list()[0]?.number !== 1) return;
  try {
    await removeEmptyTables(driver, generations.record(1).image);
  } catch (error) {
    // A damaged record tells nothing.
    if (!(error instanceof StoreError)) throw error;
  }
}
