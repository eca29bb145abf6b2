// test/fake-host/ip-bench.ts — a bench for what `ip` is told, in memory.
import type { Bench } from '../contracts/ip/script.ts';
import { createIp } from './ip.ts';
import { createSysctl } from './sysctl.ts';

export function fakeBench(): Promise<Bench> {
  const ip = createIp({ interfaces: ['up0'], namespaces: ['g'] });
  const sysctl = createSysctl(ip.kernel);
  return Promise.resolve({
    guest: 'g',
    batch: (lines, netns) =>
      Promise.resolve(
        ip.run({
          argv: ['ip', '-batch', '-'],
          stdin: `${lines.join('\n')}\n`,
          ...(netns === undefined ? {} : { netns }),
        }),
      ),
    read: (argv, netns) => Promise.resolve(ip.run({ argv, ...(netns === undefined ? {} : { netns }) }).stdout),
    sysctl: (argv) => Promise.resolve(sysctl.run({ argv }).exitCode),
    close: () => Promise.resolve(),
  });
}
