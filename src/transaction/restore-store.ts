// transaction/restore-store.ts — the store as it was before an apply: this host's state, and what it held of the
// register.
import { Taken } from '../core/stored.ts';
import type { Stored } from '../core/stored.ts';
import type { World } from '../pipeline/world.ts';

/**
 * So that nothing counts as borrowed any more that has been restored. What this host held is claimed again, unless
 * another has it since: says what.
 */
export async function restoreStore({ store }: Pick<World, 'store'>, before: Stored | null): Promise<readonly string[]> {
  if (before === null) {
    await store.forget();
    return [];
  }
  const lost: string[] = [];
  for (let again = before; ;) {
    try {
      await store.save(again, (await store.load(Object.keys(again.allocations))).revision);
      return lost;
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
      const { pool, value, holder } = error.by;
      const had = Object.entries(again.allocations[pool] ?? {});
      const left = had.filter(([, other]) => other !== value);
      // Else it would be refused for ever.
      if (left.length === had.length) throw error;
      lost.push(
        ...had.filter((one) => !left.includes(one)).map(([of]) => `${value}, which ${of} had, is ${holder}'s by now`),
      );
      again = { ...again, allocations: { ...again.allocations, [pool]: Object.fromEntries(left) } };
    }
  }
}
