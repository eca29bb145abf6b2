// core/execute.ts — does a plan: neighbouring batches in one process, past what failed, never on top of it.
import { DriverError } from './resource.ts';
import type { Driver, Op, Plan, Reporter } from './resource.ts';

/** `rolled back`: it was done, and undone since what belongs to it was not. */
export type Outcome = 'done' | 'failed' | 'skipped' | 'stopped' | 'rolled back';
type Batch = Extract<Op, { op: 'batch' }>;

/** One process is given at most so many lines: a stop is heeded between processes. */
const LINES = 2000;

/**
 * Does every step that waits for none that failed. Says for each step what became of it; `signal` stops it between
 * processes.
 */
export async function execute(
  plan: Plan,
  driver: Driver,
  report: Reporter,
  signal?: AbortSignal,
): Promise<readonly Outcome[]> {
  const run = new Run(plan, driver, report, signal);
  for (const step of plan.steps.keys()) {
    if (signal?.aborted === true) run.stop(step);
    else await run.take(step);
  }
  await run.flush();
  return run.outcomes();
}

class Run {
  private readonly outcome: (Outcome | undefined)[];
  private readonly left: number[];
  private queue: { readonly step: number; readonly op: Batch }[] = [];
  private readonly plan: Plan;
  private readonly driver: Driver;
  private readonly report: Reporter;
  private readonly signal: AbortSignal | undefined;

  constructor(plan: Plan, driver: Driver, report: Reporter, signal: AbortSignal | undefined) {
    this.plan = plan;
    this.driver = driver;
    this.report = report;
    this.signal = signal;
    this.outcome = plan.steps.map(() => undefined);
    this.left = plan.steps.map((step) => step.ops.length);
  }

  outcomes(): readonly Outcome[] {
    return this.outcome.map((outcome) => outcome ?? 'done');
  }

  stop(step: number): void {
    this.outcome[step] = 'stopped';
    this.report({ event: 'stopped', step });
  }

  async take(step: number): Promise<void> {
    const ops = this.plan.steps[step]?.ops ?? [];
    // Whether what it waits for succeeded is known only when that has been done, except in the same batch, which stops
    // at a failure by itself.
    if (this.mustKnow(step, ops)) await this.flush();
    if (this.skip(step)) return;
    if (this.isStopped()) {
      this.stop(step);
      return;
    }
    this.report({ event: 'started', step });
    if (ops.length === 0) this.finish(step);
    for (const op of ops) {
      if (this.hasEnded(step)) return;
      if (op.op === 'batch') await this.enqueue(step, op);
      else {
        await this.flush();
        if (!this.hasEnded(step)) await this.perform(step, op);
      }
    }
  }

  async flush(): Promise<void> {
    // Bounded: every turn ends at least one step.
    while (this.queue.length > 0) {
      const batch = this.queue;
      const { done, failure } = await this.performBatch(batch);
      for (const { step } of batch.slice(0, done ?? 0)) this.count(step);
      // Where the tool does not say at which line it stopped, nothing of the batch is known to be done: the next look
      // tells.
      const refused = failure !== undefined && done === undefined ? batch : batch.slice(done, (done ?? 0) + 1);
      for (const { step, op } of refused) this.fail(step, op, failure);
      this.queue = batch.slice((done ?? 0) + 1).filter(({ step }) => !this.hasEnded(step) && !this.skip(step));
      if (failure !== undefined && this.isStopped()) this.stopQueued();
    }
  }

  private stopQueued(): void {
    for (const { step } of this.queue.splice(0)) if (!this.hasEnded(step)) this.stop(step);
  }

  private isStopped(): boolean {
    return this.signal?.aborted === true;
  }

  private async enqueue(step: number, op: Batch): Promise<void> {
    const first = this.queue[0]?.op;
    const lines = this.queue.reduce((sum, queued) => sum + queued.op.lines.length, 0);
    if (first !== undefined && (!sameTool(first, op) || lines + op.lines.length > LINES)) {
      await this.flush();
      if (this.hasEnded(step) || this.skip(step)) return;
    }
    this.queue.push({ step, op });
  }

  /** Says how many of the queued ops were done, as far as that is known, and what stopped it there. */
  private async performBatch(
    batch: readonly { readonly op: Batch }[],
  ): Promise<{ readonly done: number | undefined; readonly failure?: unknown }> {
    const head = batch[0]?.op;
    if (head === undefined) return { done: 0 };
    try {
      await this.driver.perform({ ...head, lines: batch.flatMap(({ op }) => op.lines) });
      return { done: batch.length };
    } catch (failure) {
      if (!(failure instanceof DriverError) || failure.line === undefined) return { done: undefined, failure };
      let line = failure.line;
      const at = batch.findIndex(({ op }) => (line -= op.lines.length) < 0);
      return { done: at === -1 ? undefined : at, failure };
    }
  }

  private async perform(step: number, op: Op): Promise<void> {
    try {
      await this.driver.perform(op);
      this.count(step);
    } catch (error) {
      this.fail(step, op, error);
    }
  }

  private fail(step: number, op: Op, error: unknown): void {
    if (!(error instanceof DriverError)) throw error;
    if (this.outcome[step] === 'failed') return;
    this.outcome[step] = 'failed';
    this.report({ event: 'failed', step, op, error });
  }

  private hasEnded(step: number): boolean {
    return this.outcome[step] !== undefined;
  }

  private count(step: number): void {
    this.left[step] = (this.left[step] ?? 1) - 1;
    if (this.left[step] === 0) this.finish(step);
  }

  private finish(step: number): void {
    this.outcome[step] = 'done';
    this.report({ event: 'done', step });
  }

  /** Skips a step that waits for one which was not done. */
  private skip(step: number): boolean {
    if (this.outcome[step] === 'skipped') return true;
    const waitingFor = (this.plan.steps[step]?.waitsFor ?? []).find(
      (earlier) => !['done', undefined].includes(this.outcome[earlier]),
    );
    if (waitingFor === undefined) return false;
    this.outcome[step] = 'skipped';
    this.report({ event: 'skipped', step, waitingFor });
    return true;
  }

  private mustKnow(step: number, ops: readonly Op[]): boolean {
    const first = this.queue[0]?.op;
    const joins = first !== undefined && ops.length > 0 && ops.every((op) => op.op === 'batch' && sameTool(first, op));
    return !joins && (this.plan.steps[step]?.waitsFor ?? []).some((earlier) => this.outcome[earlier] === undefined);
  }
}

function sameTool(a: Batch, b: Batch): boolean {
  return a.netns === b.netns && a.tool.join(' ') === b.tool.join(' ');
}
