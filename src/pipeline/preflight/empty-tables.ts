// pipeline/preflight/empty-tables.ts — tables and chains of iptables that came with netctl's rules, and are empty:
// nobody misses them, and the host is as it was.
import { DriverError } from '../../core/resource.ts';
import type { Diagnostic, Driver } from '../../core/resource.ts';
import { StoreError } from '../../core/stored.ts';
import { MissingTool } from '../../driver/missing-tool.ts';
import { CHAINS, chainsIn } from '../../generations/image.ts';
import type { Image } from '../../generations/image.ts';
import { attempt, READ_CHAINS } from '../../iptables/nft-reads.ts';
import { READ_RULES } from '../../iptables/read.ts';
import { CHAIN_PREFIX } from '../../core/marks.ts';
import type { World } from '../world.ts';
import { idleTables, toldOfIdle, toldOfIdleChains } from './without-nft.ts';

/**
 * Undefined where there is no nft: iptables-legacy does not let its tables go. What fails otherwise is read once more:
 * without it nobody could tell later which tables came with netctl's rules.
 */
export async function readChains(driver: Pick<Driver, 'read' | 'invalidate'>): Promise<string | undefined> {
  for (const isLast of [false, true]) {
    try {
      return await driver.read(READ_CHAINS);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      if (isLast || error instanceof MissingTool) return undefined;
      driver.invalidate();
    }
  }
  return undefined;
}

/**
 * A table that was not there, and in which nobody has a rule or a chain of his own now; and chains of the kernel's that
 * were not there, in one that was.
 * In one transaction: a rule that somebody puts there meanwhile has it refused.
 */
export async function removeEmptyTables(driver: Driver, image: Image): Promise<void> {
  const lines = image[CHAINS]?.map((line) => line.split(' '));
  const now = lines === undefined ? undefined : await readChains(driver);
  if (lines === undefined || now === undefined) return;
  const before = new Map(lines.map(([family = '', table = '', ...chains]) => [`${family} ${table}`, chains]));
  for (const [table, chains] of chainsIn(now)) {
    const kept = before.get(table);
    if (chains.every((chain) => kept?.includes(chain))) continue;
    try {
      const idle = (await idleChains(driver, table)).filter((chain) => kept?.includes(chain) !== true);
      // In one that is new, and in use, they may be somebody's.
      if (idle.length === 0 || (kept === undefined && idle.length < chains.length)) continue;
      const ops = [
        ...idle.map((chain) => `delete chain ${table} ${chain}`),
        ...(kept === undefined ? [`delete table ${table}`] : []),
      ];
      await driver.perform({ op: 'run', argv: ['nft', '-f', '-'], stdin: [...ops, ''].join('\n') });
    } catch (error) {
      // When somebody has it in use by now, it stays, and does nothing.
      if (!(error instanceof DriverError)) throw error;
    }
  }
}

async function idleChains(driver: Pick<Driver, 'read'>, table: string): Promise<readonly string[]> {
  const shown = await driver.read(['nft', 'list', 'table', ...table.split(' ')]);
  return [...shown.matchAll(IDLE)].map(([, chain = '']) => chain);
}

/** One of the kernel's, without a rule, that lets everything pass: as iptables-nft makes them. */
const IDLE =
  /^\tchain (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING|BROUTING) \{\n\t\ttype [^\n]* policy accept;\n\t\}/gm;

/**
 * Without the tables in which the first apply that is known found chains of netctl's: the state directory had been
 * lost, and what was there before netctl nobody knows.
 */
function withoutOwn(image: Image): Image {
  const lines = image[CHAINS]?.filter((line) => !line.includes(` ${CHAIN_PREFIX}`));
  return lines === undefined ? image : { ...image, [CHAINS]: lines };
}

/**
 * Those that were not there before the first apply; where its record was dropped after many others, or is lost, those
 * that nobody uses. `hadRules`: there were rules of netctl's until now. Says which stay that may have come with them.
 */
export async function removeTablesSinceFirst(
  { driver, generations }: Pick<World, 'driver' | 'generations'>,
  hadRules: boolean,
): Promise<readonly Diagnostic[]> {
  const [oldest] = generations.list();
  if (oldest === undefined && !hadRules) return [];
  try {
    const found = oldest?.number === 1 ? generations.record(1).image : { [CHAINS]: [] };
    const image = withoutOwn(found);
    await removeEmptyTables(driver, image);
    if (!hadRules) return [];
    const now = await readChains(driver);
    const recorded = image[CHAINS];
    const empty = now === undefined || recorded === undefined ? idleTables(await attempt(driver, READ_RULES)) : [];
    if (now === undefined) return toldOfIdle(empty, false);
    if (oldest?.number === 1 && recorded !== undefined && recorded.length === found[CHAINS]?.length) return [];
    const left: (readonly [string, readonly string[]])[] = [];
    for (const table of chainsIn(now).keys())
      if (!empty.includes(table.replace(/^ip /, ''))) left.push([table, await idleChains(driver, table)]);
    return [...toldOfIdle(empty, true), ...toldOfIdleChains(left)];
  } catch (error) {
    // A damaged record tells nothing.
    if (!(error instanceof StoreError)) throw error;
    return [];
  }
}
