// test/world.ts — a World for tests: commands run on whatever driver they are given, and what they print is kept.
import { apply } from '../src/commands/apply/run.ts';
import { destroy } from '../src/commands/destroy/run.ts';
import { Exit } from '../src/report/exit-codes.ts';
import type { ExitCode } from '../src/report/exit-codes.ts';
import type { Safety, World } from '../src/pipeline/world.ts';
import type { Driver } from '../src/core/resource.ts';
import type { Store } from '../src/core/stored.ts';
import { readFacts } from '../src/driver/facts.ts';
import { features } from '../src/features/index.ts';
import type { Generation, Generations, Pending, Record as Kept } from '../src/generations/model.ts';
import { kindsFor } from '../src/kinds/index.ts';
import { grammar } from '../src/specfile/grammar.ts';
import { createMemoryStore } from '../src/store/memory/index.ts';

export const PATHS = { state: '/var/lib/netctl', run: '/run/netctl' } as const;

export interface TestWorld extends World {
  /** What it printed so far. */
  readonly said: { out: string; err: string };
}

export interface Given {
  readonly driver: Driver;
  /** Texts by file name. */
  readonly spec?: Readonly<Record<string, string>>;
  readonly store?: Store;
  readonly now?: () => Date;
  readonly host?: string;
}

export function worldOf(
  { driver, spec = {}, store = createMemoryStore(), now = () => new Date(0), host }: Given,
  rest: Partial<World> = {},
): TestWorld {
  const said = { out: '', err: '' };
  return {
    driver,
    store,
    host,
    now,
    said,
    generations: generationsInMemory(),
    safety: safetyInMemory(),
    kinds: kindsFor(PATHS),
    features,
    grammar,
    paths: PATHS,
    hostname: 'h1',
    report: () => undefined,
    facts: (host) => {
      driver.invalidate();
      return readFacts(host ?? driver);
    },
    sources: () => Promise.resolve(Object.entries(spec).map(([file, text]) => ({ file, text }))),
    missingTools: () => [],
    forget: () => store.forget(),
    sandbox: undefined,
    ask: undefined,
    probe: (probes) => Promise.resolve(probes.map((probe) => ({ probe, answered: true, ms: 1 }))),
    operator: () => undefined,
    print: {
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    },
    output: 'text',
    color: false,
    signal: new AbortController().signal,
    ...rest,
  };
}

/** As an operator who means it. */
export async function applied(world: World): Promise<ExitCode> {
  return await ended(() => apply(world, { yes: true, prune: true, allowMassDelete: true }));
}

/** As an operator who dares more than he knows. */
export async function tried(
  world: World,
  how: { readonly atomic?: boolean; readonly confirm?: number },
): Promise<ExitCode> {
  return await ended(() => apply(world, { yes: true, prune: true, allowMassDelete: true, ...how }));
}

export async function destroyed(world: World): Promise<ExitCode> {
  return await ended(() => destroy(world, { yes: true }));
}

/** The exit code of a command, however it ends. */
export async function ended(command: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}

/** As files keep them, for a host in memory. */
export function generationsInMemory(): Generations {
  let all: readonly Generation[] = [];
  const records = new Map<number, Kept>();
  let pending: Pending | undefined;
  return {
    list: () => all,
    damaged: () => [],
    has: (number) => all.some((each) => each.number === number),
    record: (number) =>
      records.get(number) ??
      (() => {
        throw new Error(`no generation ${number}`);
      })(),
    said: () => '',
    begin: (generation, record) => {
      const begun: Generation = { number: all.length + 1, ...generation, outcome: { is: 'begun' } };
      all = [...all, begun];
      records.set(begun.number, JSON.parse(JSON.stringify(record)) as Kept);
      return begun;
    },
    end: (number, outcome) => {
      all = all.map((each) => (each.number === number ? { ...each, outcome } : each));
    },
    pending: () => pending,
    drop: (number) => {
      all = all.filter((each) => each.number !== number);
    },
    arm: (armed) => {
      pending = armed;
    },
    disarm: () => {
      pending = undefined;
    },
    forget: () => {
      all = [];
      pending = undefined;
    },
  };
}

/** A clock that goes on only while somebody sleeps, and nobody who watches. */
export function safetyInMemory(): Safety {
  let now = 0;
  return {
    who: 'tester',
    start: 'first',
    self: { pid: 1, began: '1' },
    lives: () => true,
    uptime: () => now,
    guard: () => Promise.resolve(),
    hurry: () => undefined,
    aside: (meanwhile) => meanwhile(),
    sleep: (milliseconds) => {
      now += milliseconds / 1000;
      return Promise.resolve();
    },
  };
}
