// test/watch/backoff.test.ts — what fails waits longer each time; what is fought over is repaired freely, then at a falling rate.
import { describe, expect, test } from 'vitest';
import { Patience, PAUSES, pause } from '../../src/watch/backoff.ts';

const ref = 'chain nat/netctl-snat';
const MIDDLE = 0.5;

describe('what fails', () => {
  test('waits twice as long each time, up to five minutes', () => {
    const patience = new Patience();
    let now = 0;
    const waits: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      const { until } = patience.failed(ref, 'no', now, MIDDLE);
      expect(patience.holds(ref, until - 1)).toBe(true);
      expect(patience.holds(ref, until)).toBe(false);
      waits.push(until - now);
      now = until;
    }
    expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(waits.at(-1)).toBe(300_000);
  });

  test('is remembered with its first time, and forgotten when it succeeds', () => {
    const patience = new Patience();
    patience.failed(ref, 'no', 10, MIDDLE);
    expect(patience.failed(ref, 'still no', 2_000, MIDDLE)).toMatchObject({ tries: 2, since: 10, message: 'still no' });
    expect(patience.next(2_000)).toBe(4_000);
    expect(patience.succeeded(ref)).toMatchObject({ tries: 2 });
    expect(patience.succeeded(ref)).toBeUndefined();
    expect(patience.next(2_000)).toBeUndefined();
  });

  test('is still to be tried when the timer for it comes late, and not again once it was', () => {
    const patience = new Patience();
    const { until } = patience.failed(ref, 'no', 1_000, MIDDLE);
    // Nothing was tried since 1,000: that it is 2,001 by now changes nothing.
    expect(patience.next(1_000)).toBe(until);
    expect(patience.next(until)).toBeUndefined();
  });

  test('is tried at once when an operator says so, or when nobody wants it any more', () => {
    const patience = new Patience();
    patience.failed(ref, 'no', 0, MIDDLE);
    patience.keepOnly(() => false);
    expect(patience.holds(ref, 1)).toBe(false);
    patience.failed(ref, 'no', 0, MIDDLE);
    patience.tryAll();
    expect(patience.holds(ref, 1)).toBe(false);
  });
});

test('a pause is never the same for two', () => {
  expect(pause(PAUSES.failed, 1, 0)).toBe(750);
  expect(pause(PAUSES.failed, 1, 1)).toBe(1_250);
});

describe('what is changed back', () => {
  /** Somebody changes it again so many milliseconds after each repair; the watch repairs it as soon as it may. */
  function fought(each: number, seconds: number): { readonly repairs: readonly number[]; readonly patience: Patience } {
    const patience = new Patience();
    const repairs: number[] = [];
    for (let now = 0; now < seconds * 1_000; now += each) {
      if (patience.holds(ref, now)) continue;
      repairs.push(now);
      patience.repaired(ref, now, MIDDLE, 'iptables, process 7');
    }
    return { repairs, patience };
  }

  test('every three seconds is repaired every time, and is no fight', () => {
    const { repairs, patience } = fought(3_000, 600);
    expect(repairs).toHaveLength(200);
    expect(patience.fights(600_000).size).toBe(0);
  });

  test('ten times a second is a fight after two seconds, and repaired less and less often', () => {
    const { repairs, patience } = fought(100, 600);
    expect(repairs.filter((at) => at < 1_900)).toHaveLength(19);
    expect(repairs.length).toBeLessThan(40);
    const gaps = repairs.slice(-5).map((at, i, all) => at - (all[i - 1] ?? at)).slice(1);
    expect(gaps.every((gap) => gap >= 30_000)).toBe(true);
    expect([...patience.fights(600_000)]).toMatchObject([[ref, { times: repairs.length, since: 0, by: 'iptables, process 7' }]]);
  });

  test('is forgiven when it was left alone for long', () => {
    const { patience } = fought(100, 4);
    expect(patience.fights(4_000).size).toBe(1);
    expect(patience.fights(4_000 + 3_600_000).size).toBe(0);
    expect(patience.repaired(ref, 4_000 + 3_600_000, MIDDLE)).toBeUndefined();
  });

  test('is still to be tried when the timer for it comes late, and not again once it was', () => {
    const patience = new Patience();
    const { until } = patience.failed(ref, 'no', 1_000, MIDDLE);
    // Nothing was tried since 1,000: that it is 2,001 by now changes nothing.
    expect(patience.next(1_000)).toBe(until);
    expect(patience.next(until)).toBeUndefined();
  });

  test('is tried at once when an operator says so, and stays a fight', () => {
    const { patience } = fought(100, 10);
    expect(patience.holds(ref, 10_000)).toBe(true);
    patience.tryAll();
    expect(patience.holds(ref, 10_000)).toBe(false);
    expect(patience.fights(10_000).size).toBe(1);
    expect(patience.repaired(ref, 10_000, MIDDLE)).toBeDefined();
  });

  test('of one thing says nothing of others', () => {
    const { patience } = fought(100, 10);
    expect(patience.holds('link br-lab', 10_000)).toBe(false);
    expect(patience.repaired('link br-lab', 10_000, MIDDLE)).toBeUndefined();
  });
});
