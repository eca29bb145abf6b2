// vitest.config.ts — three sorts of tests: `fast` runs anywhere, `kernel` needs root and network namespaces, `vm`
// 802.1Q too (else see test/vm/run).
import { defineConfig } from 'vitest/config';
import Sequencer from './test/sequencer.ts';

/**
 * Two files at a time, whatever the machine: namespaces that come and go hold a lock of the kernel's that all others
 * wait for, and a test that waits for a watch is not to wait for a processor as well.
 */
const maxWorkers = 2;

export default defineConfig({
  test: {
    sequence: { sequencer: Sequencer },
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/kernel/**', 'test/vm/**'],
          // Generous: a limit is there to end a hang, not to judge a slow machine.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers,
          // Files share a process: to load the program anew for each took a third of the time.
          isolate: false,
        },
      },
      ...['kernel', 'vm'].map((name) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers,
        },
      })),
    ],
  },
});
