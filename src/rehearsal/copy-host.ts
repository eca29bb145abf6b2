// rehearsal/copy-host.ts — in the sandbox: a host is made again as far as it can be, part after part, and what could
// not be is told.
import { openSync } from 'node:fs';
import { DriverError } from '../core/resource.ts';
import type { Driver } from '../core/resource.ts';
import { createLinuxDriver } from '../driver/linux.ts';
import { forgetPidFile, listen } from './sandbox/private.ts';
import type { Rebuilding, Try } from '../pipeline/sandbox.ts';
import { isNeedless, refusedLines } from './refused.ts';
import type { Family } from '../net/ip.ts';

/** Makes the host again as far as it can be, and says what could not. */
export async function copyHost(
  { namespaces, elsewhere, devices, rules, tables, daemons, listening }: Rebuilding,
  driver: Driver,
  netns: string | undefined,
): Promise<readonly string[]> {
  const all = [
    ...(netns === undefined ? [] : [`netns attach ${netns} 1`]),
    ...[...namespaces, elsewhere].filter((name) => name !== netns).map((name) => `netns add ${name}`),
  ];
  // By its name, the host would be looked for where it is only just made.
  await createLinuxDriver().perform({ op: 'batch', tool: ['ip', '-batch', '-'], lines: all });
  // Held, it lives on without a name: on the host it has none either.
  openSync(`/run/netns/${elsewhere}`, 'r');
  const lost = (await Promise.all([inTurn(devices, driver, elsewhere), inTurn(rules, driver, elsewhere)])).flat();
  await driver.perform({ op: 'run', argv: ['ip', 'netns', 'del', elsewhere] });
  lost.push(...(await inTurn(tables, driver, elsewhere)));
  for (const socket of listening) await listen(socket);
  for (const daemon of daemons) lost.push(...(await start(daemon, driver)));
  return lost;
}

/** One that has lost its bridge or its address since runs on: it is started with them, and they go again. */
async function start(
  { argv, pidFile, netns }: Rebuilding['daemons'][number],
  driver: Driver,
): Promise<readonly string[]> {
  forgetPidFile(pidFile);
  const where = netns === undefined ? {} : { netns };
  const failed = await failureOf(driver.perform({ op: 'start', argv, pidFile, ...where }));
  if (failed === undefined) return [];
  const [link, address] = ['--interface=', '--listen-address='].map((option) =>
    argv.find((word) => word.startsWith(option))?.slice(option.length),
  );
  if (link === undefined || address === undefined) return [failed];
  const one = async (line: string): Promise<boolean> =>
    (await failureOf(driver.perform({ op: 'batch', tool: ['ip', '-batch', '-'], lines: [line], ...where }))) ===
    undefined;
  const isMade = (await one(`link add name ${link} type bridge`)) && (await one(`link set dev ${link} up`));
  const isBound = await one(`address add ${address}/32 dev ${link}`);
  const still = await failureOf(driver.perform({ op: 'start', argv, pidFile, ...where }));
  if (isMade) await one(`link del dev ${link}`);
  else if (isBound) await one(`address del ${address}/32 dev ${link}`);
  return still === undefined ? [] : [failed];
}

async function failureOf(done: Promise<void>): Promise<string | undefined> {
  try {
    await done;
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

async function inTurn(tries: readonly Try[], driver: Driver, elsewhere: string): Promise<string[]> {
  const lost: string[] = [];
  for (const one of tries)
    lost.push(...('lines' in one ? await attempt(one, driver, elsewhere) : await whole(one, driver)));
  return lost;
}

async function whole(
  { argv, stdin, what, netns }: Extract<Try, { argv: unknown }>,
  driver: Driver,
): Promise<readonly string[]> {
  if (stdin === '') return [];
  try {
    await driver.perform({ op: 'run', argv, stdin, ...(netns === undefined ? {} : { netns }) });
    return [];
  } catch (error) {
    return [`${what}: ${wordsOf(error)}`];
  }
}

/** Twice: a route may lead through one that stands below it. */
async function attempt(
  { lines, netns, family }: Extract<Try, { lines: unknown }>,
  driver: Driver,
  elsewhere: string,
): Promise<readonly string[]> {
  let left = lines;
  let refused: readonly { readonly line: string; readonly said: string }[] = [];
  for (let turn = 0; turn < 2 && left.length > 0; turn++) {
    refused = await forced(left, driver, netns, family);
    left = refused.map(({ line }) => line);
  }
  // Far ends of cables that were needless are not there to be set up.
  return netns === elsewhere ? [] : refused.map(({ line, said }) => `${line}: ${said}`);
}

async function forced(
  lines: readonly string[],
  driver: Driver,
  netns: string | undefined,
  family: Family | undefined,
): Promise<readonly { readonly line: string; readonly said: string }[]> {
  try {
    await driver.perform({
      op: 'batch',
      tool: ['ip', ...(family === 6 ? ['-6'] : []), '-force', '-batch', '-'],
      lines,
      ...(netns === undefined ? {} : { netns }),
    });
    return [];
  } catch (error) {
    const cause = error instanceof DriverError && error.cause instanceof DriverError ? error.cause : error;
    if (!(cause instanceof DriverError) || cause.exitCode === undefined) throw error;
    if (cause.exitCode !== MISREAD) return refusedLines(lines, cause.stderr).filter((line) => !isNeedless(line));
    const [first] = lines;
    if (first === undefined || lines.length === 1) return [{ line: first ?? '', said: cause.stderr.trim() }];
    const middle = Math.ceil(lines.length / 2);
    const halves = [
      ...(await forced(lines.slice(0, middle), driver, netns, family)),
      ...(await forced(lines.slice(middle), driver, netns, family)),
    ];
    // What was done before the line that is not understood is done again.
    return halves.filter(({ said }) => !said.includes('File exists'));
  }
}

/** A line that `ip` does not understand ends it, however forced, and it does not say which. */
const MISREAD = 255;

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replaceAll('\n', '; ');
}
