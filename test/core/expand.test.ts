// test/core/expand.test.ts — composites: wanted as one value, and on a host several resources of a kind.
import { expect, test } from 'vitest';
import { compose } from '../../src/core/compose.ts';
import type { Composite, Kind, Ref, Resource, Want } from '../../src/core/resource.ts';
import { brick, named } from './bricks.ts';
import type { Brick } from './bricks.ts';

/** Bricks on each other, as many as one says; two may each bring some. */
interface Wall extends Resource {
  readonly kind: 'wall';
  readonly name: string;
  readonly colors: readonly string[];
  readonly side?: string;
}

const wall: Composite<Wall, Brick> = {
  kind: 'wall',
  key: ({ name }) => name,
  merge: (a, b) => (a.side === b.side ? { ...a, colors: [...a.colors, ...b.colors].sort() } : undefined),
  partsOf: ({ name, colors }) =>
    colors.map((color) => ({
      resource: named(`${name}-${color}`, { color }),
      because: [[color]],
      names: [`wall ${name}/${color}`],
    })),
};
const kinds: readonly Kind[] = [{ ...brick, composite: wall }];

function wallOf(colors: readonly string[], rest: Partial<Want<Wall>> & { readonly side?: string } = {}): Want<Wall> {
  const { side, ...want } = rest;
  return {
    resource: { kind: 'wall', name: 'w', colors, ...(side === undefined ? {} : { side }) },
    because: [['wall', ...colors]],
    ...want,
  };
}

function composed(...wants: readonly Want[]): {
  readonly refs: readonly Ref[];
  readonly after: ReadonlyMap<Ref, readonly Ref[]>;
  readonly because: ReadonlyMap<Ref, unknown>;
} {
  const result = compose(wants, kinds);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return { refs: [...result.value.state.keys()], after: result.value.after, because: result.value.because };
}

test('its parts are wanted where it was, each for the sake of what it is for', () => {
  const { refs, because } = composed({ resource: named('a'), because: [] }, wallOf(['blue', 'red']), {
    resource: named('z'),
    because: [],
  });
  expect(refs).toEqual(['brick a', 'brick w-blue', 'brick w-red', 'brick z']);
  expect(because.get('brick w-red')).toEqual([['red']]);
});

test('what several want of one is united before it is taken apart', () =>
  expect(composed(wallOf(['red']), { resource: named('z'), because: [] }, wallOf(['blue'])).refs).toEqual([
    'brick w-blue',
    'brick w-red',
    'brick z',
  ]));

test('its parts come after whatever anybody who wants it says', () =>
  expect(
    composed(wallOf(['red'], { after: ['brick a'] }), wallOf(['blue'], { after: ['brick b', 'brick a'] })).after,
  ).toEqual(
    new Map([
      ['brick w-blue', ['brick a', 'brick b']],
      ['brick w-red', ['brick a', 'brick b']],
    ]),
  ));

test('who comes after something of it comes after the part that has it, after the whole after all parts', () =>
  expect(
    composed({ resource: named('x'), because: [], after: ['wall w/red', 'brick a'] }, wallOf(['blue', 'red']), {
      resource: named('y'),
      because: [],
      after: ['wall w'],
    }).after,
  ).toEqual(
    new Map([
      ['brick x', ['brick w-red', 'brick a']],
      ['brick y', ['brick w-blue', 'brick w-red']],
    ]),
  ));

test('two that cannot both hold are an error that shows both places', () =>
  expect(compose([wallOf(['red'], { side: 'left' }), wallOf(['blue'], { side: 'right' })], kinds)).toMatchObject({
    ok: false,
    problems: [
      {
        code: 'contradiction',
        message: 'wall w is wanted in two ways',
        at: [
          ['wall', 'blue'],
          ['wall', 'red'],
        ],
      },
    ],
  }));
