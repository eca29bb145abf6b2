// commands/ip/free.ts — which addresses of a network or pool are free to be given out.
import { countOf } from '../../net/intervals.ts';
import { printData } from '../../report/print.ts';
import { exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { knownOf, select } from './select.ts';
import { countsOf, endsOf, headlineOf, spell } from '../../pipeline/occupancy/format.ts';

export async function free(world: World, name: string): Promise<ExitCode> {
  const realm = select(name, await knownOf(world));
  if (world.output === 'text')
    world.print.out(`${headlineOf(realm)}\n${realm.free.map((range) => `  ${spell(range)}\n`).join('')}`);
  else {
    const ranges = realm.free.map((range) => ({ ...endsOf(range), count: countOf([range]) }));
    printData(world, {
      apiVersion: 'netctl/v1',
      kind: 'Free',
      of: realm.of,
      name: realm.name,
      ...countsOf(realm),
      ranges,
    });
  }
  return exit.ok;
}
