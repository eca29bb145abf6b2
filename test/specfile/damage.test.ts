// test/specfile/damage.test.ts — whatever is done to a spec, reading it ends, says where, and never throws.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSpec } from './read-spec.ts';
import { renderDiagnostics } from '../../src/report/diagnostics.ts';

const whole =
  readFileSync(new URL('../../examples/port.yaml', import.meta.url), 'utf8') +
  readFileSync(new URL('../../examples/flat-dhcp.yaml', import.meta.url), 'utf8').replace(
    'apiVersion',
    '---\napiVersion',
  );
const scrap = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\n',
    '\t',
    ':',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '---\n',
    '<<: ',
    'null',
    '010',
    '~',
    '%',
    '@',
    ',',
    '\0',
    '\r',
    '__proto__: ',
    'constructor: ',
    '1.10',
    '10.0.0.1/8',
    '-1',
    '99999999999999999999',
  ),
  fc.string({ maxLength: 4 }),
);
const cut = fc.record({ at: fc.nat(whole.length), length: fc.oneof(fc.constant(0), fc.nat(12)), scrap });
const damaged = fc
  .array(cut, { minLength: 1, maxLength: 4 })
  .map((cuts) =>
    cuts.reduce((text, { at, length, scrap: put }) => text.slice(0, at) + put + text.slice(at + length), whole),
  );

test('a damaged spec is read or refused at a place that is there', () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const read = readSpec([{ file: 'a.yaml', text }]);
      const said = read.ok ? read.warnings : read.problems;
      if (!read.ok) expect(said.some(({ severity }) => severity === 'error')).toBe(true);
      const lines = text.replace(/^\uFEFF/, '').split('\n');
      for (const { at } of said) {
        expect(at.length).toBeGreaterThan(0);
        for (const { line, column, text: shown } of at) {
          expect(shown).toBe(lines[line - 1]?.replace(/\r$/, ''));
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      }
      renderDiagnostics(said, { color: false });
    }),
    { numRuns: 400 },
  );
});

test('the same for any text at all', () => {
  fc.assert(
    fc.property(
      fc.array(scrap, { maxLength: 30 }).map((scraps) => scraps.join('')),
      (text) => {
        const read = readSpec([
          { file: 'a.yaml', text },
          { file: 'b.yaml', text: whole },
        ]);
        expect(read.ok && text.trim() === '').toBe(false);
      },
    ),
    { numRuns: 400 },
  );
});
