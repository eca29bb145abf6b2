// test/sequencer.ts — the order in which vitest runs test files: those of test/longest.ts first, in their order.
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';
import { LONGEST } from './longest.ts';

export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...longestFirst(await super.sort(files), ({ moduleId }) => moduleId)];
  }
}

export function longestFirst<T>(files: readonly T[], pathOf: (file: T) => string): readonly T[] {
  const rank = (file: T): number => {
    const at = LONGEST.findIndex((long) => pathOf(file).endsWith(`/${long}`));
    return at === -1 ? LONGEST.length : at;
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}
