// test/kernel/watch/clock.test.ts — somebody turns the clock under a running watch, by more than a year and back: it
// goes on as if nothing had happened.
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { specFor } from '../damages.ts';
import { Lab, must, spawn } from '../lab.ts';
import { RunningWatch } from './running.ts';

let lab: Lab;
let guest: string;
let watch: RunningWatch;
let settled: string;

/** Each architecture has it elsewhere. */
function library(): string {
  const found = must(spawn(['dpkg', '-L', 'libfaketime']))
    .out.split('\n')
    .find((path) => path.endsWith('/libfaketimeMT.so.1'));
  if (found === undefined) throw new Error('the Debian package libfaketime holds no libfaketimeMT.so.1');
  return found;
}

/** For the watch and whatever it starts; the clock of the machine stays. */
function turn(by: string): void {
  writeFileSync(lab.path('clock'), `${by}\n`);
}

beforeAll(async () => {
  lab = new Lab();
  guest = lab.namespace('vm-1');
  lab.write('spec.yaml', specFor(guest));
  turn('+0d');
  watch = new RunningWatch(lab, ['--resync-interval', '2s'], {
    LD_PRELOAD: library(),
    FAKETIME_TIMESTAMP_FILE: lab.path('clock'),
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  });
  await watch.says('ready');
  settled = lab.snapshot();
});
afterAll(async () => {
  await watch.end();
  lab.close();
});

const looks = (): number => watch.said.filter(({ event }) => event === 'checked' || event === 'applied').length;

for (const by of ['+400d', '-400d', '+0d']) {
  test(`by ${by}`, async () => {
    turn(by);
    const year = new Date(Date.now() + Number(by.slice(0, -1)) * 86_400_000).getUTCFullYear();
    // Its regular looks go on, with the new time.
    await watch.until(() => String(watch.said.at(-1)?.['time']).startsWith(`${year}-`), 'it knows what time it is');
    const [begun, since] = [performance.now(), looks()];
    must(lab.in(lab.host, ['iptables', '-t', 'nat', '-F', 'netctl-snat']));
    lab.ip(lab.host, 'link del dev br-shut');
    await watch.until(() => lab.snapshot() === settled, 'the host is as it was');
    await watch.until(() => watch.status().settled, 'it says so');
    expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2' });
    // Neither asleep for a year nor looking all the time.
    expect((looks() - since) / ((performance.now() - begun) / 1000)).toBeLessThan(20);
    expect(lab.netctl(['status'])).toMatchObject({ code: 0 });
  });
}
