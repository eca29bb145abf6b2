// test/kernel/watch/ended.test.ts — a watch that is ended at any moment: in order, or killed; the host is usable, and
// the next start settles.
// NETCTL_SEED=… ends it at other moments.
import { env } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { isNightly } from '../../nightly.ts';
import { damagesOf, race, specFor } from '../damages.ts';
import { Lab } from '../lab.ts';
import { commandOf } from '../of-process.ts';
import { monitorsOf } from './enemy.ts';
import { RunningWatch } from './running.ts';

const KILLS = isNightly ? 20 : 6;
const SEED = env['NETCTL_SEED'] ?? 'ended';

let lab: Lab;
let watch: RunningWatch | undefined;

beforeEach(() => {
  lab = new Lab();
});
afterEach(async () => {
  await watch?.end('SIGKILL');
  lab.close();
});

async function started(): Promise<RunningWatch> {
  watch = new RunningWatch(lab);
  await watch.says('ready');
  return watch;
}

/** All that is to outlive the watch. */
const host = (): string =>
  lab
    .snapshot()
    .split('\n')
    .filter((line) => !/^(ip|nft) .*\bmonitor\b/.test(line))
    .join('\n');

/** All of them, but one that cannot be done while something puts right what it begins with. */
const TOO_LATE = 'dnsmasq with other arguments';

test('stopped in the middle of a long apply, it ends at a step, and the next start does the rest', async () => {
  const guests = 1_000;
  lab.write(
    'spec.yaml',
    `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, interface: null, cidr: 10.20.0.0/16 }
instances:
${Array.from({ length: guests }, (_, i) => `  t${i}: { nics: [{ network: lab, device: { type: tap, name: tap${i} } }] }\n`).join('')}`,
  );
  watch = new RunningWatch(lab);
  const taps = (): number =>
    lab
      .ip(lab.host, '-o link show')
      .split('\n')
      .filter((line) => / tap\d/.test(line)).length;
  await watch.until(() => taps() > 10, 'it has begun');
  const asked = performance.now();
  expect(await watch.end()).toBe(143);
  expect(performance.now() - asked).toBeLessThan(15_000);
  expect(taps()).toBeLessThan(guests);
  expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
  const second = await started();
  expect(taps()).toBe(guests);
  expect(second.settled()).toBe(true);
});

test(`killed ${KILLS} times while it repairs: its monitors end with it, and each next start settles`, async () => {
  const chance = new Chance(SEED);
  const guest = lab.namespace('vm-1');
  lab.write('spec.yaml', specFor(guest));
  const damages = damagesOf(
    () => lab,
    () => guest,
  ).filter(([name]) => name !== TOO_LATE);
  const settled = await started().then(host);
  let unfinished = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const running = watch ?? (await started());
    const monitors = monitorsOf(running.pid);
    expect(monitors).toHaveLength(2);
    const [name, damage] = chance.of(damages);
    const after = chance.below(150);
    const told = `${SEED}, kill ${kill}: ${name}, after ${after} ms`;
    race(damage);
    await sleep(after);
    expect(await running.end('SIGKILL'), told).toBe('SIGKILL');
    const killed = performance.now();
    await running.until(
      () => !monitors.some((pid) => commandOf(pid).includes('monitor')),
      'its monitors have ended',
      10_000,
    );
    expect(performance.now() - killed, told).toBeLessThan(2_000);
    if (host() !== settled) unfinished++;
    const next = await started();
    await next.until(() => host() === settled, `the host is as it was (${told})`);
    for (const network of ['lab', 'shut'])
      expect(
        lab.processes().filter(({ command }) => command.includes(`/dnsmasq-${network}.pid`)),
        told,
      ).toHaveLength(1);
  }
  expect(watch?.settled()).toBe(true);
  expect(await watch?.end()).toBe(143);
  expect(host()).toBe(settled);
  // Else it was killed too late each time, and this shows nothing.
  expect(unfinished).toBeGreaterThan(KILLS / 10);
});
