// bench/disruption-page.ts — what each kind of change cost the packets, as a page.
import { spares } from '../test/kernel/busy-host.ts';
import type { Ran } from '../test/kernel/busy-host.ts';
import type { Lost, Pace } from '../test/kernel/traffic.ts';

export interface Measured {
  readonly name: string;
  readonly ran: Ran;
  /** Somebody else's damage, which had interrupted what the change mends. */
  readonly harm: boolean;
}

export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly versions: readonly string[];
  readonly load: readonly [string, string];
  readonly took: string;
  readonly pace: Pace;
  /** Of which kernel, and where. */
  readonly place: string;
}

/** Without any change something was lost: the machine was too busy to tell. */
export function isInvalid({ ran }: Measured): boolean {
  return ran.calm.some(lostAny);
}

/**
 * The plan said that no established flow is interrupted, and some was; or someone lost packets who only shared the host
 * with whom it named.
 */
export function isWrong(measured: Measured): boolean {
  const { ran, harm } = measured;
  if (isInvalid(measured) || harm) return false;
  return (spares(ran) && ran.concerned !== undefined && lostAny(ran.concerned)) || lostAny(ran.bystander);
}

function lostAny({ ping, udp, broken }: Lost): boolean {
  return ping.lost + udp.lost > 0 || broken !== undefined;
}

/** The part of the page that is about this host's own kernel. */
export function renderDisruptions(all: readonly Measured[], circumstances: Circumstances): string {
  const { date, machine, versions, load, took } = circumstances;
  return `# What a change costs the packets

\`npm run disruption\` wrote this on ${date}, in ${took}: ${all.length} changes, each done by \`netctl apply\` while packets pass.

- Machine: ${machine}; load ${load[0]} at the beginning, ${load[1]} at the end
${versions.map((version) => `- ${version}\n`).join('')}
In each row two conversations pass through the host, that of whom the change concerns and that of a bystander: ${paceOf(circumstances)}, and a TCP stream in each
direction. A second without any change comes before each; a row counts only if nothing was lost in it. *Says* is what the plan said beforehand.

${figures(all)}`;
}

/** The part about VLANs, wherever there was a kernel that has them. */
export function renderVlanDisruptions(all: readonly Measured[], circumstances: Circumstances): string {
  const { date, machine, load, took, pace, place } = circumstances;
  return `${VLANS}, on ${place}, at ${pace.udp.toLocaleString('en')} packets a second

\`npm run disruption -- --vlan\` wrote this on ${date}, in ${took}: ${all.length} changes, as above, with ${paceOf(circumstances)}.

- Machine: ${machine}; load ${load[0]} at the beginning, ${load[1]} at the end

The networks \`lab\` and \`side\` are VLANs of the interface by which \`office\` is untagged; *on the wire* is with a machine that has the same VLANs, at the other end. Stalls of TCP streams are left out: an emulated processor has all of them wait now and then.

${figures(all.map(withoutStalls))}`;
}

function withoutStalls({ ran, ...rest }: Measured): Measured {
  return {
    ...rest,
    ran: {
      ...ran,
      concerned: ran.concerned && { ...ran.concerned, stalls: 0 },
      bystander: { ...ran.bystander, stalls: 0 },
    },
  };
}

const VLANS = '## VLAN devices';
const NOTES = '## What stands behind the figures';

/** The page with one of its parts new. The other stays as it was measured. */
export function pageWith(
  part: { readonly here: string } | { readonly vlans: string },
  former: string,
  notes: string,
): string {
  const [, here = '', vlans = ''] = new RegExp(`^([^]*?)(${VLANS}[^]*?)?(?:${NOTES}|$(?![^]))`).exec(former) ?? [];
  const parts = { here, vlans, ...part };
  return [parts.here, parts.vlans, notes]
    .filter((text) => text.trim() !== '')
    .map((text) => `${text.trim()}\n`)
    .join('\n');
}

function paceOf({ pace }: Circumstances): string {
  return `a ping every ${pace.every} ms, ${pace.udp.toLocaleString('en')} packets of UDP a second in each direction`;
}

function figures(all: readonly Measured[]): string {
  const [valid, invalid] = [all.filter((one) => !isInvalid(one)), all.filter(isInvalid)];
  const spared = valid.filter(({ ran, harm }) => spares(ran) && !harm);
  const packets = spared
    .flatMap(({ ran }) => [ran.concerned, ran.bystander])
    .flatMap((lost) => (lost === undefined ? [] : [lost.ping, lost.udp]));
  const wrong = valid.filter(isWrong);
  return `**Where the plan said that no established flow is interrupted: ${spared.length} ${spared.length === 1 ? 'change' : 'changes'}, ${sum(packets, 'of').toLocaleString('en')} packets, ${sum(packets, 'lost')} lost.**${wrong.length === 0 ? '' : ` Not as said: ${wrong.map(({ name }) => name).join('; ')}.`}

${table(valid)}
${invalid.length === 0 ? '' : `Not valid, because packets were lost without a change: ${invalid.map(({ name }) => name).join('; ')}.\n`}`;
}

function table(all: readonly Measured[]): string {
  const rows = all.map(({ name, ran: { said, concerned, bystander }, harm }) => [
    `${name}${harm ? ' ¹' : ''}`,
    said,
    ...(concerned === undefined ? ['', '', ''] : cells(concerned)),
    ...cells(bystander),
  ]);
  return [
    '| change | says | lost: ping, UDP | longest gap, ms | flow | bystander, lost: ping, UDP | longest gap, ms | flow |',
    '|---|---|---:|---:|---|---:|---:|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    '¹ The damage itself had interrupted them: from there to the end of the repair.',
    '',
  ].join('\n');
}

/** Of what is cut for good, it says nothing how many were counted. TCP survives what it only had to send again. */
function cells({ ping, udp, gap, broken, stalls }: Lost): readonly string[] {
  if (broken !== undefined)
    return [`${ping.lost === 0 ? '0' : 'all'}, ${udp.lost === 0 ? '0' : 'all'}`, '', `cut (${broken.toLowerCase()})`];
  return [
    `${ping.lost}, ${udp.lost.toLocaleString('en')}`,
    gap === 0 ? '0' : gap < 10 ? gap.toFixed(1) : gap.toFixed(0),
    stalls === 0 ? '' : `stalled ${stalls === 1 ? 'once' : `${stalls} times`}`,
  ];
}

function sum(counts: readonly { readonly lost: number; readonly of: number }[], what: 'lost' | 'of'): number {
  return counts.reduce((total, count) => total + count[what], 0);
}
