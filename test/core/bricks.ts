// test/core/bricks.ts — a kind made for tests: a brick lies on others, holds a colour that only one may hold, and is
// made by one line.
import type { Change, Kind, Ref, Resource, Wanted } from '../../src/core/resource.ts';

export interface Brick extends Resource {
  readonly kind: 'brick';
  readonly name: string;
  readonly on?: readonly string[];
  readonly color?: string;
  readonly size?: number;
  readonly shape?: string;
  /** What is there by it. */
  readonly brings?: readonly string[];
}

export const brick: Kind<Brick> = {
  kind: 'brick',
  key: ({ name }) => name,
  needs: ({ on = [] }) => on.map((name): Ref => `brick ${name}`),
  provides: ({ brings = [] }) => brings.map((name): Ref => `brick ${name}`),
  claims: ({ color }) => (color === undefined ? [] : [`color ${color}`]),
  mustReplace: (before, after) => before.shape !== after.shape,
  watches: [],
  observe: () => Promise.resolve([]),
  irrevocable: ({ shape }) => shape === 'egg',
  livesOn: ({ shape }) => shape,
  describe: ({ name }) => name,
  steps: (changes) =>
    changes.map((change) => ({
      changes: [change],
      ops: [{ op: 'batch', tool: ['lay'], lines: [`${change.verb} ${change.ref.slice('brick '.length)}`] }],
    })),
};

export const kinds = [brick];

export function named(name: string, rest: Omit<Brick, 'kind' | 'name'> = {}): Brick {
  return { kind: 'brick', name, ...rest };
}

export function stateOf(...bricks: readonly Brick[]): ReadonlyMap<Ref, Brick> {
  return new Map(bricks.map((b) => [`brick ${b.name}`, b]));
}

export function wantedOf(...bricks: readonly Brick[]): Wanted {
  return { state: stateOf(...bricks), because: new Map(), after: new Map(), waiting: [] };
}

/** `create a`, `delete b`: for expectations. */
export function said(changes: readonly Change[]): readonly string[] {
  return changes.map(({ verb, ref }) => `${verb} ${ref.slice('brick '.length)}`);
}
