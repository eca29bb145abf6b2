// test/kernel/safe/cuts.test.ts — the operator is cut off in many ways, by the spec and with netctl and its guards
// killed, and is always back in time.
// NETCTL_CUTS=1000 draws as many ways by chance, NETCTL_SEED=… others.
import { env } from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { isNightly } from '../../nightly.ts';
import { spawn } from '../lab.ts';
import { Dared, SSH_CONNECTION } from './dared.ts';
import { drawn } from './drawn.ts';
import { MAIN, specs, ways } from './ways.ts';
import type { Way } from './ways.ts';

/**
 * Seconds, on a machine that has little else to do; an apply that takes longer is over before it is cut in the middle.
 */
const TIMEOUT = 3;
/** Whoever does not answer is given five seconds to settle. */
const LONG = 9;
/** Times as long beyond the timeout as half of the ways take: who dies while he rolls back has it begun once more. */
const LATEST = 12;
/** A machine that takes more times as long is none to test on. */
const MOST = 5;
/** Milliseconds in which such a machine starts node. */
const START = 60;
/** By day each moment, each of those who could bring the operator back, and each of what runs it at least once. */
const asked = ways.filter(({ nightly }) => isNightly || nightly !== true);
const took = new Map<string, number>();
const cutOff = new Set<string>();

async function cut({
  name,
  spec = MAIN,
  by = 'itself',
  when = 'waiting',
  deed = [],
  code,
  why = 'not confirmed in time',
  notices,
  goesOn,
}: Way): Promise<void> {
  const dared = new Dared({ gateway: notices === 'gateway' });
  const pace = paceNow();
  try {
    await dared.begin();
    const before = dared.reading();
    dared.ordered(when, deed);
    dared.start(
      [
        'apply',
        '--yes',
        '--confirm-timeout',
        `${Math.ceil((notices === undefined ? TIMEOUT : LONG) * Math.min(MOST, Math.max(1, pace)))}s`,
      ],
      by,
      specs[spec],
      notices === 'session' ? { SSH_CONNECTION } : {},
    );
    dared.do(when === 'waiting' && typeof deed !== 'string' ? ['armed', 'waiting', ...deed] : ['armed']);
    const until = await dared.waitFor(() => dared.until, 'it is armed');
    await dared.settled();
    if (goesOn) dared.goOn();
    const ended = await dared.end();
    await dared.waitFor(() => dared.turns.at(-1)?.isIn === true, 'the operator can come in');
    const told = `${name}\n${ended.said}\n${dared.guardLog()}`;
    expect(dared.reading(), told).toBe(before);
    expect([code].flat(), told).toContain(ended.code);
    expect(dared.outcome(), told).toEqual({ is: 'rolled back', why: expect.stringContaining(why) as string, left: [] });
    expect(dared.holders(), told).toEqual([]);
    expect(await dared.session(), told).toBe('alive');
    if (dared.turns.some(({ isIn }) => !isIn)) cutOff.add(name);
    took.set(name, (dared.turns.at(-1)?.since ?? Infinity) - until);
  } finally {
    dared.close();
  }
}

/** How many times as long everything takes. */
function paceNow(): number {
  const began = performance.now();
  spawn([process.execPath, '-e', '0']);
  return (performance.now() - began) / START;
}

describe.concurrent('cut off', () => {
  for (const way of asked) test(way.name, () => cut(way));
});

describe.concurrent('drawn by chance', () => {
  for (const way of drawn(env['NETCTL_SEED'] ?? 'cuts', Number(env['NETCTL_CUTS'] ?? 3)))
    test(way.name, () => cut(way));
});

test('there are forty ways and more, each of them another', () => {
  expect(new Set(ways.map(({ name }) => name)).size).toBe(ways.length);
  const done = ways.map(({ spec = MAIN, by, when, deed, notices }) => JSON.stringify([spec, by, when, deed, notices]));
  expect(new Set(done).size).toBe(ways.length);
  expect(ways.length).toBeGreaterThanOrEqual(40);
  // Where netctl is killed before or soon after the step that does it, or a busy machine does not come so far, it lasts
  // too short to be seen.
  expect(cutOff.size).toBeGreaterThanOrEqual(asked.length / 2);
});

test('none takes much longer than the others', () => {
  const sorted = [...took.values()].toSorted((a, b) => a - b);
  expect(sorted.length).toBeGreaterThanOrEqual(asked.length);
  expect(sorted.at(-1)).toBeLessThan(LATEST * (sorted[Math.floor(sorted.length / 2)] ?? 0));
});

afterAll(() => {
  const sorted = [...took].toSorted(([, a], [, b]) => b - a);
  console.log(
    `seconds beyond the timeout\n${sorted.map(([name, seconds]) => `${seconds.toFixed(2)} ${name}`).join('\n')}`,
  );
});
