// test/fake-host/nft.ts — `nft` on a host on which nobody uses it but iptables.
import type { Tool } from './tool.ts';

export function createNft(): Tool {
  return {
    run({ argv }) {
      if (!['nft list chains', 'nft -a -t list ruleset'].includes(argv.join(' ')))
        throw new Error(`the fake nft does not know: ${argv.join(' ')}`);
      return { exitCode: 0, stdout: '', stderr: '' };
    },
  };
}
