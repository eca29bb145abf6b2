// test/fake-host/bridge.ts — `bridge -j fdb show dynamic`: what bridges have heard behind their ports, as a test says.
import type { Tool } from './tool.ts';

export interface FakeBridge {
  readonly tool: Tool;
  /** Each as `bridge port mac`. */
  heard: readonly string[];
  /** What it says instead of an answer. */
  refuses?: string;
}

export function createBridge(): FakeBridge {
  const fake: FakeBridge = {
    heard: [],
    tool: {
      run: ({ argv }) => {
        if (argv.join(' ') === 'bridge -j fdb show') return { exitCode: 0, stdout: '', stderr: '' };
        if (argv.join(' ') !== 'bridge -j fdb show dynamic')
          throw new Error(`the fake bridge does not know ${argv.join(' ')}`);
        if (fake.refuses !== undefined) return { exitCode: 1, stdout: '', stderr: fake.refuses };
        const entries = fake.heard
          .map((line) => line.split(' '))
          .map(([master, ifname, mac]) => ({ mac, ifname, flags: [], master, state: '' }));
        return { exitCode: 0, stdout: JSON.stringify(entries), stderr: '' };
      },
    },
  };
  return fake;
}
