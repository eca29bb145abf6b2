// test/watch/scheduler.test.ts — when a watch looks again.
import { describe, expect, test } from 'vitest';
import { Scheduler } from '../../src/watch/scheduler.ts';

const calm = { hasTarget: true, hasHints: false, retry: undefined };
const hinted = { ...calm, hasHints: true };

/** After a first round from 0 to 100 that looked at everything. */
function begun({ found = false, resync = 300_000 } = {}): Scheduler {
  const scheduler = new Scheduler({ resync, chance: () => 0.5 });
  scheduler.demand('spec');
  scheduler.begins(0);
  scheduler.ended(100, { found, whole: true });
  return scheduler;
}

test('the first demand is a start, whatever it is', () => {
  const scheduler = new Scheduler({ resync: 1_000, chance: () => 0.5 });
  scheduler.demand('spec');
  expect(scheduler.due(5, { ...calm, hasTarget: false })).toEqual({ cause: 'start', at: 5 });
});

test('without a spec nothing is due, whatever happens to the host', () => {
  const scheduler = new Scheduler({ resync: 1_000, chance: () => 0.5 });
  scheduler.hinted(0);
  expect(scheduler.due(0, { hasTarget: false, hasHints: true, retry: undefined })).toBeUndefined();
});

test('in quiet times everything is looked at once an interval, give or take a tenth', () => {
  expect(begun().due(200, calm)).toEqual({ cause: 'resync', at: 300_100 });
  const early = new Scheduler({ resync: 1_000, chance: () => 0 });
  early.begins(0);
  early.ended(0, { found: false, whole: true });
  expect(early.due(0, calm)).toEqual({ cause: 'resync', at: 900 });
});

test('a hint is looked into when it has been quiet for 3 ms, or after 40', () => {
  const scheduler = begun();
  scheduler.hinted(1_000);
  expect(scheduler.due(1_000, hinted)).toEqual({ cause: 'drift', at: 1_003 });
  for (let at = 1_001; at <= 1_060; at++) scheduler.hinted(at);
  expect(scheduler.due(1_060, hinted)).toEqual({ cause: 'drift', at: 1_040 });
});

test('after a change everything is looked at once more when it is quiet, and not too soon where that takes long', () => {
  expect(begun({ found: true }).due(200, calm)).toEqual({ cause: 'resync', at: 2_100 });
  const scheduler = begun();
  scheduler.begins(1_000);
  scheduler.ended(1_010, { found: true, whole: false });
  scheduler.hinted(2_900);
  expect(scheduler.due(3_000, calm)).toEqual({ cause: 'resync', at: 3_900 });
});

test('what is left alone is tried when its time has come', () => {
  expect(begun().due(3_000, { ...calm, retry: 5_000 })).toEqual({ cause: 'retry', at: 5_000 });
});

describe('looks that find nothing', () => {
  test('become rarer, but for the echo of one own change; one that finds something makes them frequent again', () => {
    const scheduler = begun();
    const gaps: number[] = [];
    let now = 10_000;
    for (let looks = 0; looks < 12; looks++) {
      scheduler.hinted(now);
      const at = scheduler.due(now, hinted)?.at ?? Infinity;
      gaps.push(Math.round(at - now));
      scheduler.begins(at);
      scheduler.ended(at + 4, { found: false, whole: false });
      now = at + 4;
    }
    expect(gaps.slice(0, 3)).toEqual([3, 3, 3]);
    expect(gaps.slice(3, 7)).toEqual([8, 16, 32, 64]);
    expect(gaps.at(-1)).toBe(1_000);
    scheduler.begins(now);
    scheduler.ended(now + 4, { found: true, whole: false });
    scheduler.hinted(now + 5);
    expect(scheduler.due(now + 5, hinted)).toEqual({ cause: 'drift', at: now + 8 });
  });
});

test('changes one upon the other, whatever they are, leave others a growing part of the time', () => {
  const scheduler = begun();
  const gaps: number[] = [];
  let now = 10_000;
  for (let changes = 0; changes < 120; changes++) {
    scheduler.hinted(now);
    const at = scheduler.due(now, hinted)?.at ?? Infinity;
    gaps.push(at - now);
    scheduler.begins(at);
    scheduler.ended(at + 40, { found: true, whole: false });
    now = at + 40;
  }
  expect(gaps.slice(1, 5)).toEqual([10, 10, 10, 10]);
  expect(gaps.at(-1)).toBe(160);
  scheduler.begins(now + 2_000);
  scheduler.ended(now + 2_040, { found: true, whole: false });
  scheduler.hinted(now + 2_040);
  expect(scheduler.due(now + 2_040, hinted)?.at).toBe(now + 2_050);
});

describe('a round that failed as a whole', () => {
  test('is tried again after half a second, then twice as long each time, and no hint makes it sooner', () => {
    const scheduler = begun();
    let now = 1_000;
    const waits: number[] = [];
    for (let tries = 0; tries < 10; tries++) {
      scheduler.begins(now);
      scheduler.blocked(now);
      scheduler.ended(now, { found: false, whole: true });
      scheduler.hinted(now);
      const due = scheduler.due(now, hinted);
      expect(due?.cause).toBe('retry');
      waits.push((due?.at ?? 0) - now);
      now = due?.at ?? Infinity;
    }
    expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(waits.at(-1)).toBe(60_000);
  });

  test('but a new spec does', () => {
    const scheduler = begun();
    scheduler.begins(1_000);
    scheduler.blocked(1_000);
    scheduler.ended(1_000, { found: false, whole: true });
    scheduler.demand('spec');
    expect(scheduler.due(1_001, calm)).toEqual({ cause: 'spec', at: 1_001 });
  });

  test('is forgotten after one that did not', () => {
    const scheduler = begun();
    scheduler.begins(1_000);
    scheduler.blocked(1_000);
    scheduler.ended(1_000, { found: false, whole: true });
    scheduler.begins(1_500);
    scheduler.ended(1_600, { found: false, whole: true });
    expect(scheduler.due(1_700, calm)?.cause).toBe('resync');
    scheduler.begins(2_000);
    scheduler.blocked(2_000);
    expect(scheduler.retryAt).toBe(2_500);
  });
});

test('it knows since when it is busy', () => {
  const scheduler = begun();
  expect(scheduler.busySince).toBeUndefined();
  scheduler.begins(7);
  expect(scheduler.busySince).toBe(7);
});
