// test/core/order.test.ts — the order in which changes are done.
import { expect, test } from 'vitest';
import { diff } from '../../src/core/diff.ts';
import { order } from '../../src/core/order.ts';
import type { Kind, Ref, Resource, Wanted } from '../../src/core/resource.ts';
import { kinds, named, stateOf, wantedOf } from './bricks.ts';
import type { Brick } from './bricks.ts';

for (const [name, observed, wanted, lines] of [
  ['what is stood on comes first', [], [named('b', { on: ['a'] }), named('a')], ['create a', 'create b']],
  ['and goes last', [named('a'), named('b', { on: ['a'] })], [], ['delete b', 'delete a']],
  ['otherwise as wanted', [], [named('c'), named('a'), named('b')], ['create c', 'create a', 'create b']],
  ['removals nobody waits for come last', [named('x')], [named('a')], ['create a', 'delete x']],
  [
    'of those last what cannot be had again, and what waits for that',
    [named('e', { shape: 'egg', on: ['nest'] }), named('nest'), named('x')],
    [named('a')],
    ['create a', 'delete x', 'delete e', 'delete nest'],
  ],
  [
    'unless what is made waits for it',
    [named('e', { shape: 'egg', color: 'red' }), named('x')],
    [named('a', { color: 'red' })],
    ['delete e', 'create a', 'delete x'],
  ],
  [
    'the old holder lets go first',
    [named('x', { color: 'red' })],
    [named('a', { color: 'red' })],
    ['delete x', 'create a'],
  ],
  [
    'also where the holder only changes',
    [named('x', { color: 'red' })],
    [named('a', { color: 'red' }), named('x')],
    ['update x', 'create a'],
  ],
  [
    'two that are recreated swap what each holds',
    [named('a', { color: 'red', shape: 'cube' }), named('b', { color: 'blue', shape: 'cube' })],
    [named('a', { color: 'blue' }), named('b', { color: 'red' })],
    ['delete a', 'delete b', 'create a', 'create b'],
  ],
  [
    'what goes away from under a replacement goes before it',
    [named('a', { shape: 'cube' }), named('b', { on: ['a'] })],
    [named('a')],
    ['delete b', 'delete a', 'create a'],
  ],
  [
    'who steps down from something steps before it is removed',
    [named('a'), named('b', { on: ['a'] })],
    [named('b')],
    ['update b', 'delete a'],
  ],
  [
    'a removal is done just where it is waited for',
    [named('x', { color: 'red' })],
    [named('a'), named('b', { color: 'red' }), named('c')],
    ['create a', 'delete x', 'create b', 'create c'],
  ],
] as const) {
  test(name, () => {
    expect(linesOf(observed, wantedOf(...wanted))).toEqual(lines);
  });
}

test('what a feature says about order holds', () => {
  const wanted: Wanted = { ...wantedOf(named('a'), named('b')), after: new Map([['brick a', ['brick b']]]) };
  expect(linesOf([], wanted)).toEqual(['create b', 'create a']);
});

test('also where it is about a removal', () => {
  const wanted: Wanted = { ...wantedOf(named('a')), after: new Map([['brick a', ['brick x']]]) };
  expect(linesOf([named('x')], wanted)).toEqual(['delete x', 'create a']);
});

test('each step names those it waits for', () => {
  const plan = planOf([], wantedOf(named('b', { on: ['a'] }), named('a'), named('c')));
  expect(plan.steps.map(({ waitsFor }) => waitsFor)).toEqual([[], [0], []]);
});

test('daemons end before all else and start after it, but before removals that nobody waits for', () => {
  const daemon: Kind<Daemon> = {
    kind: 'daemon',
    key: ({ name }) => name,
    needs: ({ on }) => [`brick ${on}`],
    watches: [],
    observe: () => Promise.resolve([]),
    mustReplace: () => true,
    describe: ({ name }) => name,
    steps: (changes) =>
      changes.map((change) => ({
        changes: [change],
        ops: [
          change.verb === 'delete'
            ? { op: 'signal', pidFile: '/d', signal: 'TERM' }
            : { op: 'start', argv: ['d'], pidFile: '/d' },
        ],
      })),
  };
  const one: Daemon = { kind: 'daemon', name: 'd', on: 'a' };
  const wanted: Wanted = {
    ...wantedOf(),
    state: new Map<Ref, Resource>([
      ['brick a', named('a', { size: 2 })],
      ['daemon d', one],
      ['brick b', named('b', { color: 'red' })],
    ]),
  };
  const observed = new Map<Ref, Resource>([
    ['daemon d', one],
    ...stateOf(named('a'), named('x', { color: 'red' }), named('y')),
  ]);
  const both = [...kinds, daemon];
  const plan = order(diff(observed, wanted, both), wanted, both);
  expect(plan.steps.flatMap(({ changes }) => changes.map(({ verb, ref }) => `${verb} ${ref}`))).toEqual([
    'delete daemon d',
    'update brick a',
    'delete brick x',
    'create brick b',
    'create daemon d',
    'delete brick y',
  ]);
});

test('what depends on something that is made anew in one step waits for that, and outlives the old one', () => {
  const [anew, apart] = [true, false].map((together): Kind<Brick> => ({
    ...(kinds[0] as unknown as Kind<Brick>),
    steps: (changes) =>
      (together
        ? [changes.filter(({ verb }) => verb !== 'update'), changes.filter(({ verb }) => verb === 'update')]
        : changes.map((change) => [change])
      ).map((each) => ({ changes: each, ops: [] })),
  }));
  const [before, after] = [named('x', { color: 'red' }), named('y', { color: 'red' })];
  const wanted: Wanted = { ...wantedOf(named('r', { size: 2 }), after), after: new Map([['brick r', ['brick y']]]) };
  const planned = (kind: Kind<Brick> | undefined): unknown => {
    const all = kind === undefined ? [] : [kind];
    return order(diff(stateOf(before, named('r', { on: ['x'] })), wanted, all), wanted, all).steps.map(({ changes }) =>
      changes.map(({ verb, ref }) => `${verb} ${ref}`),
    );
  };
  expect(planned(anew)).toEqual([['create brick y', 'delete brick x'], ['update brick r']]);
  expect(() => planned(apart)).toThrow('these wait for each other');
});

test('a circle is our own mistake, and is named', () => {
  expect(() => planOf([], wantedOf(named('a', { on: ['b'] }), named('b', { on: ['a'] })))).toThrow(
    'create brick a → create brick b → create brick a',
  );
});

test('a plan lists each change once, a replacement where its new one is made', () => {
  const plan = planOf([named('a', { shape: 'cube' }), named('x')], wantedOf(named('z'), named('a')));
  expect(plan.changes.map(({ verb, ref }) => `${verb} ${ref}`)).toEqual([
    'create brick z',
    'replace brick a',
    'delete brick x',
  ]);
});

function planOf(observed: readonly Brick[], wanted: Wanted): ReturnType<typeof order> {
  return order(diff(stateOf(...observed), wanted, kinds), wanted, kinds);
}

function linesOf(observed: readonly Brick[], wanted: Wanted): readonly string[] {
  return planOf(observed, wanted).steps.flatMap(({ ops }) => ops.flatMap((op) => (op.op === 'batch' ? op.lines : [])));
}

interface Daemon extends Resource {
  readonly kind: 'daemon';
  readonly name: string;
  readonly on: string;
}
