// bench/disruption.ts — npm run disruption: traffic through a host during every kind of change; writes
// bench/DISRUPTION.md. `-- --vlan`: changes of VLANs; `-- --only REGEXP`: those, printed only.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import process, { version } from 'node:process';
import { parseArgs } from 'node:util';
import { changes } from './disruption-changes.ts';
import { isWrong, pageWith, renderDisruptions, renderVlanDisruptions } from './disruption-page.ts';
import type { Circumstances } from './disruption-page.ts';
import { hasVlans, inMachine } from './disruption-machine.ts';
import type { Results } from './disruption-machine.ts';
import { measuredAll } from './disruption-measure.ts';
import { vlanChanges } from './disruption-vlans.ts';

const {
  values: { only = '', vlan, pace, results },
} = parseArgs({
  options: {
    only: { type: 'string' },
    vlan: { type: 'boolean', default: false },
    pace: { type: 'string' },
    results: { type: 'string' },
  },
});
/** An emulated processor carries less. */
const rates = vlan ? { udp: Number(pace ?? 200), every: 20 } : { udp: Number(pace ?? 5000), every: 2 };

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
const firstLine = (tool: string, ...args: readonly string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8' }).split('\n')[0] ?? '';
const began = Date.now();
const before = load();

async function measured(): Promise<Results> {
  const isHere = !vlan || hasVlans();
  if (!isHere) return await inMachine(['--vlan', '--only', only, '--pace', String(rates.udp)]);
  const chosen = (vlan ? vlanChanges : changes).filter(({ name }) => new RegExp(only).test(name));
  return {
    rows: await measuredAll(chosen, rates, vlan ? 'trunk' : 'inside'),
    kernel: `Linux ${release()}`,
    place: 'this kernel',
  };
}

const { rows, kernel, place } = await measured();
if (results !== undefined) writeFileSync(results, JSON.stringify({ rows, kernel, place } satisfies Results));
else {
  const circumstances: Circumstances = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${kernel}`,
    versions: [`Node ${version}`, firstLine('iptables', '--version'), firstLine('ip', '-V')],
    load: [before, load()],
    took: `${Math.round((Date.now() - began) / 1000)} s`,
    pace: rates,
    place,
  };
  const part = vlan
    ? { vlans: renderVlanDisruptions(rows, circumstances) }
    : { here: renderDisruptions(rows, circumstances) };
  if (only === '')
    writeFileSync(
      'bench/DISRUPTION.md',
      pageWith(part, readFileSync('bench/DISRUPTION.md', 'utf8'), readFileSync('bench/disruption-notes.md', 'utf8')),
    );
  else console.log(pageWith(part, '', ''));
}
if (rows.some(isWrong)) process.exitCode = 1;
