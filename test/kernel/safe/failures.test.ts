// test/kernel/safe/failures.test.ts — every call of an apply fails in turn, and those of its being taken back: what the exit code says is true.
// NETCTL_FAILURES=all makes all of them fail, NETCTL_FAILURES=60 so many, NETCTL_SEED=… others; NETCTL_FAILURES_LOG=… tells each in a file.
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { must } from '../lab.ts';
import { OTHERS_FAIL, READERS_FAIL, reads } from './calls.ts';
import type { Call } from './calls.ts';
import { ALL, FailingHost, SEED, tell, told } from './failing.ts';
import type { Ordered, Tried } from './failing.ts';
import { WAYS } from './specs.ts';
import type { Whole } from './whole.ts';

const COUNT = ALL ? Infinity : Number(env['NETCTL_FAILURES'] ?? 30);

let on: FailingHost;
beforeAll(() => { on = new FailingHost(); });
afterAll(() => {
  const { codes, why, ...rest } = on.tally;
  tell(JSON.stringify({ ...rest, codes: Object.fromEntries(codes), why: Object.fromEntries(why) }, undefined, 1));
  on.lab.close();
});

describe.each([...WAYS].map(([name, [from, to]]) => [name, from, to] as const))('%s', (name, from, to) => {
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
    tell(`${name}: ${told(orders, tried)}${wrong.map((line) => `WRONG ${line}\n`).join('')}`);
    return { ...tried, problems: wrong.length === 0 ? [] : [`${told(orders, tried)}${wrong.join('\n')}`] };
  };

  test('one call fails', { timeout: ALL ? 3_600_000 : 180_000 }, async () => {
    const chance = new Chance(`${SEED} ${name}`);
    const all = whole.flatMap((call) => (reads(call) ? READERS_FAIL : OTHERS_FAIL).map((how): Ordered => ({ number: call.number, how })));
    const problems: string[] = [];
    for (const order of ALL ? all : Array.from({ length: Math.ceil(COUNT / 8) }, () => chance.of(all))) problems.push(...(await once([order])).problems);
    expect(problems).toEqual([]);
  });

  test('one call fails, and then another or all that come', { timeout: ALL ? 3_600_000 : 180_000 }, async () => {
    const chance = new Chance(`${SEED} ${name} twice`);
    const writes = whole.filter((call) => !reads(call) && !/^(flock|perl -e  use POSIX)/.test(call.command));
    const problems: string[] = [];
    for (let turn = 0; turn < (ALL ? 2 : 1); turn++) {
      const first: Ordered = { number: chance.of(writes).number, how: 'fails' };
      const { made, problems: own } = await once([first]);
      problems.push(...own);
      const later = made.filter(({ number }) => number > first.number);
      const all = later.flatMap(({ number }): readonly Ordered[] => [{ number, how: 'fails' }, { number, how: 'fails', forever: true }]);
      for (const second of ALL ? all : Array.from({ length: Math.ceil(COUNT / 10) }, () => chance.of(all))) problems.push(...(await once([first, second])).problems);
    }
    expect(problems).toEqual([]);
    expect(must(on.lab.netctl(['plan', '-o', 'json'], { spec: on.spec(from) })).out).toContain('"changes": []');
  });
});
