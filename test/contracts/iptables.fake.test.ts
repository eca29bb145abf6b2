// test/contracts/iptables.fake.test.ts — the fake iptables keeps the contract.
import { createIptables } from '../fake-host/iptables.ts';
import { iptablesContract } from './iptables.ts';

iptablesContract('the fake iptables', () => {
  const { save, restore } = createIptables();
  return {
    save: () => save.run({ argv: ['iptables-save'] }).stdout,
    restore: (stdin) => restore.run({ argv: ['iptables-restore', '-w', '5', '--noflush'], stdin }).exitCode === 0,
  };
});
