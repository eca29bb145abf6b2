// probes/probing.ts — asks what probes ask, all at once: some by a tool, the rest by a process of netctl's own in the
// host's namespace.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ASK } from './model.ts';
import type { Answer, Probe } from './model.ts';
import { inNamespace } from '../driver/namespace.ts';
import { retry, said } from './retry.ts';
import type { Attempt } from './retry.ts';
import { ping } from './ping.ts';
import { acknowledged } from './session.ts';
import { wayFrom } from './way.ts';

export interface Where {
  /** The namespace that is taken for the host. */
  readonly netns?: string | undefined;
  /** How netctl is run: node, and the program. */
  readonly program: readonly string[];
}

/** Milliseconds that a process of ours may take to begin. */
const STARTING = 15_000;
/** Names are looked up by blocking calls: one that is not answered must not keep others from theirs. */
const LOOKUPS = '100';

/**
 * Asks all of them, each until it answers or its time is over. Never throws: what could not be asked has not answered.
 */
export async function probe(probes: readonly Probe[], where: Where, signal?: AbortSignal): Promise<readonly Answer[]> {
  const others = probes.filter((one) => attemptAt(one, where) === undefined);
  const answers = new Map(
    (
      await Promise.all([
        ...probes.map((one) => askedByTool(one, where, signal)),
        others.length === 0 ? [] : askedByChild(others, where, signal),
      ])
    )
      .flat()
      .map((answer) => [answer.probe, answer]),
  );
  return probes.map((one) => answers.get(one) ?? { probe: one, answered: false, ms: 0, why: 'it could not be asked' });
}

async function askedByTool(one: Probe, where: Where, signal?: AbortSignal): Promise<readonly Answer[]> {
  if (one.target.kind === 'way') return [{ probe: one, ...(await wayFrom(one.target, one.timeout, where, signal)) }];
  const attempt = attemptAt(one, where);
  return attempt === undefined ? [] : [{ probe: one, ...(await retry(attempt, one.timeout, { signal, waits: true })) }];
}

/** Undefined: no tool asks that. */
function attemptAt({ target, timeout, path }: Probe, { netns }: Where): Attempt | undefined {
  switch (target.kind) {
    // A spec may well have the host ask itself; a gateway that the host has become has nobody behind it.
    case 'ping':
      return (over, because) => ping(target.host, { timeout, netns, elsewhere: path === undefined }, over, because);
    case 'session':
      return acknowledged(target, netns);
    case 'way':
      return () => Promise.resolve();
    case 'tcp':
    case 'dns':
    case 'http':
      return undefined;
  }
}

/** It is ended as soon as all is said: a name that is still looked up would hold it. */
function askedByChild(
  probes: readonly Probe[],
  { netns, program }: Where,
  signal?: AbortSignal,
): Promise<readonly Answer[]> {
  return new Promise((resolve) => {
    const [tool = '', ...rest] = inNamespace([...program, ASK], netns);
    const child = spawn(tool, rest, {
      env: { ...process.env, UV_THREADPOOL_SIZE: LOOKUPS },
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const answers: Answer[] = [];
    let complaint = '';
    const end = (why: string): void => {
      clearTimeout(late);
      signal?.removeEventListener('abort', stop);
      child.kill('SIGKILL');
      const answered = new Set(answers.map(({ probe: one }) => one));
      resolve([
        ...answers,
        ...probes.filter((one) => !answered.has(one)).map((one) => ({ probe: one, answered: false, ms: 0, why })),
      ]);
    };
    const stop = (): void => {
      end('it was not asked to the end');
    };
    const late = setTimeout(
      () => {
        end('it could not be asked: no reply from netctl itself');
      },
      STARTING + Math.max(...probes.map(({ timeout }) => timeout)),
    );
    child.once('error', (error) => {
      end(`it could not be asked: ${error.message}`);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(probes));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = said(complaint, text);
    });
    createInterface({ input: child.stdout })
      .on('line', (line) => {
        const answer = answerIn(line, probes);
        if (answer !== undefined) answers.push(answer);
        if (answers.length === probes.length) end('');
      })
      .once('close', () => {
        end(`it could not be asked: ${complaint.trim().split('\n').at(-1) ?? ''}`);
      });
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** What one line of it says: `[index, answered, ms, why]`. */
function answerIn(line: string, probes: readonly Probe[]): Answer | undefined {
  const [index, answered, ms, why] = fieldsOf(line);
  const one = typeof index === 'number' ? probes[index] : undefined;
  if (one === undefined || typeof answered !== 'boolean' || typeof ms !== 'number') return undefined;
  return { probe: one, answered, ms, ...(typeof why === 'string' ? { why } : {}) };
}

function fieldsOf(line: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(line);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
