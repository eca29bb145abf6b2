// test/core/execute.test.ts — doing a plan: what is joined, and what becomes of the rest when something fails.
import { expect, test } from 'vitest';
import { execute } from '../../src/core/execute.ts';
import { DriverError } from '../../src/core/resource.ts';
import type { Driver, Event, Op, Plan } from '../../src/core/resource.ts';

const ip = (...lines: readonly string[]): Op => ({ op: 'batch', tool: ['ip', '-batch', '-'], lines });
const run = (name: string): Op => ({ op: 'run', argv: [name] });

/** Records what it is told; refuses what contains `bad`. */
function recorder(onPerform: () => void = () => undefined): Driver & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    perform: (op) => {
      onPerform();
      const lines = op.op === 'batch' ? op.lines : op.op === 'run' ? op.argv : [op.op];
      const bad = lines.findIndex((line) => line.includes('bad'));
      calls.push((bad === -1 ? lines : lines.slice(0, bad)).join(' | '));
      return bad === -1
        ? Promise.resolve()
        : Promise.reject(
            new DriverError(lines[bad] ?? '', { exitCode: 1, stderr: 'no', line: op.op === 'batch' ? bad : undefined }),
          );
    },
    read: () => Promise.reject(new Error('nothing is read here')),
    files: () => Promise.resolve(new Map()),
    processes: () => Promise.resolve([]),
    invalidate: () => undefined,
  };
}

/** A step is its ops and the steps it waits for. */
function planOf(...steps: readonly (readonly [readonly Op[], ...number[]])[]): Plan {
  return { changes: [], steps: steps.map(([ops, ...waitsFor]) => ({ changes: [], ops, waitsFor })) };
}

for (const [name, plan, calls, outcomes] of [
  ['neighbouring batches are one process', planOf([[ip('a', 'b')]], [[ip('c')], 0]), ['a | b | c'], ['done', 'done']],
  [
    'another tool comes between',
    planOf([[ip('a')]], [[run('x')]], [[ip('b')]]),
    ['a', 'x', 'b'],
    ['done', 'done', 'done'],
  ],
  [
    'a step of several ops keeps their order',
    planOf([[ip('a'), run('x'), ip('b')]], [[ip('c')]]),
    ['a', 'x', 'b | c'],
    ['done', 'done'],
  ],
  [
    'a refused line fails its step, and the rest goes on',
    planOf([[ip('a')]], [[ip('b', 'bad')]], [[ip('c')]]),
    ['a | b', 'c'],
    ['done', 'failed', 'done'],
  ],
  [
    'what waits for it is skipped, and what waits for that',
    planOf([[ip('bad')]], [[ip('b')], 0], [[run('x')], 1], [[ip('c')]]),
    ['', 'c'],
    ['failed', 'skipped', 'skipped', 'done'],
  ],
  [
    'a failed run skips what waits for it',
    planOf([[run('bad')]], [[ip('b')], 0], [[ip('c')]]),
    ['', 'c'],
    ['failed', 'skipped', 'done'],
  ],
  [
    'the second op of a failed step is not done',
    planOf([[ip('bad'), run('x')]], [[ip('c')]]),
    ['', 'c'],
    ['failed', 'done'],
  ],
  ['a step without ops is done', planOf([[]]), [], ['done']],
] as const) {
  test(name, async () => {
    const driver = recorder();
    const said = await execute(plan, driver, () => undefined);
    expect({ calls: driver.calls, said }).toEqual({ calls, said: outcomes });
  });
}

test('every step is reported once as started and once as ended', async () => {
  const events: Event[] = [];
  await execute(planOf([[ip('a')]], [[ip('bad')]], [[run('x')], 1]), recorder(), (event) => events.push(event));
  expect(events.map((event) => [event.event, 'step' in event ? event.step : -1])).toEqual([
    ['started', 0],
    ['started', 1],
    ['done', 0],
    ['failed', 1],
    ['skipped', 2],
  ]);
});

test('a stop is heeded between processes', async () => {
  const stop = new AbortController();
  const driver = recorder(() => {
    stop.abort();
  });
  expect(await execute(planOf([[run('x')]], [[run('y')]]), driver, () => undefined, stop.signal)).toEqual([
    'done',
    'stopped',
  ]);
  expect(driver.calls).toEqual(['x']);
});

test('also by what was to be done in the same process, when that failed', async () => {
  const stop = new AbortController();
  const events: Event[] = [];
  const outcomes = await execute(
    planOf([[ip('a')]], [[ip('bad')]], [[ip('c')]], [[run('x')], 1], [[run('y')]]),
    recorder(),
    (event) => {
      events.push(event);
      if (event.event === 'failed') stop.abort();
    },
    stop.signal,
  );
  expect(outcomes).toEqual(['done', 'failed', 'stopped', 'skipped', 'stopped']);
  expect(events.filter(({ event }) => event === 'stopped')).toHaveLength(2);
});

test('one process is given a bounded number of lines', async () => {
  const driver = recorder();
  await execute(
    planOf(...Array.from({ length: 3 }, () => [[ip(...Array.from({ length: 900 }, () => 'a'))]] as const)),
    driver,
    () => undefined,
  );
  expect(driver.calls.map((call) => call.split(' | ').length)).toEqual([1800, 900]);
});

test('where a tool does not say at which line it stopped, nothing of that process counts as done', async () => {
  const driver = {
    ...recorder(),
    perform: () => Promise.reject(new DriverError('ip', { exitCode: 255, stderr: 'killed' })),
  };
  expect(await execute(planOf([[ip('a')]], [[ip('b')]], [[run('x')], 1]), driver, () => undefined)).toEqual([
    'failed',
    'failed',
    'skipped',
  ]);
});

test('what is no refusal of the host is not caught', async () => {
  const driver = { ...recorder(), perform: () => Promise.reject(new TypeError('ours')) };
  await expect(execute(planOf([[run('x')]]), driver, () => undefined)).rejects.toThrow('ours');
});
