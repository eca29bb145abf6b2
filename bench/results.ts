// bench/results.ts — the measures as a page to read: machine and versions, a table for each size, how it was measured.
import { median } from './clock.ts';
import type { Times } from './clock.ts';
import type { Measure } from './measures.ts';

export interface Sized {
  /** Instances; none for what has nothing to do with them. */
  readonly count: number;
  readonly measures: readonly Measure[];
}

export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly versions: readonly string[];
  /** The one-minute load at the beginning and at the end. */
  readonly load: readonly [string, string];
  readonly took: string;
}

export function renderResults(
  all: readonly Sized[],
  { date, machine, versions, load, took }: Circumstances,
  notes: string,
): string {
  return `# Benchmarks

\`npm run bench\` wrote this on ${date}, in ${took}.

- Machine: ${machine}; load ${load[0]} at the beginning, ${load[1]} at the end
${versions.map((version) => `- ${version}\n`).join('')}
${all.map(({ count, measures }) => `## ${count === 0 ? 'Start' : `${count.toLocaleString('en')} instances`}\n\n${table(measures)}`).join('\n')}
## What grows

How many times as long something takes when there are more instances. netctl must not grow faster than the raw commands do.

${growth(all.filter(({ count }) => count > 0))}
${notes}`;
}

const HEAD = '| | raw | netctl | ratio | with node | goal | |\n|---|---:|---:|---:|---:|---:|---|\n';

function table(measures: readonly Measure[]): string {
  return `${HEAD}${measures.map(row).join('')}`;
}

function row({ what, goal, raw, node, netctl }: Measure): string {
  const ratio = median(netctl) / median(raw);
  const fair = node === undefined ? undefined : median(netctl) / (median(raw) + median(node));
  const verdict =
    goal === undefined
      ? ''
      : ratio <= goal
        ? 'met'
        : (fair ?? ratio) <= goal
          ? "met but for Node's own start"
          : 'missed';
  return `| ${what} | ${spell(raw)} | ${spell(netctl)} | ${ratio.toFixed(2)} | ${fair?.toFixed(2) ?? ''} | ${goal?.toFixed(1) ?? ''} | ${verdict} |\n`;
}

/** Median, fastest and slowest. */
function spell(times: Times): string {
  return `${digits(median(times))} (${digits(Math.min(...times))}–${digits(Math.max(...times))})`;
}

function digits(milliseconds: number): string {
  return milliseconds < 10 ? milliseconds.toFixed(1) : milliseconds.toFixed(0);
}

function growth(all: readonly Sized[]): string {
  const steps = all.slice(1).map((later, i) => ({ from: all[i] ?? later, to: later }));
  const head = `| | ${steps.map(({ from, to }) => `${from.count} → ${to.count}, raw | netctl`).join(' | ')} |\n|---|${steps.map(() => '---:|---:|').join('')}\n`;
  const names = all[0]?.measures.map(({ what }) => what) ?? [];
  return `${head}${names.map((what) => `| ${what} | ${steps.map((step) => `×${factor(step, what, 'raw')} | ×${factor(step, what, 'netctl')}`).join(' | ')} |\n`).join('')}`;
}

function factor(
  { from, to }: { readonly from: Sized; readonly to: Sized },
  what: string,
  whose: 'raw' | 'netctl',
): string {
  const of = ({ measures }: Sized): number => median(measures.find((measure) => measure.what === what)?.[whose] ?? []);
  return (of(to) / of(from)).toFixed(1);
}
