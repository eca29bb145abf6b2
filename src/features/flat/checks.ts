// features/flat/checks.ts — IPv6 is for the guests of flat networks, so far.
import type { Diagnostic } from '../../core/resource.ts';
import type { Draft } from '../../specfile/draft.ts';
import { wrong } from '../../specfile/problem.ts';

export function* check({ text }: Draft): Iterable<Diagnostic> {
  for (const [name, { mode, cidr6 }] of Object.entries(text.networks ?? {})) {
    if (mode !== 'flat' && cidr6 !== undefined)
      yield wrong(
        'not-yet',
        `cidr6 comes with a later version in mode ${mode}: IPv6`,
        [['networks', name, 'cidr6']],
        'leave it out until then',
      );
  }
}
