// bench/drift-results.ts — how long damages lasted, as a page to read: over all, of each kind, and how it was measured.
import type { Phases } from '../src/report/watch-events.ts';
import { median } from './clock.ts';
import type { Times } from './clock.ts';
import type { Lasted } from './held.ts';
import type { Circumstances } from './results.ts';

export interface Kind {
  readonly name: string;
  readonly raw: Times;
  readonly quiet: readonly Lasted[];
  readonly loaded: readonly Lasted[];
}

export interface Held {
  /** Instances, and rules. */
  readonly count: number;
  readonly rules: number;
  /** Of one core, what a watch and its monitors use while nothing happens. */
  readonly idle: number | undefined;
  readonly kinds: readonly Kind[];
}

/** Milliseconds of the median, by rules. */
const GOALS = [
  [2_000, 50],
  [Infinity, 150],
] as const;

export function renderDrift(
  all: readonly Held[],
  {
    date,
    machine,
    versions,
    load,
    took,
    rounds,
  }: Circumstances & { readonly rounds: readonly [quiet: number, loaded: number] },
  notes: string,
): string {
  return `# How fast drift is undone

\`npm run bench:drift\` wrote this on ${date}, in ${took}: each of ${all[0]?.kinds.length ?? 0} kinds of damage ${rounds[0]} times, and ${rounds[1]} times under load, in an order that chance made.

- Machine: ${machine}; load ${load[0]} at the beginning, ${load[1]} at the end
${versions.map((version) => `- ${version}\n`).join('')}
## Over all kinds

Milliseconds from the start of the foreign command until the host was as it should be, seen from outside.

| | p50 | p90 | p99 | most | × raw | goal of p50 | |
|---|---:|---:|---:|---:|---:|---:|---|
${all.map(overall).join('')}
${all.map((held) => (held.idle === undefined ? '' : `With ${spelled(held.rules)} rules and nothing to do, watch and monitors used ${(held.idle * 100).toFixed(2)} % of one core (goal: less than 1 %).\n`)).join('')}
${all.map(kindsOf).join('\n')}
${notes}
The watch's own clock, less what it looked at afterwards, said ${digits(median(all.flatMap(({ kinds }) => kinds.flatMap(({ quiet, loaded }) => [...quiet, ...loaded].map(({ seen, said }) => said - seen)))))} ms more than was seen, at the median.
`;
}

function overall({ rules, kinds }: Held): string {
  const goal = GOALS.find(([most]) => rules <= most)?.[1] ?? 0;
  const row = (how: string, of: (kind: Kind) => readonly Lasted[]): string => {
    const times = kinds.flatMap(of).map(({ seen }) => seen);
    const ratio = median(kinds.map((kind) => ratioOf(of(kind), kind.raw)));
    return `| ${spelled(rules)} rules, ${how} | ${[0.5, 0.9, 0.99, 1].map((part) => digits(part === 0.5 ? median(times) : quantile(times, part))).join(' | ')} | ${ratio.toFixed(1)} | ${goal} | ${median(times) <= goal ? 'met' : 'missed'} |\n`;
  };
  return row('quiet', ({ quiet }) => quiet) + row('under load', ({ loaded }) => loaded);
}

function kindsOf({ rules, kinds }: Held): string {
  const three = (all: readonly Lasted[]): string => {
    const times = all.map(({ seen }) => seen);
    const failed = all.filter((one) => one.failed).length;
    return [
      digits(median(times)),
      digits(quantile(times, 0.9)),
      `${digits(Math.max(...times))}${failed === 0 ? '' : ` (${failed} after a failure)`}`,
    ].join(' | ');
  };
  const phase = (name: keyof Phases): string => phaseOf(kinds, name);
  return `## ${spelled(rules)} rules

At the median, quiet, the watch read for ${phase('read')} ms, planned for ${phase('plan')} ms and ran tools for ${phase('execute')} ms; then it looked again for ${phase('verify')} ms.

| | raw | p50 | p90 | most | × raw | under load: p50 | p90 | most |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
${kinds.map((kind) => `| ${kind.name} | ${digits(median(kind.raw))} | ${three(kind.quiet)} | ${ratioOf(kind.quiet, kind.raw).toFixed(1)} | ${three(kind.loaded)} |\n`).join('')}`;
}

function phaseOf(kinds: readonly Kind[], phase: keyof Phases): string {
  return digits(1000 * median(kinds.flatMap(({ quiet }) => quiet.flatMap(({ seconds }) => seconds[phase] ?? []))));
}

function ratioOf(all: readonly Lasted[], raw: Times): number {
  return median(all.map(({ seen }) => seen)) / median(raw);
}

function quantile(times: Times, part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? NaN;
}

function digits(milliseconds: number): string {
  return Math.abs(milliseconds) < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0);
}

function spelled(count: number): string {
  return count.toLocaleString('en');
}
