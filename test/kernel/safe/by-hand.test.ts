// test/kernel/safe/by-hand.test.ts — what could not be rolled back is told with the commands that it would take, and
// these make the host what it was.
// NETCTL_FAILURES=all has each thing refused on each way, NETCTL_FAILURES=60 so many, NETCTL_SEED=… others;
// NETCTL_FAILURES_LOG=… tells each in a file.
import { env } from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { prepares, reads } from './calls.ts';
import { ALL, FailingHost, SEED, tell, told } from './failing.ts';
import type { Ordered } from './failing.ts';
import { WAYS } from './specs.ts';

/** Words of what is refused for good. */
const REFUSED = [
  'address ',
  'addr',
  'route',
  'link add',
  'link set',
  'master',
  'del',
  '*nat',
  '*filter',
  'netctl-',
  'dnsmasq',
  'sysctl',
  'release',
];

let on: FailingHost;
beforeAll(() => {
  on = new FailingHost();
});
afterAll(() => {
  on.lab.close();
});

/** The last step of the apply fails, and from there on whatever this word is in; says the exit code. */
async function refused(word: string, name: string): Promise<number | null> {
  const [from = '', to = ''] = WAYS.get(name) ?? [];
  on.settle(from);
  const { made } = on.dare(to, []);
  const last = made.findLast((call) => !reads(call) && !prepares(call) && !call.command.startsWith('nft'))?.number ?? 1;
  const before = on.settle(from);
  const orders: readonly Ordered[] = [
    { number: last, how: 'fails' },
    { number: last + 1, how: `refuses ${word}`, forever: true },
  ];
  const tried = on.dare(to, orders);
  const { wrong } = await on.judge(tried, before, orders);
  tell(`${name}: ${told(orders, tried)}${wrong.map((line) => `WRONG ${line}\n`).join('')}`);
  expect(wrong, `${name}: ${told(orders, tried)}`).toEqual([]);
  return tried.ended.code;
}

for (const [what, word, name] of [
  ['addresses', 'address ', 'one uplink, and another'],
  ['one table of the rules', '*nat', 'ways out and in, and others'],
  ['a server', 'dnsmasq', 'one uplink, and another, back'],
  ['settings', 'sysctl', 'one name, and another, back'],
] as const)
  test(what, async () => {
    expect(await refused(word, name)).toBe(4);
  });

const all = [...WAYS.keys()].flatMap((name) => REFUSED.map((word) => [word, name] as const));
const chance = new Chance(`${SEED} by hand`);
for (const [word, name] of ALL
  ? all
  : Array.from({ length: Number(env['NETCTL_FAILURES'] ?? 0) }, () => chance.of(all))) {
  test(`${name}: ${word}`, async () => {
    expect([3, 4]).toContain(await refused(word, name));
  });
}
