// commands/ip/used.ts — which addresses of a network or pool are used, by whom, and which line of the spec says so.
import { columns } from '../../report/columns.ts';
import { printData } from '../../report/print.ts';
import { exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { knownOf, select } from './select.ts';
import { countsOf, headlineOf, meaningOf, placeOf, spell, useAsData } from '../../pipeline/occupancy/format.ts';

export async function used(world: World, name: string): Promise<ExitCode> {
  const known = await knownOf(world);
  const realm = select(name, known);
  const { locate } = known;
  if (world.output === 'text')
    world.print.out(
      `${headlineOf(realm)}\n${columns(realm.uses.map((use) => [spell(use.range), meaningOf(use), placeOf(use, locate)]))}`,
    );
  else
    printData(world, {
      apiVersion: 'netctl/v1',
      kind: 'Used',
      of: realm.of,
      name: realm.name,
      ...countsOf(realm),
      uses: realm.uses.map((use) => useAsData(use, locate)),
    });
  return exit.ok;
}
