// test/kernel/watch/replaced.test.ts — the spec replaced again and again, in every way that people and programs replace
// files: the host ends equal to the last one.
import { existsSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { Lab } from '../lab.ts';
import { RunningWatch } from './running.ts';

/** In the night, 1000. */
const TIMES = Number(process.env['NETCTL_REPLACEMENTS'] ?? 40);
const seed = Number(process.env['NETCTL_SEED'] ?? Date.now() % 1_000_000);

let lab: Lab;
let watch: RunningWatch;

beforeAll(async () => {
  lab = new Lab();
  mkdirSync(lab.path('live'));
  writeFileSync(lab.path('live/spec.yaml'), spec(0));
  watch = new RunningWatch(lab, ['-f', lab.path('live/spec.yaml')]);
  await watch.says('ready');
});
afterAll(async () => {
  await watch.end();
  lab.close();
});

/** A bridge of which the MTU tells which spec it is. */
function spec(number: number): string {
  return `apiVersion: netctl/v1\nnetworks: { n1: { mode: flat, bridge: br0, interface: null, cidr: 10.0.1.0/24, mtu: ${1500 + number} } }\n`;
}

/**
 * Makes `live` a plain directory again, with a plain file in it, whatever it was; in steps, each of which a watcher may
 * see.
 */
function plain(text: string): void {
  rmSync(lab.path('live'), { recursive: true, force: true });
  mkdirSync(lab.path('live'));
  writeFileSync(lab.path('live/spec.yaml'), text);
}

function kept(text: string, name: string): string {
  mkdirSync(lab.path(`kept/${name}`), { recursive: true });
  writeFileSync(lab.path(`kept/${name}/spec.yaml`), text);
  return `kept/${name}`;
}

function pointed(link: string, to: string): void {
  symlinkSync(to, lab.path('link.new'));
  renameSync(lab.path('link.new'), lab.path(link));
}

const WAYS: Readonly<Record<string, (text: string, name: string) => void>> = {
  'written in place': (text) => {
    writeFileSync(lab.path('live/spec.yaml'), text);
  },
  'renamed over': (text) => {
    renameSync(lab.write('spec.new', text), lab.path('live/spec.yaml'));
  },
  'deleted and created': (text) => {
    rmSync(lab.path('live/spec.yaml'));
    writeFileSync(lab.path('live/spec.yaml'), text);
  },
  'a link to another file': (text, name) => {
    pointed('live/spec.yaml', `${lab.path(kept(text, name))}/spec.yaml`);
  },
  'a link to another file, the old one deleted': (text, name) => {
    const before = isLink('live/spec.yaml');
    pointed('live/spec.yaml', `${lab.path(kept(text, name))}/spec.yaml`);
    if (before !== undefined) rmSync(before, { force: true });
  },
  'a directory that is a link to another': (text, name) => {
    const to = kept(text, name);
    if (isLink('live') === undefined) rmSync(lab.path('live'), { recursive: true });
    pointed('live', to);
  },
  'a volume of Kubernetes': (text, name) => {
    if (
      isLink('live') !== undefined ||
      isLink('live/..data') === undefined ||
      isLink('live/spec.yaml') !== '..data/spec.yaml'
    ) {
      rmSync(lab.path('live'), { recursive: true, force: true });
      mkdirSync(lab.path('live'));
      symlinkSync('..data/spec.yaml', lab.path('live/spec.yaml'));
    }
    mkdirSync(lab.path(`live/..${name}`));
    writeFileSync(lab.path(`live/..${name}/spec.yaml`), text);
    const before = isLink('live/..data');
    pointed('live/..data', `..${name}`);
    if (before !== undefined) rmSync(lab.path(`live/${before}`), { recursive: true });
  },
  'a directory away and another in its place': (text, name) => {
    const to = lab.path(kept(text, name));
    renameSync(lab.path('live'), lab.path(`away-${name}`));
    renameSync(to, lab.path('live'));
  },
};

function isLink(name: string): string | undefined {
  try {
    return readlinkSync(lab.path(name));
  } catch {
    return undefined;
  }
}

test(`${TIMES} times, at random intervals (NETCTL_SEED=${seed})`, async () => {
  const chance = new Chance(String(seed));
  const names = Object.keys(WAYS);
  const done: string[] = [];
  for (let i = 1; i <= TIMES; i++) {
    const way = chance.of(names);
    done.push(way);
    // What the way before has left may be no place for this one.
    if (!existsSync(lab.path('live/spec.yaml'))) plain(spec(i));
    WAYS[way]?.(spec(i), `v${i}`);
    await sleep(chance.below(chance.below(4) === 0 ? 300 : 40));
  }
  await watch.until(
    () => lab.ip(lab.host, '-j link show dev br0').includes(`"mtu":${1500 + TIMES},`),
    `the last one is in force, after ${done.slice(-5).join(', ')}`,
  );
  expect(watch.settled()).toBe(true);
  await watch.until(() => watch.status().settled && watch.status().refused === undefined, 'it says so');
  // A burst is one apply.
  expect(watch.said.filter(({ event }) => event === 'spec-in-force').length).toBeLessThanOrEqual(TIMES);
});
