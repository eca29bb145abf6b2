// bench/disruption.ts — npm run disruption: traffic through a host during every kind of change; writes bench/DISRUPTION.md. `-- --only REGEXP`: those, printed only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import process, { version } from 'node:process';
import { parseArgs } from 'node:util';
import { BusyHost } from '../test/kernel/busy-host.ts';
import type { Edit, Pair } from '../test/kernel/busy-host.ts';
import { changes } from './disruption-changes.ts';
import type { ChangeUnderTraffic } from './disruption-changes.ts';
import { isInvalid, isWrong, renderDisruptions } from './disruption-page.ts';
import type { Measured } from './disruption-page.ts';

const { values: { only, pace } } = parseArgs({ options: { only: { type: 'string' }, pace: { type: 'string', default: '5000' } } });
/** So often is a change tried in whose calm second something was lost. */
const TRIES = 4;
/** Milliseconds: a TCP stream that was interrupted for a second tries again within as long. */
const PATIENCE = 4_000;

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const firstLine = (tool: string, ...args: readonly string[]): string => execFileSync(tool, args, { encoding: 'utf8' }).split('\n')[0] ?? '';

/** There and back, on a host of their own. */
async function measured(change: ChangeUnderTraffic): Promise<readonly Measured[]> {
  const { name, back, harm = false, befalls } = change;
  const there = await once(name, harm, change.from, change.to, { concerned: change.concerned, bystander: change.bystander, befalls });
  if (back === undefined) return [there];
  const concerned = change.concernedBack === 'nobody' ? undefined : change.concernedBack ?? change.concerned;
  return [there, await once(`… ${back}`, harm, change.to, change.from, { concerned, bystander: change.bystanderBack ?? change.bystander, befalls: undefined })];
}

async function once(name: string, harm: boolean, from: Edit, to: Edit, { concerned, bystander, befalls }: { readonly concerned: Pair | undefined; readonly bystander: Pair; readonly befalls: string | undefined }): Promise<Measured> {
  for (let tries = 1; ; tries++) {
    const site = new BusyHost(Number(pace));
    try {
      site.settle(site.spec(from));
      const ran = await site.change(site.spec(to), { bystander, patience: PATIENCE, ...(concerned === undefined ? {} : { concerned }), ...(befalls === undefined ? {} : { befalls }) });
      const one = { name, ran, harm };
      if (!isInvalid(one) || tries === TRIES) return one;
    } finally {
      site.close();
    }
  }
}

const began = Date.now();
const before = load();
const all: Measured[] = [];
for (const change of changes.filter(({ name }) => new RegExp(only ?? '').test(name))) {
  const rows = await measured(change);
  for (const row of rows) console.error(`${isInvalid(row) ? 'not valid' : isWrong(row) ? 'NOT AS SAID' : 'as said'}: ${row.name}: ${row.ran.said}: ${JSON.stringify([row.ran.concerned, row.ran.bystander])}`);
  all.push(...rows);
}
const page = renderDisruptions(all, {
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux ${release()}`,
  versions: [`Node ${version}`, firstLine('iptables', '--version'), firstLine('ip', '-V')],
  load: [before, load()],
  took: `${Math.round((Date.now() - began) / 1000)} s`,
  pace: Number(pace),
}, readFileSync('bench/disruption-notes.md', 'utf8'));
if (only === undefined) writeFileSync('bench/DISRUPTION.md', page);
else console.log(page);
if (all.some(isWrong)) process.exitCode = 1;
