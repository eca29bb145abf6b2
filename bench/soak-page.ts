// bench/soak-page.ts — what came of a soak: a table over time, what took how long, and whether anything grows.
import { median } from './clock.ts';

/** Of one moment. MiB, and seconds of a processor since the start. */
export interface Sample {
  readonly minute: number;
  readonly rss: number;
  readonly childRss: number;
  readonly descriptors: number;
  readonly children: number;
  /** Of the watch, what it has run, and what it keeps running. */
  readonly cpu: number;
  readonly ownCpu: number;
  /** In its directories. */
  readonly files: number;
}

/** Something that was done to the host or the spec. `latency`: milliseconds until all was right again. */
export interface Deed {
  readonly name: string;
  readonly minute: number;
  readonly latency: number | undefined;
}

/** Shares of one processor. */
export interface Idle {
  readonly when: string;
  readonly share: number;
  readonly watchShare: number;
}

export interface Soak {
  readonly minutes: number;
  readonly samples: readonly Sample[];
  readonly deeds: readonly Deed[];
  readonly idle: readonly Idle[];
  readonly wrong: readonly string[];
}

export interface Verdict {
  readonly text: string;
  readonly ok: boolean;
}

const ROWS = 12;
/** The part of a run in which a program may still grow to its size. */
const WARM_UP = 0.1;
/** What counts as growth between the first quarter of the rest and the last. */
const GROWTH = {
  rss: { factor: 1.1, beside: 8 },
  descriptors: { factor: 1, beside: 2 },
  children: { factor: 1, beside: 1 },
  files: { factor: 1, beside: 4 },
} as const;

export function renderSoak(soak: Soak): string {
  const { minutes, samples, deeds, idle, wrong } = soak;
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const within = ({ minute }: { readonly minute: number }): boolean =>
      minute >= (minutes / ROWS) * i && minute < (minutes / ROWS) * (i + 1);
    const [part, done] = [samples.filter(within), deeds.filter(within)];
    const [begin, end] = [part[0], part.at(-1)];
    const share =
      begin === undefined || end === undefined || end === begin
        ? NaN
        : (end.cpu - begin.cpu) / ((end.minute - begin.minute) * 60);
    const of = (what: keyof Sample): string => median(part.map((sample) => sample[what])).toFixed(0);
    return [
      ((minutes / ROWS) * (i + 1)).toFixed(0),
      of('rss'),
      of('childRss'),
      of('descriptors'),
      of('children'),
      of('files'),
      percent(share),
      String(done.length),
      latencies(done),
    ];
  });
  const head = [
    'until minute',
    'RSS MiB',
    'children MiB',
    'descriptors',
    'children',
    'files',
    'CPU',
    'deeds',
    'put right in ms, median / 95 % / most',
  ];
  return [
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...idle.map(
      ({ when, share, watchShare }) =>
        `idle ${when}: ${percent(share)} of a processor, the watch itself ${percent(watchShare)}`,
    ),
    '',
    ...slowest(deeds),
    '',
    ...verdictsOf({ samples, deeds, wrong }).map(({ text, ok }) => `${ok ? 'good' : 'BAD '}  ${text}`),
  ].join('\n');
}

export function verdictsOf({ samples, deeds, wrong }: Pick<Soak, 'samples' | 'deeds' | 'wrong'>): readonly Verdict[] {
  const warm = samples.slice(Math.ceil(samples.length * WARM_UP));
  const quarter = Math.ceil(warm.length / 4);
  const growths = (['rss', 'descriptors', 'children', 'files'] as const).map((what): Verdict => {
    const of = (part: readonly Sample[]): number => median(part.map((sample) => sample[what]));
    const [first, last] = [of(warm.slice(0, quarter)), of(warm.slice(-quarter))];
    const { factor, beside } = GROWTH[what];
    return {
      text: `${what}: ${first.toFixed(1)} in the first quarter after the warm-up, ${last.toFixed(1)} in the last`,
      ok: last <= first * factor + beside,
    };
  });
  const late = deeds.filter(({ latency }) => latency === undefined);
  return [
    ...growths,
    {
      text: `${deeds.length} deeds, ${late.length} not put right in time${late.map(({ name }) => `; ${name}`).join('')}`,
      ok: late.length === 0 && deeds.length > 0,
    },
    {
      text:
        wrong.length === 0
          ? 'in the end the host is in sync with the spec, and as it was at the start'
          : wrong.join('\n'),
      ok: wrong.length === 0,
    },
  ];
}

function slowest(deeds: readonly Deed[]): readonly string[] {
  const names = [...new Set(deeds.map(({ name }) => name))];
  const all = names
    .map((name) => ({ name, times: known(deeds.filter((deed) => deed.name === name)) }))
    .filter(({ times }) => times.length > 0);
  return all
    .toSorted((a, b) => median(b.times) - median(a.times))
    .slice(0, 10)
    .map(({ name, times }) => `${median(times).toFixed(0).padStart(6)} ms, median of ${times.length}: ${name}`);
}

function latencies(deeds: readonly Deed[]): string {
  const times = known(deeds).toSorted((a, b) => a - b);
  return [median(times), times[Math.floor(times.length * 0.95)], times.at(-1)]
    .map((time) => time?.toFixed(0) ?? 'none')
    .join(' / ');
}

function known(deeds: readonly Deed[]): readonly number[] {
  return deeds.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
