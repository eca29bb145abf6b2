// test/kernel/safe/failures.test.ts — every call of an apply fails in turn, those of its being rolled back, and those
// of a rollback: what the exit code says is true.
// NETCTL_FAILURES=all makes all of them fail, NETCTL_FAILURES=60 so many, NETCTL_SEED=… others; NETCTL_FAILURES_LOG=…
// tells each in a file.
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { must } from '../lab.ts';
import { prepares, reads, waysToFail } from './calls.ts';
import type { Call } from './calls.ts';
import { ALL, FailingHost, SEED, tell, told } from './failing.ts';
import type { Ordered, Tried } from './failing.ts';
import { WAYS } from './specs.ts';
import type { Whole } from './whole.ts';

const GIVEN = env['NETCTL_FAILURES'];
const COUNT = ALL ? Infinity : Number(GIVEN ?? 8);
/** Milliseconds. */
const TIMEOUT = ALL ? 3_600_000 : 180_000 + COUNT * 5_000;

let on: FailingHost;
beforeAll(() => {
  on = new FailingHost();
});
afterAll(() => {
  const { codes, why, ...rest } = on.tally;
  tell(JSON.stringify({ ...rest, codes: Object.fromEntries(codes), why: Object.fromEntries(why) }, undefined, 1));
  on.lab.close();
});

/**
 * All of them, or as few as there is time for: to lead a host to where a way begins takes as long as what is then tried
 * on it.
 */
function drawn(few: number, what: string): readonly (readonly [name: string, from: string, to: string])[] {
  const all = [...WAYS].map(([name, [from, to]]) => [name, from, to] as const);
  const chance = new Chance(`${SEED} ${what}`);
  while (GIVEN === undefined && all.length > few) all.splice(chance.below(all.length), 1);
  return all;
}

const allWays = (whole: readonly Call[]): readonly Ordered[] =>
  whole.flatMap((call) => waysToFail(call).map((how): Ordered => ({ number: call.number, how })));

const problemsOf = (
  name: string,
  orders: readonly Ordered[],
  tried: Tried,
  wrong: readonly string[],
): readonly string[] => {
  tell(`${name}: ${told(orders, tried)}${wrong.map((line) => `WRONG ${line}\n`).join('')}`);
  return wrong.length === 0 ? [] : [`${told(orders, tried)}${wrong.join('\n')}`];
};

describe.each(drawn(3, 'applies'))('%s', (name, from, to) => {
  let before: Whole;
  let whole: readonly Call[];
  beforeAll(() => {
    on.settle(from);
    const { ended, made } = on.dare(to, []);
    expect(ended).toMatchObject({ code: 0 });
    whole = made;
    before = on.settle(from);
  });

  const once = async (orders: readonly Ordered[]): Promise<Tried & { readonly problems: readonly string[] }> => {
    const tried = on.dare(to, orders);
    const { wrong, isBefore } = await on.judge(tried, before, orders);
    if (!isBefore) before = on.settle(from);
    return { ...tried, problems: problemsOf(name, orders, tried, wrong) };
  };

  test('one call fails', { timeout: TIMEOUT }, async () => {
    const chance = new Chance(`${SEED} ${name}`);
    const all = allWays(whole);
    const problems: string[] = [];
    for (const order of ALL ? all : Array.from({ length: Math.ceil(COUNT / 8) }, () => chance.of(all)))
      problems.push(...(await once([order])).problems);
    expect(problems).toEqual([]);
  });

  test('one call fails, and then another or all that come', { timeout: TIMEOUT }, async () => {
    const chance = new Chance(`${SEED} ${name} twice`);
    const writes = whole.filter((call) => !reads(call) && !prepares(call));
    const problems: string[] = [];
    for (let turn = 0; turn < (ALL ? 2 : 1); turn++) {
      const first: Ordered = { number: chance.of(writes).number, how: 'fails' };
      const { made, problems: own } = await once([first]);
      problems.push(...own);
      const later = made.filter(({ number }) => number > first.number);
      const all = later.flatMap(({ number }): readonly Ordered[] => [
        { number, how: 'fails' },
        { number, how: 'fails', forever: true },
      ]);
      for (const second of ALL ? all : Array.from({ length: Math.ceil(COUNT / 10) }, () => chance.of(all)))
        problems.push(...(await once([first, second])).problems);
    }
    expect(problems).toEqual([]);
    expect(must(on.lab.netctl(['plan', '-o', 'json'], { spec: on.spec(from) })).out).toContain('"changes": []');
  });
});

/** So many generations are not kept that the one to go back to could be forgotten over those that were rolled back. */
const TRIES = 10;

describe.each(drawn(2, 'rollbacks'))('%s, and rolled back', (name, from, to) => {
  let goal: Whole;
  const there = (): Whole => {
    goal = on.settle(from);
    return on.settle(to);
  };

  test('one call fails', { timeout: TIMEOUT }, async () => {
    there();
    const { ended, made } = on.dare(from, [], ['rollback']);
    expect(ended).toMatchObject({ code: 0 });
    const chance = new Chance(`${SEED} ${name} rolled back`);
    const all = allWays(made);
    const problems: string[] = [];
    let before = there();
    for (const [turn, order] of (ALL
      ? all
      : Array.from({ length: Math.ceil(COUNT / 16) }, () => chance.of(all))
    ).entries()) {
      // To what was before the first it goes by taking that back, and what fails then leaves it on its way.
      const former = on.former();
      const tried = on.dare(
        from,
        [order],
        turn % 2 === 0 || former === undefined ? ['rollback'] : ['rollback', '--to', String(former)],
      );
      const { wrong, isBefore } = await on.judge(tried, before, [order], former === undefined ? goal : before);
      problems.push(...problemsOf(`${name}, and rolled back`, [order], tried, wrong));
      if (!isBefore || turn % TRIES === TRIES - 1) before = there();
    }
    expect(problems).toEqual([]);
  });
});
