// test/report/plan.test.ts — a plan's columns, signs and ending, for changes of any kind.
import { describe, expect, test } from 'vitest';
import type { Change, Kind, Ref, Resource, Wanted } from '../../src/core/resource.ts';
import { planAsData, renderPlan } from '../../src/report/plan.ts';

interface Thing extends Resource {
  readonly kind: 'thing';
  readonly name: string;
  readonly holds?: string;
}

const kind: Kind<Thing> = {
  kind: 'thing',
  key: ({ name }) => name,
  needs: () => [],
  watches: [],
  observe: () => Promise.resolve([]),
  steps: () => [],
  claims: ({ holds }) => (holds === undefined ? [] : [holds]),
  describe: ({ name, holds = '' }, before) =>
    `${name}${holds === '' ? '' : ` holding ${holds}`}${before === undefined ? '' : ' (changed)'}`,
};
const thing = (name: string, rest: Omit<Thing, 'kind' | 'name'> = {}): Thing => ({ kind: 'thing', name, ...rest });
const ref = (name: string): Ref => `thing ${name}`;

/** `because` is the number of the line, for each name that has one. */
function view(
  changes: readonly Change[],
  because: Readonly<Record<string, number>> = {},
  state: readonly Thing[] = [],
  waiting: Wanted['waiting'] = [],
) {
  const wanted: Wanted = {
    state: new Map(state.map((one) => [ref(one.name), one])),
    because: new Map(Object.entries(because).map(([name, line]) => [ref(name), [['things', name, line]]])),
    after: new Map(),
    waiting,
  };
  return {
    title: 'h1',
    plan: { changes, steps: [] },
    wanted,
    kinds: [kind],
    names: new Map([['red', 'vm-1']]),
    conflicts: [],
    locate: (path: readonly (string | number)[]) => ({
      file: 'a.yaml',
      line: Number(path.at(-1)),
      column: 3,
      text: '',
    }),
  };
}
const lines = (...given: Parameters<typeof view>): readonly string[] =>
  renderPlan(view(...given), false)
    .split('\n')
    .slice(0, -1);

const create = (name: string): Change => ({ verb: 'create', ref: ref(name), after: thing(name) });
const remove = (name: string, holds?: string): Change => ({
  verb: 'delete',
  ref: ref(name),
  before: thing(name, holds === undefined ? {} : { holds }),
});
const update = (name: string): Change => ({ verb: 'update', ref: ref(name), before: thing(name), after: thing(name) });
const replace = (name: string, was: Thing): Change => ({
  verb: 'replace',
  ref: ref(name),
  before: was,
  after: thing(name),
});

const rows: readonly (readonly [name: string, given: Parameters<typeof view>, line: string])[] = [
  ['made', [[create('a')], { a: 4 }], '  + thing a             none         a.yaml:4 things.a[4]'],
  ['changed', [[update('a')], { a: 4 }], '  ~ thing a (changed)   flows of a   a.yaml:4 things.a[4]'],
  ["removed for nobody's sake", [[remove('a')]], '  - thing a             flows of a   no longer in spec'],
  [
    'removed so that another has what it holds',
    [[remove('a', 'red')], { b: 7 }, [thing('b', { holds: 'red' })]],
    '  - thing a holding red   flows of a   a.yaml:7 things.b[7]',
  ],
  ["made for nobody's sake", [[create('a')]], '  + thing a             none         restored'],
  [
    'replaced by its like, of which its kind knows how it differs',
    [[replace('a', thing('a'))], { a: 4 }],
    '  ± thing a (changed)   flows of a   a.yaml:4 things.a[4]',
  ],
  [
    'replaced by another sort',
    [[replace('a', thing('a', { holds: 'red' }))], { a: 4 }],
    '  ± thing a (was holding red)   flows of a   a.yaml:4 things.a[4]',
  ],
];
describe('a line', () => {
  for (const [name, given, line] of rows) test(name, () => expect(lines(...given)[3]).toBe(line));

  test('stands below the names of the columns, which are as wide as what is below them', () => {
    expect(lines([create('a')], { a: 4 }).slice(2, 4)).toEqual([
      '    KIND  DESCRIPTION   INTERRUPTS   SPEC',
      '  + thing a             none         a.yaml:4 things.a[4]',
    ]);
    expect(lines([])).toEqual(['h1: nothing to do']);
  });
});

describe('the head', () => {
  for (const [name, changes, head] of [
    ['nothing', [], 'h1: nothing to do'],
    ['one of each', [create('a'), update('b'), remove('c')], 'h1: 1 to add, 1 to change, 1 to remove'],
    [
      'replaced ones are counted apart',
      [replace('a', thing('a'))],
      'h1: 0 to add, 0 to change, 0 to remove, 1 to replace',
    ],
  ] as const) {
    test(name, () => expect(lines(changes)[0]).toBe(head));
  }
});

test('columns stand below each other; a line with more to say pushes its own last column only', () => {
  const long = 'x'.repeat(100);
  expect(
    lines([create('a'), create('abcdef'), create(long)], { a: 1, abcdef: 2, [long]: 3 })
      .slice(3, 6)
      .map((line) => line.indexOf('a.yaml')),
  ).toEqual([106, 106, 126]);
});

describe('the ending', () => {
  for (const [name, changes, ending] of [
    ['what is only made spares all flows', [create('a')], ['', 'no established flow is interrupted']],
    [
      'what changes may not; those are named whom the operator knows',
      [create('a'), update('b'), update('red')],
      ['', 'interrupts: flows of b, vm-1'],
    ],
    ['nothing to do has nothing to spare', [], []],
  ] as const) {
    test(name, () => expect(lines(changes).slice(changes.length === 0 ? 1 : 3 + changes.length)).toEqual(ending));
  }
  test('what waits is said with its line, in a column', () => {
    const waiting = ['a', 'bcd'].map((name, i) => ({
      waiting: ref(name),
      why: 'not there',
      because: [['things', name, i + 1]],
    }));
    expect(lines([], {}, [], waiting)).toEqual([
      'h1: nothing to do',
      '',
      'waiting: thing a: not there     a.yaml:1 things.a[1]',
      'waiting: thing bcd: not there   a.yaml:2 things.bcd[2]',
    ]);
  });
});

test('as data: the same, with all lines that each change serves', () => {
  expect(planAsData(view([create('a'), remove('b')], { a: 4 }))).toEqual({
    apiVersion: 'netctl/v1',
    kind: 'Plan',
    host: 'h1',
    waiting: [],
    conflicts: [],
    changes: [
      {
        verb: 'create',
        ref: 'thing a',
        description: 'a',
        sparesFlows: true,
        disruption: { class: 'none' },
        because: [{ path: 'things.a[4]', file: 'a.yaml', line: 4, column: 3 }],
      },
      {
        verb: 'delete',
        ref: 'thing b',
        description: 'b',
        sparesFlows: false,
        disruption: { class: 'flows', of: ['b'] },
        because: [],
      },
    ],
  });
});
