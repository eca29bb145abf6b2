// test/tally.ts — counts what vitest ran into the file that $NETCTL_TALLY names, and says why each skipped test was
// skipped.
import { writeFileSync } from 'node:fs';
import { env } from 'node:process';
import type { Reporter, TestModule } from 'vitest/node';

export default class Tally implements Reporter {
  /** A file that could not even be read is one failure, and so is an error outside of any test. */
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    const skips: string[] = [];
    for (const module of modules) {
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        counts[result.state] += 1;
        if (result.state === 'failed') failedTests += 1;
        if (result.state === 'skipped')
          skips.push(`${module.relativeModuleId} > ${test.fullName}: ${result.note ?? 'no reason given'}`);
      }
      if (failedTests === 0 && module.state() === 'failed') counts.failed += 1;
    }
    const file = env['NETCTL_TALLY'];
    // A test that was still pending when the run ended did not pass.
    if (file !== undefined)
      writeFileSync(file, renderTally({ passed: counts.passed, failed: counts.failed + counts.pending, skips }));
  }
}

/** Three lines with numbers, and one for each skipped test. */
export function renderTally({
  passed,
  failed,
  skips,
}: {
  readonly passed: number;
  readonly failed: number;
  readonly skips: readonly string[];
}): string {
  return [passed, failed, skips.length, ...skips.map((skip) => `1 skipped: ${skip}`), ''].join('\n');
}
