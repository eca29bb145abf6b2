// commands/say.ts — diagnostics to the operator: text beside the results, or data in their place.
import { diagnosticsAsData, renderDiagnostics } from '../report/diagnostics.ts';
import type { Placed } from '../spec/model.ts';
import { printData } from './print.ts';
import type { World } from './world.ts';

/** Prints all of them at once. With `-o json`, what is wrong is the result; mere warnings never mix with one. */
export function say(world: World, placed: readonly Placed[]): void {
  if (placed.length === 0) return;
  if (world.output !== 'text' && placed.some(({ severity }) => severity === 'error')) printData(world, diagnosticsAsData(placed));
  else world.print.err(renderDiagnostics(placed, { color: world.color }));
}
