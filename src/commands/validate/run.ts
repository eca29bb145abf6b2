// commands/validate/run.ts — checks the spec for all its hosts as far as that goes without looking at one. Needs no
// root.
import { printData } from '../../report/print.ts';
import { validOrExit } from '../../pipeline/offline.ts';
import { exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';

export async function validate(world: World): Promise<ExitCode> {
  const spec = await validOrExit(world);
  const count = { networks: spec.networks.length, instances: spec.instances.length };
  if (world.output === 'text')
    world.print.out(`valid: ${plural(count.networks, 'network')}, ${plural(count.instances, 'instance')}\n`);
  else printData(world, { apiVersion: 'netctl/v1', kind: 'Validation', valid: true, ...count });
  return exit.ok;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
