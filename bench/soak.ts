// bench/soak.ts — npm run soak: a watch of 200 instances under changes of its spec and damages to its host for an hour;
// prints how it fared, and whether it grows. `-- --minutes N --instances N --seed N`.
import { argv } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { damagesOf } from '../test/kernel/damages.ts';
import { SoakHost } from './soak-host.ts';
import type { Held } from './soak-host.ts';
import { renderSoak, verdictsOf } from './soak-page.ts';
import type { Deed, Idle, Sample } from './soak-page.ts';

const said = (name: string, otherwise: number): number =>
  Number(argv[argv.indexOf(`--${name}`) + 1 || argv.length] ?? otherwise);
const [minutes, instances, seed] = [said('minutes', 60), said('instances', 200), said('seed', Date.now() % 2 ** 31)];

/** Milliseconds. */
const SAMPLED = 5_000;
const IDLE = { settles: 10_000, lasts: 60_000 } as const;
const PAUSE = { least: 1_000, most: 3_000 } as const;
/** How often it is a new spec that comes, and how often that is a bad one. */
const SPECS = 0.3;
const BAD = 0.1;
/**
 * Nothing tells of a process that begins, so these wait for a regular look; the last can be done to nobody who repairs
 * so soon.
 */
const UNHEARD: readonly string[] = [
  'a second process with our mark',
  'a process of ours that nobody wants',
  'dnsmasq with other arguments',
];
/** Every so many milliseconds the run says how it is. */
const TOLD = 60_000;

const random = randomFrom(seed);
const host = new SoakHost(instances);
try {
  await host.ready();
  const first = { spec: host.heldSpec, snapshot: host.snapshot() };
  console.log(`soak: ${instances} instances, ${minutes} minutes, seed ${seed}, watch is process ${host.pid}`);
  const idle: Idle[] = [await idleness('at the start')];
  const { samples, deeds } = await soak();
  await host.hold(first.spec);
  idle.push(await idleness('at the end'));
  const wrong = host.wrong(first.snapshot);
  console.log(renderSoak({ minutes, samples, deeds, idle, wrong }));
  if (verdictsOf({ samples, deeds, wrong }).some(({ ok }) => !ok)) process.exitCode = 1;
} finally {
  await host.close();
}

/** What the watch and its monitors cost where nothing happens. */
async function idleness(when: string): Promise<Idle> {
  await sleep(IDLE.settles);
  const before = await host.sample(0);
  await sleep(IDLE.lasts);
  const after = await host.sample(0);
  return {
    when,
    share: (after.cpu - before.cpu) / (IDLE.lasts / 1000),
    watchShare: (after.ownCpu - before.ownCpu) / (IDLE.lasts / 1000),
  };
}

async function soak(): Promise<{ readonly samples: readonly Sample[]; readonly deeds: readonly Deed[] }> {
  const [samples, deeds]: [Sample[], Deed[]] = [[], []];
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 60_000;
  const sampler = setInterval(() => {
    void host.sample(elapsed()).then(
      (sample) => samples.push(sample),
      () => undefined,
    );
  }, SAMPLED);
  const teller = setInterval(() => {
    console.log(`minute ${elapsed().toFixed(0)}: ${deeds.length} deeds, ${JSON.stringify(samples.at(-1))}`);
  }, TOLD);
  const damages = [
    ...damagesOf(
      () => host.lab,
      () => host.guest,
    ).filter(([name]) => !UNHEARD.includes(name)),
    ...host.damages(),
  ];
  try {
    while (elapsed() < minutes) {
      await sleep(PAUSE.least + random() * (PAUSE.most - PAUSE.least));
      const deed =
        random() < SPECS
          ? await host.respecify(random, random() < BAD)
          : await damaged(damages[Math.floor(random() * damages.length)]);
      deeds.push({ ...deed, minute: elapsed() });
      if (deed.latency === undefined) console.log(`NOT PUT RIGHT in time: ${deed.name}\n${host.lastWords()}`);
    }
  } finally {
    clearInterval(sampler);
    clearInterval(teller);
  }
  return { samples, deeds };
}

async function damaged(
  [name, act]: readonly [string, () => void, ...unknown[]] = ['nothing', () => undefined],
): Promise<Held> {
  return await host.repairs(name, act);
}

/** The same numbers for the same seed (mulberry32). */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
