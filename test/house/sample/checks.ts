// test/house/sample/checks.ts — a console names an access that there is.
import type { Diagnostic } from '../../../src/core/resource.ts';
import type { Draft } from '../../../src/specfile/draft.ts';
import { wrong } from '../../../src/specfile/problem.ts';
import { consoles } from './keys.ts';

export function* check({ spec, known }: Draft): Iterable<Diagnostic> {
  if (!known.whole) return;
  for (const { access, from, path } of consoles.of(spec)) {
    if (from === undefined)
      yield wrong('unknown-console', `no console is named ${access}`, [path], 'name one of consoles');
  }
}
