// rehearsal/in-sandbox.ts — the half of a rehearsal that runs in the sandbox: the host is made again, the plan is done
// on it, and looked at.
import { writeSync } from 'node:fs';
import { diff } from '../core/diff.ts';
import { execute } from '../core/execute.ts';
import type { Outcome } from '../core/execute.ts';
import { observe } from '../core/observe.ts';
import { DriverError } from '../core/resource.ts';
import type { Change, State, Wanted } from '../core/resource.ts';
import { createLinuxDriver } from '../driver/linux.ts';
import { withdraw } from './sandbox/private.ts';
import { kindsFor } from '../kinds/index.ts';
import { rehearsable, unlikeIn, unserved } from './leave-out.ts';
import type { Answer, Request } from '../pipeline/sandbox.ts';
import type { Refusal } from '../report/rehearsal-result.ts';
import { copyHost } from './copy-host.ts';

/** Answers one request, and ends; at once when nobody listens any more. */
export async function inSandbox(): Promise<void> {
  // Asked by this very program.
  const answer = await rehearse(JSON.parse(await firstLine()) as Request);
  writeAll(JSON.stringify(answer));
  process.exit(0);
}

/** Of standard input, which stays open as long as somebody wants to know. */
function firstLine(): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    process.stdin
      .setEncoding('utf8')
      .on('data', (more: string) => {
        text += more;
        if (text.endsWith('\n')) resolve(text);
      })
      .on('end', () => {
        process.exit(1);
      });
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
  const lost = await copyHost(rebuilding, driver, netns);
  const wanted: Wanted = {
    state: new Map(request.wanted),
    because: new Map(),
    after: new Map(request.after),
    waiting: [],
  };
  driver.invalidate();
  const before = await observe(driver, wanted.state, kinds, memories);
  const observed: State = new Map(request.observed);
  const different = [...new Set([...request.avoided, ...unlikeIn(observed, before)])];
  const unlike = [...different, ...unserved(observed, different)];
  const { plan: part, numbers } = rehearsable(plan, new Set(unlike), wanted.after, kinds);
  const refused: Refusal[] = [];
  const done = await execute(part, driver, (event) => {
    if (event.event === 'failed') refused.push(refusal(numbers[event.step] ?? -1, event.error));
  });
  driver.invalidate();
  const after = await observe(driver, wanted.state, kinds, memories);
  const outcomes: (Outcome | 'left out')[] = plan.steps.map(() => 'left out');
  for (const [i, outcome] of done.entries()) outcomes[numbers[i] ?? -1] = outcome;
  return { outcomes, refused, residual: residualOf(after, before), unlike, lost };

  /** What a step was to bring and has not; and, when all were done, whatever else has come to differ. */
  function residualOf(now: State, then: State): readonly Change[] {
    const refsOf = (of: (outcome: Outcome | 'left out') => boolean): ReadonlySet<string> =>
      new Set(
        plan.steps.flatMap(({ changes }, i) => (of(outcomes[i] ?? 'left out') ? changes.map(({ ref }) => ref) : [])),
      );
    const [settled, unsettled] = [refsOf((outcome) => outcome === 'done'), refsOf((outcome) => outcome !== 'done')];
    const [differed, strange] = [new Set(diff(then, wanted, kinds).map(({ ref }) => ref)), new Set<string>(unlike)];
    return diff(now, wanted, kinds).filter(
      ({ ref }) =>
        !unsettled.has(ref) && !strange.has(ref) && (settled.has(ref) || (unsettled.size === 0 && !differed.has(ref))),
    );
  }
}

function refusal(step: number, error: Error): Refusal {
  if (!(error instanceof DriverError)) return { step, command: '', stderr: error.message };
  return {
    step,
    command: error.command,
    ...(error.exitCode === undefined ? {} : { exitCode: error.exitCode }),
    stderr: error.stderr,
  };
}
