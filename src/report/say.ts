// report/say.ts — diagnostics to the operator: text beside the results, or data in their place.
import { diagnosticsAsData, renderDiagnostics } from './diagnostics.ts';
import type { LocatedDiagnostic } from '../specfile/model.ts';
import { printData } from './print.ts';
import type { Output } from './printer.ts';

/** Prints all of them at once. With `-o json`, what is wrong is the result; mere warnings never mix with one. */
export function say(to: Output, diagnostics: readonly LocatedDiagnostic[]): void {
  if (diagnostics.length === 0) return;
  if (to.output !== 'text' && diagnostics.some(({ severity }) => severity === 'error'))
    printData(to, diagnosticsAsData(diagnostics));
  else to.print.err(renderDiagnostics(diagnostics, { color: to.color }));
}
