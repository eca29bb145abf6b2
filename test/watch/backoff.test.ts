// test/watch/backoff.test.ts — what fails waits longer each time; what is in conflict is repaired freely, then at a
// falling rate.
import { describe, expect, test } from 'vitest';
import { Backoff, PAUSES, pause } from '../../src/watch/backoff.ts';

const ref = 'chain nat/netctl-snat';
const MIDDLE = 0.5;

describe('what fails', () => {
  test('waits twice as long each time, up to five minutes', () => {
    const backoff = new Backoff();
    let now = 0;
    const waits: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      const { until } = backoff.failed(ref, 'no', now, MIDDLE);
      expect(backoff.holds(ref, until - 1)).toBe(true);
      expect(backoff.holds(ref, until)).toBe(false);
      waits.push(until - now);
      now = until;
    }
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(300_000);
  });

  test('is remembered with its first time, and forgotten when it succeeds', () => {
    const backoff = new Backoff();
    backoff.failed(ref, 'no', 10, MIDDLE);
    expect(backoff.failed(ref, 'still no', 2_000, MIDDLE)).toMatchObject({ tries: 2, since: 10, message: 'still no' });
    expect(backoff.next(2_000)).toBe(4_000);
    expect(backoff.succeeded(ref)).toMatchObject({ tries: 2 });
    expect(backoff.succeeded(ref)).toBeUndefined();
    expect(backoff.next(2_000)).toBeUndefined();
  });

  test('is still to be tried when the timer for it comes late, and not again once it was', () => {
    const backoff = new Backoff();
    const { until } = backoff.failed(ref, 'no', 1_000, MIDDLE);
    // Nothing was tried since 1,000: that it is 2,001 by now changes nothing.
    expect(backoff.next(1_000)).toBe(until);
    expect(backoff.next(until)).toBeUndefined();
  });

  test('is tried at once when an operator says so, or when nobody wants it any more', () => {
    const backoff = new Backoff();
    backoff.failed(ref, 'no', 0, MIDDLE);
    backoff.keepOnly(() => false);
    expect(backoff.holds(ref, 1)).toBe(false);
    backoff.failed(ref, 'no', 0, MIDDLE);
    backoff.tryAll();
    expect(backoff.holds(ref, 1)).toBe(false);
  });
});

test('a pause is never the same for two', () => {
  expect(pause(PAUSES.failed, 1, 0)).toBe(750);
  expect(pause(PAUSES.failed, 1, 1)).toBe(1_250);
});

describe('what is changed back', () => {
  /** Somebody changes it again so many milliseconds after each repair; the watch repairs it as soon as it may. */
  function conflicting(
    each: number,
    seconds: number,
  ): { readonly repairs: readonly number[]; readonly backoff: Backoff } {
    const backoff = new Backoff();
    const repairs: number[] = [];
    for (let now = 0; now < seconds * 1_000; now += each) {
      if (backoff.holds(ref, now)) continue;
      repairs.push(now);
      backoff.repaired(ref, now, MIDDLE, 'iptables, process 7');
    }
    return { repairs, backoff };
  }

  test('every three seconds is repaired every time, and is no conflict', () => {
    const { repairs, backoff } = conflicting(3_000, 600);
    expect(repairs).toHaveLength(200);
    expect(backoff.driftConflicts(600_000).size).toBe(0);
  });

  test('ten times a second is a conflict after two seconds, and repaired less and less often', () => {
    const { repairs, backoff } = conflicting(100, 600);
    expect(repairs.filter((at) => at < 1_900)).toHaveLength(19);
    expect(repairs.length).toBeLessThan(40);
    const gaps = repairs
      .slice(-5)
      .map((at, i, all) => at - (all[i - 1] ?? at))
      .slice(1);
    expect(gaps.every((gap) => gap >= 30_000)).toBe(true);
    expect([...backoff.driftConflicts(600_000)]).toMatchObject([
      [ref, { times: repairs.length, since: 0, by: 'iptables, process 7' }],
    ]);
  });

  test('is forgiven when it was left alone for long', () => {
    const { backoff } = conflicting(100, 4);
    expect(backoff.driftConflicts(4_000).size).toBe(1);
    expect(backoff.driftConflicts(4_000 + 3_600_000).size).toBe(0);
    expect(backoff.repaired(ref, 4_000 + 3_600_000, MIDDLE)).toBeUndefined();
  });

  test('is still to be tried when the timer for it comes late, and not again once it was', () => {
    const backoff = new Backoff();
    const { until } = backoff.failed(ref, 'no', 1_000, MIDDLE);
    // Nothing was tried since 1,000: that it is 2,001 by now changes nothing.
    expect(backoff.next(1_000)).toBe(until);
    expect(backoff.next(until)).toBeUndefined();
  });

  test('is tried at once when an operator says so, and stays a conflict', () => {
    const { backoff } = conflicting(100, 10);
    expect(backoff.holds(ref, 10_000)).toBe(true);
    backoff.tryAll();
    expect(backoff.holds(ref, 10_000)).toBe(false);
    expect(backoff.driftConflicts(10_000).size).toBe(1);
    expect(backoff.repaired(ref, 10_000, MIDDLE)).toBeDefined();
  });

  test('of one thing says nothing of others', () => {
    const { backoff } = conflicting(100, 10);
    expect(backoff.holds('link br-lab', 10_000)).toBe(false);
    expect(backoff.repaired('link br-lab', 10_000, MIDDLE)).toBeUndefined();
  });
});
