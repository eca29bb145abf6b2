// commands/status.ts — what is wanted, what is there, and what differs, per network and instance.
import type { Change, Path } from '../core/resource.ts';
import { describe, planAsData, renderPath } from '../report/plan.ts';
import { fixedOf } from '../parts/fixed-ip.ts';
import { prepare } from './prepare.ts';
import type { Prepared } from './prepare.ts';
import { printData } from './print.ts';
import { say } from './say.ts';
import { exit } from './world.ts';
import type { ExitCode, World } from './world.ts';

interface Line {
  readonly name: string;
  readonly detail: string;
  /** `ok`, `differs`, or `missing: …`. */
  readonly state: string;
}

export async function status(world: World): Promise<ExitCode> {
  const prepared = await prepare(world);
  const { plan, title } = prepared;
  const differs = plan.changes.length > 0;
  const lines = { networks: networkLines(prepared), nics: nicLines(prepared) };
  if (world.output === 'text') {
    world.print.out(`${title}: ${differs ? `${plan.changes.length} differ from the spec` : 'as the spec says'}\n`);
    world.print.out(section('networks', lines.networks) + section('instances', lines.nics) + differences(prepared, world));
  } else if (prepared.problems.length === 0) {
    printData(world, { ...planAsData({ ...prepared, kinds: world.kinds }), kind: 'Status', settled: !differs, networks: lines.networks, instances: lines.nics });
  }
  say(world, prepared.problems);
  if (prepared.problems.some(({ severity }) => severity === 'error')) return exit.failed;
  return differs ? exit.differs : exit.ok;
}

function networkLines(prepared: Prepared): readonly Line[] {
  return prepared.spec.networks.map((network) => ({
    name: network.name, detail: `${network.mode} ${network.bridge} ${network.cidr}`, state: stateOf(network.path, prepared),
  }));
}

function nicLines(prepared: Prepared): readonly Line[] {
  const { spec, stored, self } = prepared;
  return spec.instances.filter(({ host }) => host === self).flatMap((instance) => instance.nics.map((nic) => {
    const { ip, mac } = fixedOf(instance, nic, stored.allocations);
    return { name: nic.holder, detail: `${ip} ${mac} ${nic.device.type} ${nic.device.name}`, state: stateOf(nic.path, prepared) };
  }));
}

/** Everything that is there for the sake of this place of the spec. */
function stateOf(place: Path, { plan, wanted }: Prepared): string {
  const serves = (paths: readonly Path[]): boolean => paths.some((path) => place.every((part, i) => path[i] === part));
  const waiting = wanted.waiting.find(({ because }) => serves(because));
  if (waiting !== undefined) return `missing: ${waiting.why}`;
  return plan.changes.some(({ ref }) => serves(wanted.because.get(ref) ?? [])) ? 'differs' : 'ok';
}

function section(title: string, lines: readonly Line[]): string {
  if (lines.length === 0) return '';
  const wide = (key: 'name' | 'detail'): number => Math.max(...lines.map((line) => line[key].length));
  return `\n${title}\n${lines.map(({ name, detail, state }) => `  ${name.padEnd(wide('name'))}  ${detail.padEnd(wide('detail'))}  ${state}\n`).join('')}`;
}

function differences({ plan, wanted }: Prepared, world: World): string {
  if (plan.changes.length === 0) return '';
  return `\ndiffers\n${plan.changes.map((change) => `  ${word(change)} ${change.ref.split(' ', 1)[0] ?? ''} ${describe(change, world.kinds)}   ${renderPath(wanted.because.get(change.ref)?.[0] ?? [])}`.trimEnd()).join('\n')}\n`;
}

function word({ verb }: Change): string {
  return { create: 'missing', update: 'differs', replace: 'differs', delete: 'not wanted' }[verb];
}
