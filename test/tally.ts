// test/tally.ts — counts what vitest ran into the file that $NETCTL_TALLY names, and says why each skipped test was skipped.
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
        if (result.state === 'skipped') skips.push(`1 skipped: ${module.relativeModuleId} > ${test.fullName}: ${result.note ?? 'no reason given'}`);
      }
      if (failedTests === 0 && module.state() === 'failed') counts.failed += 1;
    }
    const { passed, failed, skipped, pending } = counts;
    // A test that was still pending when the run ended did not pass.
    const lines = [passed, failed + pending, skipped, ...skips];
    const file = env['NETCTL_TALLY'];
    if (file !== undefined) writeFileSync(file, `${lines.join('\n')}\n`);
  }
}
