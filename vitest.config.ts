// vitest.config.ts — three sorts of tests: `fast` runs anywhere, `kernel` needs root and network namespaces, `vm`
// 802.1Q too (else see test/vm/run).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/kernel/**', 'test/vm/**'],
          // Generous: a limit is there to end a hang, not to judge a slow machine.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      ...['kernel', 'vm'].map((name) => ({
        test: {
          name,
          include: [`test/${name}/**/*.test.ts`],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Two files at a time, whatever the machine: namespaces that come and go hold a lock of the kernel's that all
          // others wait for.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      })),
    ],
  },
});
