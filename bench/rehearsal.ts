// bench/rehearsal.ts — npm run rehearsal: how many refused plans a rehearsal knows, and what it costs; writes
// bench/REHEARSAL.md. `-- --quick`: costs only, printed.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { argv } from 'node:process';
import { corpus } from '../test/kernel/rehearsal/corpus/index.ts';
import { foreseen, isPlanned, run } from '../test/kernel/rehearsal/corpus/case.ts';
import type { Case } from '../test/kernel/rehearsal/corpus/case.ts';
import { Lab, must } from '../test/kernel/lab.ts';
import { inTurns, median, timed } from './clock.ts';
import type { Times } from './clock.ts';
import { specOf } from './specs.ts';

interface Judged {
  readonly group: string;
  readonly name: string;
  readonly caught: boolean;
  readonly why: string;
  readonly extra: number;
}

const quick = argv.includes('--quick');
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const loadBefore = load();
const costs = costsOf(quick ? 3 : 7);
if (quick) console.log(costs);
else writeFileSync('bench/REHEARSAL.md', page(judgedOf(), costs));

function judgedOf(): readonly Judged[] {
  return Object.entries<readonly Case[]>(corpus).flatMap(([group, cases]) =>
    cases
      .filter(({ known, unread }) => known === undefined && unread === undefined)
      .map((one): Judged => {
        console.error(`${group}: ${one.name}`);
        const ran = run(one, { plan: true, rehearse: true });
        if (!isPlanned(ran) || ran.applied.code !== 1 || !ran.untouched)
          throw new Error(`${one.name}: this host does not refuse it`);
        return {
          group,
          name: one.name,
          caught: ran.rehearsed.code === 1 && foreseen(ran).length > 0,
          why: one.unknowable ?? '',
          extra: (ran.rehearsed.seconds - ran.planned.seconds) * 1000,
        };
      }),
  );
}

/** `plan` and `plan --rehearse` take turns: on a host that has nothing, and on one that has all but one instance. */
function costsOf(rounds: number): string {
  const sizes: readonly (readonly [what: string, spec: string, first: string | undefined])[] = [
    ['1 network, first apply', networksOf(1), undefined],
    ['100 networks, first apply', networksOf(100), undefined],
    ['100 networks, one more', networksOf(101), networksOf(100)],
    ['100 instances, first apply', specOf(100), undefined],
    ['100 instances, one more', specOf(100, { address: '10.20.0.250' }), specOf(100)],
    ['1,000 instances, first apply', specOf(1000), undefined],
    ['1,000 instances, one more', specOf(1000, { address: '10.20.0.253' }), specOf(1000)],
  ];
  const rows = sizes.map(([what, spec, first]) => {
    console.error(what);
    const lab = new Lab();
    try {
      if (first !== undefined) must(lab.netctl(['apply', '--yes'], { spec: first }));
      const file = lab.write('spec.yaml', spec);
      const netctl =
        (...words: readonly string[]) =>
        (): number =>
          timed([...lab.command(), ...lab.argumentsFor([...words, '-f', file])]);
      const times = inTurns(rounds, { plan: netctl('plan'), rehearsed: netctl('plan', '--rehearse') });
      const apply =
        first === undefined
          ? timed([...lab.command(), ...lab.argumentsFor(['apply', '--yes', '-f', file])])
          : undefined;
      return `| ${what} | ${spell(times('plan'))} | ${spell(times('rehearsed'))} | ${(median(times('rehearsed')) - median(times('plan'))).toFixed(0)} | ${apply?.toFixed(0) ?? ''} |\n`;
    } finally {
      lab.close();
    }
  });
  return `| | \`plan\` | \`plan --rehearse\` | more | \`apply\` itself |\n|---|---:|---:|---:|---:|\n${rows.join('')}`;
}

function spell(times: Times): string {
  return `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)})`;
}

/** Bridges with their addresses, forwarding and NAT; none of them serves anybody. */
function networksOf(count: number): string {
  return `apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\nnetworks:\n${Array.from({ length: count }, (_, i) => `  n${i}: { mode: flat-dhcp, bridge: br-${i}, interface: null, cidr: 10.20.${i}.0/24 }\n`).join('')}`;
}

function page(judged: readonly Judged[], table: string): string {
  const groups = Object.keys(corpus).map((group) => {
    const own = judged.filter((one) => one.group === group);
    return `| ${group} | ${own.length} | ${own.filter(({ caught }) => caught).length} |\n`;
  });
  const missed = judged.filter(({ caught }) => !caught);
  return `# Rehearsals

\`npm run rehearsal\` wrote this on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Linux ${release()}, load ${loadBefore} at the beginning and ${load()} at the end.

## Plans that a host refuses

Each is a host in a namespace and a spec against which netctl itself has nothing; \`apply\` fails there for real. Caught: the rehearsal had said so, with the very step.

| | plans | caught |
|---|---:|---:|
${groups.join('')}| all | ${judged.length} | ${judged.filter(({ caught }) => caught).length} |

A rehearsal of these took ${median(judged.map(({ extra }) => extra)).toFixed(0)} ms more than a plan (median).

Not caught:

${missed.map(({ name, why }) => `- ${name}: ${why === '' ? 'not known why' : why}\n`).join('')}
Caught:

${judged
  .filter(({ caught }) => caught)
  .map(({ group, name }) => `- ${group}: ${name}\n`)
  .join('')}
## What it costs

Milliseconds, \`median (fastest–slowest)\`. A rehearsal of the first apply does all that the apply does; of a later one, it makes what the host has again, and does the change.

${table}
${readFileSync('bench/rehearsal-notes.md', 'utf8')}`;
}
