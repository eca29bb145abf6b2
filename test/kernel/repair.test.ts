// test/kernel/repair.test.ts — what somebody does to the host behind netctl's back is named by status, and mended by
// the next apply.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isNightly } from '../nightly.ts';
import { damagesOf, specFor } from './damages.ts';
import { Lab, must } from './lab.ts';
import { commandOf } from './of-process.ts';

let lab: Lab;
let guest: string;
let settled: string;

beforeAll(() => {
  lab = new Lab();
  guest = lab.namespace('vm-1');
  must(lab.netctl(['apply', '--yes'], { spec: specFor(guest) }));
  settled = lab.snapshot();
});
afterAll(() => {
  lab.close();
});

/**
 * After so many the guest asks: that it is served follows from a host that is as it was, and is asked of each in the
 * night.
 */
const TURN = isNightly ? 1 : 10;

describe('status names it, apply mends it, the host is as it was, and the guest gets its address', () => {
  const damages = damagesOf(
    () => lab,
    () => guest,
  );
  test.each(damages.map((damage, i) => [...damage, i] as const))('%s', (_name, damage, named, i) => {
    damage();
    const status = lab.netctl(['status']);
    expect(status).toMatchObject({ code: 2 });
    // Without its columns.
    expect(status.out.replaceAll(/ +/g, ' ')).toMatch(named);
    expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 0, err: '' });
    expect(lab.snapshot()).toBe(settled);
    if (i % TURN !== TURN - 1) return;
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2', router: '192.168.50.1', ntpsrv: '192.168.50.1' });
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  });
});

describe('after a reboot', () => {
  for (const [name, processes, run] of [
    ['of a host', 'end', 'gone'],
    ['that left what was in /run', 'end', 'kept'],
    ['of a namespace, whose daemons stayed behind', 'stay', 'kept'],
  ] as const) {
    test(`${name}: everybody has the same addresses again`, () => {
      const before = lab.processes().map(({ pid }) => pid);
      lab.reboot({ processes });
      if (run === 'gone') rmSync(lab.path('run'), { recursive: true });
      // With the host's end goes the guest's; but not as long as a process keeps the namespace in which it was.
      lab.in(guest, ['ip', 'link', 'del', 'dev', 'eth0']);
      expect(lab.netctl(['status'])).toMatchObject({ code: 2 });
      expect(lab.netctl(['apply', '--yes'])).toMatchObject({ code: 0, err: '' });
      expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
      expect(lab.snapshot()).toBe(settled);
      expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2' });
      expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
      // A zombie has no arguments.
      expect(before.filter((pid) => commandOf(pid).length > 0)).toEqual([]);
    });
  }

  test('destroy gives the new hardware back as it came', () => {
    must(lab.netctl(['destroy', '--yes']));
    const after = lab.snapshot();
    lab.reboot({ processes: 'end' });
    expect(after).toBe(lab.snapshot());
  });
});
