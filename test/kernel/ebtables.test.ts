// test/kernel/ebtables.test.ts — the real ebtables keeps the contract.
import { spawnSync } from 'node:child_process';
import { afterAll } from 'vitest';
import { ebtablesContract } from '../contracts/ebtables.ts';
import { createNamespaces } from './namespaces.ts';

const namespaces = createNamespaces('ebt');
afterAll(() => namespaces.removeAll());

function run(
  netns: string,
  argv: readonly string[],
  input = '',
): { readonly code: number | null; readonly out: string } {
  const { status, stdout } = spawnSync('ip', ['netns', 'exec', netns, ...argv], {
    input,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  return { code: status, out: stdout };
}

ebtablesContract('ebtables', () => {
  const netns = namespaces.add();
  return {
    save: () => run(netns, ['ebtables-nft-save']).out,
    restore: (text) => run(netns, ['ebtables-nft-restore', '--noflush'], text).code === 0,
  };
});
