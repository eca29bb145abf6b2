// test/contracts/ebtables.fake.test.ts — the fake ebtables keeps the contract.
import { createEbtables } from '../fake-host/ebtables.ts';
import { ebtablesContract } from './ebtables.ts';

ebtablesContract('the fake ebtables', () => {
  const { save, restore } = createEbtables();
  return {
    save: () => save.run({ argv: ['ebtables-nft-save'] }).stdout,
    restore: (stdin) => restore.run({ argv: ['ebtables-nft-restore', '--noflush'], stdin }).exitCode === 0,
  };
});
