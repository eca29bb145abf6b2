// test/origin/until.ts — waits for what an origin tells, as long as a slow machine may need.
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until the values are equal; says what the last one was when they never are. */
export async function until<T>(look: () => T, wanted: T, patience = 20_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (look() !== wanted) {
    if (performance.now() > deadline)
      throw new Error(`expected ${String(wanted)}, but after ${patience} ms it is ${String(look())}`);
    await sleep(5);
  }
}
