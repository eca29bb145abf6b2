// commands/on-stage.ts — the half of a rehearsal that runs on the stage: the host is made again, the plan is done on it, and looked at.
import { openSync, writeSync } from 'node:fs';
import { diff } from '../core/diff.ts';
import { execute } from '../core/execute.ts';
import type { Outcome } from '../core/execute.ts';
import { observe } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import type { Change, Driver, State, Wanted } from '../core/resource.ts';
import { createLinuxDriver } from '../driver/linux.ts';
import { forgetPidFile, listen, withdraw } from '../driver/stage/private.ts';
import { kindsFor } from '../kinds/index.ts';
import { rehearsable, unlikeIn } from '../rehearsal/leave-out.ts';
import type { Answer, Rebuilding, Refusal, Request, Try } from '../rehearsal/model.ts';
import { isNeedless, refusedLines } from '../rehearsal/refused.ts';

/** Answers one request, and ends; at once when nobody listens any more. */
export async function onStage(): Promise<void> {
  const answer = await rehearse(JSON.parse(await firstLine()) as Request);
  writeAll(JSON.stringify(answer));
  process.exit(0);
}

/** Of standard input, which stays open as long as somebody wants to know. */
function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    process.stdin.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.endsWith('\n')) resolve(text);
    }).on('end', () => { process.exit(1); });
  });
}

function writeAll(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) at += writeSync(process.stdout.fd, bytes, at);
}

async function rehearse(request: Request): Promise<Answer> {
  const { netns, paths, rebuilding, plan, memories } = request;
  const kinds = kindsFor(paths);
  const driver = createLinuxDriver(netns === undefined ? {} : { netns });
  await withdraw(paths);
  const lost = await make(rebuilding, driver, netns);
  const wanted: Wanted = { state: new Map(request.wanted), because: new Map(), after: new Map(request.after), waiting: [] };
  driver.lookAgain();
  const before = await observe(driver, wanted.state, kinds, memories);
  const unlike = unlikeIn(new Map(request.observed), before);
  const { plan: part, numbers } = rehearsable(plan, new Set(unlike), wanted.after, kinds);
  const refused: Refusal[] = [];
  const done = await execute(part, driver, (event) => {
    if (event.event === 'failed') refused.push(refusal(numbers[event.step] ?? -1, event.error));
  });
  driver.lookAgain();
  const after = await observe(driver, wanted.state, kinds, memories);
  const outcomes: (Outcome | 'left out')[] = plan.steps.map(() => 'left out');
  for (const [i, outcome] of done.entries()) outcomes[numbers[i] ?? -1] = outcome;
  return { outcomes, refused, residual: residualOf(after, before), unlike, lost };

  /** What a step was to bring and has not; and, when all were done, whatever else has come to differ. */
  function residualOf(now: State, then: State): readonly Change[] {
    const refsOf = (of: (outcome: Outcome | 'left out') => boolean): ReadonlySet<string> => new Set(plan.steps.flatMap(({ changes }, i) => (of(outcomes[i] ?? 'left out') ? changes.map(({ ref }) => ref) : [])));
    const [settled, unsettled] = [refsOf((outcome) => outcome === 'done'), refsOf((outcome) => outcome !== 'done')];
    const [differed, strange] = [new Set(diff(then, wanted, kinds).map(({ ref }) => ref)), new Set<string>(unlike)];
    return diff(now, wanted, kinds).filter(({ ref }) => !unsettled.has(ref) && !strange.has(ref) && (settled.has(ref) || (unsettled.size === 0 && !differed.has(ref))));
  }
}

function refusal(step: number, error: Error): Refusal {
  if (!(error instanceof DriverError)) return { step, command: '', stderr: error.message };
  return { step, command: error.command, ...(error.exitCode === undefined ? {} : { exitCode: error.exitCode }), stderr: error.stderr };
}

/** Makes the host again as far as it can be, and says what could not. */
async function make({ namespaces, elsewhere, devices, rules, tables, daemons, listening }: Rebuilding, driver: Driver, netns: string | undefined): Promise<readonly string[]> {
  const all = [...(netns === undefined ? [] : [`netns attach ${netns} 1`]), ...[...namespaces, elsewhere].filter((name) => name !== netns).map((name) => `netns add ${name}`)];
  // By its name, the host would be looked for where it is only just made.
  await createLinuxDriver().perform({ op: 'batch', tool: ['ip', '-batch', '-'], lines: all });
  // Held, it lives on without a name: on the host it has none either.
  openSync(`/run/netns/${elsewhere}`, 'r');
  const lost = (await Promise.all([inTurn(devices, driver, elsewhere), inTurn(rules, driver, elsewhere)])).flat();
  await driver.perform({ op: 'run', argv: ['ip', 'netns', 'del', elsewhere] });
  lost.push(...await inTurn(tables, driver, elsewhere));
  for (const socket of listening) await listen(socket);
  for (const { argv, pidFile } of daemons) {
    forgetPidFile(pidFile);
    await driver.perform({ op: 'start', argv, pidFile }).catch((error: unknown) => { lost.push(wordsOf(error)); });
  }
  return lost;
}

async function inTurn(tries: readonly Try[], driver: Driver, elsewhere: string): Promise<string[]> {
  const lost: string[] = [];
  for (const one of tries) lost.push(...('lines' in one ? await attempt(one, driver, elsewhere) : await whole(one, driver)));
  return lost;
}

async function whole({ argv, stdin, what }: Extract<Try, { argv: unknown }>, driver: Driver): Promise<readonly string[]> {
  if (stdin === '') return [];
  try {
    await driver.perform({ op: 'run', argv, stdin });
    return [];
  } catch (error) {
    return [`${what}: ${wordsOf(error)}`];
  }
}

/** Twice: a route may lead through one that stands below it. */
async function attempt({ lines, netns, family }: Extract<Try, { lines: unknown }>, driver: Driver, elsewhere: string): Promise<readonly string[]> {
  let left = lines;
  let refused: readonly { readonly line: string; readonly said: string }[] = [];
  for (let turn = 0; turn < 2 && left.length > 0; turn++) {
    refused = await forced(left, driver, netns, family);
    left = refused.map(({ line }) => line);
  }
  // Far ends of cables that were needless are not there to be set up.
  return netns === elsewhere ? [] : refused.map(({ line, said }) => `${line}: ${said}`);
}

async function forced(lines: readonly string[], driver: Driver, netns: string | undefined, family: 4 | 6 | undefined): Promise<readonly { readonly line: string; readonly said: string }[]> {
  try {
    await driver.perform({ op: 'batch', tool: ['ip', ...(family === 6 ? ['-6'] : []), '-force', '-batch', '-'], lines, ...(netns === undefined ? {} : { netns }) });
    return [];
  } catch (error) {
    const cause = error instanceof DriverError && error.cause instanceof DriverError ? error.cause : error;
    if (!(cause instanceof DriverError) || cause.exitCode === undefined) throw error;
    if (cause.exitCode !== MISREAD) return refusedLines(lines, cause.stderr).filter((line) => !isNeedless(line));
    const [first] = lines;
    if (first === undefined || lines.length === 1) return [{ line: first ?? '', said: cause.stderr.trim() }];
    const middle = Math.ceil(lines.length / 2);
    const halves = [...await forced(lines.slice(0, middle), driver, netns, family), ...await forced(lines.slice(middle), driver, netns, family)];
    // What was done before the line that is not understood is done again.
    return halves.filter(({ said }) => !said.includes('File exists'));
  }
}

/** A line that `ip` does not understand ends it, however forced, and it does not say which. */
const MISREAD = 255;

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replaceAll('\n', '; ');
}
