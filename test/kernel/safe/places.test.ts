// test/kernel/safe/places.test.ts — what netctl keeps its things on is full from one call on, and a tool is not there:
// what it says is true.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { must, spawn } from '../lab.ts';
import { Tools } from '../watch/tools.ts';
import { reads } from './calls.ts';
import type { Call } from './calls.ts';
import { ALL, FailingHost, SEED, soon, tell, told } from './failing.ts';
import { PAIRS } from './specs.ts';
import { differencesOf } from './whole.ts';
import type { Whole } from './whole.ts';

const [from, to] = PAIRS['one name, and another'];
let on: FailingHost;
let before: Whole;
let whole: readonly Call[];
beforeAll(() => {
  on = new FailingHost();
  mkdirSync(on.lab.path('state'), { recursive: true });
  must(spawn(['mount', '-t', 'tmpfs', '-o', 'size=4m', 'none', on.lab.path('state')]));
  on.settle(from);
  const { ended, made } = on.dare(to, []);
  expect(ended).toMatchObject({ code: 0 });
  whole = made;
  before = on.settle(from);
});

afterAll(() => {
  spawn(['umount', '-l', on.lab.path('state')]);
  on.lab.close();
});

/** Without the guard, which ends after the apply: what happens behind it concerns nobody. */
const writes = (): readonly Call[] =>
  whole.filter((call) => !reads(call) && !call.command.startsWith('flock') && !call.command.includes('use POSIX'));

test('there is no room from one call on: what is said is true, and when there is room again nothing waits to be decided', async () => {
  const how = 'finds no room after it';
  const chance = new Chance(`${SEED} ${how}`);
  const problems: string[] = [];
  for (const { number } of ALL ? writes() : [chance.of(writes()), chance.of(writes())]) {
    const tried = on.dare(to, [{ number, how }]);
    const { code, err } = tried.ended;
    const unlike = differencesOf(before, on.look()).filter((line) => !line.includes('/filler '));
    const wrong = [
      ...(code === 3 && unlike.length > 0 ? ['3, and it is not as it was', ...unlike] : []),
      ...(code === 4 && unlike.length === 0 ? ['4, and it is as it was'] : []),
      ...([1, 3, 4, 69].includes(code ?? 0) ? [] : [`exit code ${code ?? 'none'}`]),
      ...(code === 1 || code === 69 ? unlike : []),
      ...(/\n {4}at /.test(err) ? ['a stack trace'] : []),
    ];
    rmSync(on.lab.path('state/filler'), { force: true });
    // A guard tries on as long as it cannot be put down that all is decided.
    const left = await soon(
      () => on.guards(),
      (all) => all.length === 0,
      60_000,
    );
    // Whoever rolled it back has run the same tools, and may have met that call, too.
    rmSync(on.lab.path('state/filler'), { force: true });
    wrong.push(
      ...left.map((line) => `left behind: ${line}`),
      ...(existsSync(on.lab.state('pending.json')) ? ['pending.json is there'] : []),
    );
    tell(`${told([{ number, how }], tried)}${wrong.map((line) => `WRONG ${line}\n`).join('')}`);
    if (wrong.length > 0) problems.push(`${told([{ number, how }], tried)}${wrong.join('\n')}`);
    before = on.settle(from);
  }
  expect(problems).toEqual([]);
});

test('a guard that is not installed: nothing is changed', () => {
  const tools = new Tools(on.lab);
  tools.remove('perl');
  const ended = on.lab.netctl(['apply', '--atomic', '--yes', '--allow-mass-delete'], {
    spec: on.spec(to),
    env: tools.env,
  });
  expect(ended).toMatchObject({ code: 69, err: expect.stringContaining('perl') as string });
  expect(ended.err).toMatch(/nothing was changed/i);
  expect(differencesOf(before, on.look())).toEqual([]);
  expect(existsSync(on.lab.state('pending.json'))).toBe(false);
  expect(on.lab.netctl(['history'], { spec: on.spec(to) }).out).not.toContain('begun');
});
