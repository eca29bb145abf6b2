// test/contracts/ebtables.fake.test.ts — the fake ebtables keeps the contract, in the words of each release.
import { createEbtables } from '../fake-host/ebtables.ts';
import { ebtablesContract } from './ebtables.ts';

for (const release of ['1.8.9', '1.8.11'] as const) {
  ebtablesContract(`the fake ebtables ${release}`, () => {
    const { save, restore } = createEbtables(release);
    return {
      save: () => save.run({ argv: ['ebtables-nft-save'] }).stdout,
      restore: (stdin) => restore.run({ argv: ['ebtables-nft-restore', '--noflush'], stdin }).exitCode === 0,
    };
  });
}
