// test/contracts/ip.fake.test.ts — the fake ip keeps the contract.
import { createIp } from '../fake-host/ip.ts';
import { createSysctl } from '../fake-host/sysctl.ts';
import { ipContract } from './ip.ts';

ipContract(() => {
  const ip = createIp({ interfaces: ['up0'], namespaces: ['g'] });
  const sysctl = createSysctl(ip.kernel);
  return Promise.resolve({
    guest: 'g',
    batch: (lines, netns) => Promise.resolve(ip.run({ argv: ['ip', '-batch', '-'], stdin: `${lines.join('\n')}\n`, ...(netns === undefined ? {} : { netns }) })),
    read: (argv, netns) => Promise.resolve(ip.run({ argv, ...(netns === undefined ? {} : { netns }) }).stdout),
    sysctl: (argv) => Promise.resolve(sysctl.run({ argv }).exitCode),
    close: () => Promise.resolve(),
  });
});
