// bench/drift.ts — npm run bench:drift: how fast a watch undoes what others do to its host; writes bench/DRIFT.md. `--
// --quick`: less of all, printed only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { version } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Damage } from './damages.ts';
import { renderDrift } from './drift-results.ts';
import type { Held, Kind } from './drift-results.ts';
import { HeldHost } from './held.ts';
import type { Lasted } from './held.ts';

const {
  values: { quick, only, rounds, loaded, instances },
} = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    instances: { type: 'string' },
    loaded: { type: 'string' },
  },
});
const sizes = instances === undefined ? [300, 2400] : instances.split(',').map(Number);
const times = Number(rounds ?? (quick ? 2 : 10));
const underLoad = Number(loaded ?? (quick ? 1 : 10));
const idleFor = quick ? 0 : 60;

/** Milliseconds. Nobody damages one thing more often by accident, and a watch takes more for a drift conflict. */
const APART = 2_200;
/**
 * So many damages follow each other closely, then comes a pause: a watch leaves the host to others for a while when
 * changes never end.
 */
const RUN = { length: 5, pause: 1_100 } as const;

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const firstLine = (tool: string, ...args: readonly string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8' }).split('\n')[0] ?? '';

/** Each damage so many times, in an order that chance makes. */
async function allOf(
  host: HeldHost,
  damages: readonly Damage[],
  times: number,
): Promise<ReadonlyMap<Damage, readonly Lasted[]>> {
  const lasted = new Map<Damage, Lasted[]>(damages.map((damage) => [damage, []]));
  const done = new Map<Damage, number>();
  let count = 0;
  for (let round = 0; round < times; round++) {
    for (const damage of damages
      .map((one) => ({ one, at: Math.random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one)) {
      const pause = ++count % RUN.length === 0 ? RUN.pause : 100;
      await sleep(Math.max(pause + Math.random() * 200, (done.get(damage) ?? -APART) + APART - performance.now()));
      done.set(damage, performance.now());
      lasted.get(damage)?.push(await host.damage(damage));
    }
  }
  return lasted;
}

async function measured(count: number): Promise<Held> {
  const host = new HeldHost(count);
  try {
    const damages = host.damages.filter(({ name }) => new RegExp(only).test(name));
    const raw = new Map<Damage, readonly number[]>();
    for (const damage of damages) raw.set(damage, await host.raw(damage, quick ? 1 : 3));
    host.expectSettled();
    await host.hold();
    console.error(`${count} instances, ${host.rules} rules, quiet …`);
    const quiet = await allOf(host, damages, times);
    const idle = idleFor === 0 ? undefined : await host.idle(idleFor);
    console.error(`${count} instances, ${host.rules} rules, under load …`);
    const busy = host.load();
    const busied = await allOf(host, damages, underLoad).finally(() => {
      busy.end();
    });
    host.expectSettled();
    const kinds = damages.map((damage): Kind => ({
      name: damage.name,
      raw: raw.get(damage) ?? [],
      quiet: quiet.get(damage) ?? [],
      loaded: busied.get(damage) ?? [],
    }));
    return { count, rules: host.rules, idle, kinds };
  } finally {
    await host.close();
  }
}

const began = Date.now();
const before = load();
const all: Held[] = [];
for (const count of sizes) all.push(await measured(count));
const page = renderDrift(
  all,
  {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}`,
    versions: [`Node ${version}`, firstLine('iptables', '--version'), firstLine('ip', '-V')],
    load: [before, load()],
    took: `${Math.round((Date.now() - began) / 1000)} s`,
    rounds: [times, underLoad],
  },
  readFileSync('bench/drift-notes.md', 'utf8'),
);
if (quick) console.log(page);
else writeFileSync('bench/DRIFT.md', page);
