// test/walk/chance.ts — random numbers that a seed repeats. Hashed, since a weak generator once hid a leak.
import { createHash } from 'node:crypto';

export class Chance {
  private readonly seed: string;
  private drawn = 0;

  constructor(seed: string) {
    this.seed = seed;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return createHash('sha256').update(`${this.seed}/${this.drawn++}`).digest().readUInt32BE() % bound;
  }

  of<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }
}
