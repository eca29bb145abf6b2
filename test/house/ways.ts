// test/house/ways.ts — what a sample feature wants, from one spec to another on the host in memory: cut off at
// every op, and with every op failing.
import { describe, expect, test } from 'vitest';
import { prepare } from '../../src/pipeline/prepare.ts';
import { PowerCut } from '../fake-host/index.ts';
import type { Whole } from '../fake-host/whole.ts';
import { applied, destroyed, ended, tried } from '../world.ts';
import type { TestWorld } from '../world.ts';

export interface Subject {
  readonly whole: Whole;
  readonly world: (text?: string) => TestWorld;
  readonly snapshot: () => string;
}

/** From the first to the second; from nothing where there is none. */
export type Ways = readonly (readonly [what: string, from: string | undefined, to: string])[];

export async function plan(world: TestWorld): Promise<readonly string[]> {
  return (await prepare(world)).plan.changes.map(({ verb, ref }) => `${verb} ${ref}`);
}

/** Whether the power went before all was done. It is back when this returns. */
export async function cutOff(
  { whole, world }: Subject,
  ops: number,
  from: string | undefined,
  to: string,
): Promise<boolean> {
  if (from !== undefined) expect(await applied(world(from))).toBe(0);
  whole.host.killAfter(ops);
  const cut = await ended(() => applied(world(to))).then(
    () => false,
    (error: unknown) => {
      if (!(error instanceof PowerCut)) throw error;
      return true;
    },
  );
  whole.host.killAfter(Infinity);
  return cut;
}

export function describeWays(ways: Ways, subject: () => Subject): void {
  describe('cut off at every op, the next apply settles, and destroy restores all', () => {
    for (const [what, from, to] of ways) {
      test(what, async () => {
        for (let ops = 0, cut = true; cut; ops++) {
          const one = subject();
          const { world, snapshot } = one;
          const before = snapshot();
          cut = await cutOff(one, ops, from, to);
          const settling = world(to);
          expect(await applied(settling), `cut off after ${ops}: ${settling.said.err}`).toBe(0);
          expect(await plan(world(to)), `cut off after ${ops}`).toEqual([]);
          expect(await destroyed(world(to))).toBe(0);
          expect(snapshot(), `cut off after ${ops}`).toBe(before);
        }
      });
    }
  });

  describe('what fails is rolled back, whichever op it is', () => {
    for (const [what, from, to] of ways) {
      test(what, async () => {
        for (let failing = 1, code = 3; code === 3; failing++) {
          const { whole, world, snapshot } = subject();
          if (from !== undefined) expect(await applied(world(from))).toBe(0);
          const before = snapshot();
          whole.host.failAt(failing);
          const going = world(to);
          code = await tried(going, { atomic: true });
          whole.host.failAt(Infinity);
          expect([0, 3], `failing at ${failing}: ${going.said.err}`).toContain(code);
          if (code === 3) expect(snapshot(), `failing at ${failing}`).toBe(before);
        }
      });
    }
  });
}
