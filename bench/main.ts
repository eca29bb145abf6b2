// bench/main.ts — npm run bench: measures netctl against the raw commands, and writes bench/RESULTS.md. `-- --quick`:
// less of all, printed only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { argv, version } from 'node:process';
import { measuresOf, startOf } from './measures.ts';
import type { Measure, Rounds } from './measures.ts';
import { renderResults } from './results.ts';
import type { Sized } from './results.ts';

const quick = argv.includes('--quick');
const sizes: readonly (readonly [number, Rounds])[] = quick
  ? [
      [100, { quick: 3, one: 3, all: 2 }],
      [1000, { quick: 3, one: 2, all: 1 }],
    ]
  : [
      [100, { quick: 11, one: 7, all: 5 }],
      [1000, { quick: 9, one: 5, all: 5 }],
      [5000, { quick: 7, one: 5, all: 3 }],
    ];

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const firstLine = (tool: string, ...args: readonly string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8' }).split('\n')[0] ?? '';

const began = Date.now();
const loadBefore = load();
const all: Sized[] = [{ count: 0, measures: [startOf(quick ? 5 : 21)] }];
for (const [count, rounds] of sizes) {
  console.error(`${count} instances …`);
  const measures: Measure[] = [];
  for await (const measure of measuresOf(count, rounds)) measures.push(measure);
  all.push({ count, measures });
}
const page = renderResults(
  all,
  {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}`,
    versions: [
      `Node ${version}`,
      firstLine('iptables', '--version'),
      firstLine('ip', '-V'),
      firstLine('dnsmasq', '--version').replace(/ {2}Copyright.*/, ''),
    ],
    load: [loadBefore, load()],
    took: `${Math.round((Date.now() - began) / 1000)} s`,
  },
  readFileSync('bench/notes.md', 'utf8'),
);
if (quick) console.log(page);
else writeFileSync('bench/RESULTS.md', page);
