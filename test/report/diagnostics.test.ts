// test/report/diagnostics.test.ts — how mistakes are shown, to people and as data.
import { expect, test } from 'vitest';
import { diagnosticsAsData, renderDiagnostics } from '../../src/report/diagnostics.ts';
import type { Position, LocatedDiagnostic } from '../../src/specfile/model.ts';
import { readSpec } from '../specfile/read-spec.ts';

const place = (text: string, column: number): Position => ({ file: 'a.yaml', line: 7, column, text });
const diagnostic = (more: Partial<LocatedDiagnostic>): LocatedDiagnostic => ({
  severity: 'error',
  code: 'bad',
  message: 'it is bad',
  at: [],
  ...more,
});
const plain = (placed: LocatedDiagnostic): string => renderDiagnostics([placed], { color: false });

const OVERLAP = `apiVersion: netctl/v1

hosts: {}

networks:
  blue:
    mode: flat-dhcp
    cidr: 10.0.0.0/24
    interface: null

  red:
    mode: flat-dhcp
    interface: null
    cidr: 10.0.0.128/25
`;

test('the line, a caret, the other place, a way out', () => {
  const read = readSpec([{ file: 'spec.yaml', text: OVERLAP }]);
  expect(renderDiagnostics(read.ok ? [] : read.problems, { color: false }))
    .toBe(`spec.yaml:14:11: error: red (10.0.0.128/25) overlaps blue (10.0.0.0/24)  [networks-overlap]
  14 |     cidr: 10.0.0.128/25
     |           ^
  also: spec.yaml:8:11
  hint: give one of them another range
`);
});

for (const [name, placed, text] of [
  ['nothing but a message', diagnostic({}), 'error: it is bad  [bad]\n'],
  [
    'a warning',
    diagnostic({ severity: 'warning', at: [place('x: 1', 1)] }),
    'a.yaml:7:1: warning: it is bad  [bad]\n  7 | x: 1\n    | ^\n',
  ],
  [
    'tabs, which the caret line repeats',
    diagnostic({ at: [place('\ta:\tb', 5)] }),
    'a.yaml:7:5: error: it is bad  [bad]\n  7 | \ta:\tb\n    | \t  \t^\n',
  ],
  [
    'control characters, which the terminal never gets',
    diagnostic({ message: '\x1b[31m', at: [place('\x1b[31mx\0', 1)] }),
    'a.yaml:7:1: error: \uFFFD[31m  [bad]\n  7 | \uFFFD[31mx\uFFFD\n    | ^\n',
  ],
  [
    'the end of a line',
    diagnostic({ at: [place('a:', 3)] }),
    'a.yaml:7:3: error: it is bad  [bad]\n  7 | a:\n    |   ^\n',
  ],
  [
    'two other places',
    diagnostic({ at: [place('a', 1), place('b', 2), place('c', 3)] }),
    'a.yaml:7:1: error: it is bad  [bad]\n  7 | a\n    | ^\n  also: a.yaml:7:2\n  also: a.yaml:7:3\n',
  ],
  [
    'a long line, around its place',
    diagnostic({ at: [place('x'.repeat(500), 301)] }),
    `a.yaml:7:301: error: it is bad  [bad]\n  7 | …${'x'.repeat(120)}…\n    | ${' '.repeat(61)}^\n`,
  ],
] as const) {
  test(name, () => {
    expect(plain(placed)).toBe(text);
  });
}

test('colour only adds to the text', () => {
  const placed = [diagnostic({ at: [place('x: 1', 1)], hint: 'mend it' })];
  const colored = renderDiagnostics(placed, { color: true });
  expect(colored).toContain('\x1b[');
  expect(colored.replace(/\x1b\[[\d;]*m/g, '')).toBe(renderDiagnostics(placed, { color: false }));
});

test('nothing for none', () => {
  expect(renderDiagnostics([], { color: true })).toBe('');
});

test('the same as data', () => {
  expect(
    diagnosticsAsData([
      diagnostic({ at: [place('a', 1), place('b', 2)], hint: 'mend it' }),
      diagnostic({ severity: 'warning' }),
    ]),
  ).toEqual({
    apiVersion: 'netctl/v1',
    kind: 'Diagnostics',
    diagnostics: [
      {
        file: 'a.yaml',
        line: 7,
        column: 1,
        code: 'bad',
        severity: 'error',
        message: 'it is bad',
        hint: 'mend it',
        also: [{ file: 'a.yaml', line: 7, column: 2 }],
      },
      { code: 'bad', severity: 'warning', message: 'it is bad', also: [] },
    ],
  });
});
