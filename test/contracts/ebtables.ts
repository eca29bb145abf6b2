// test/contracts/ebtables.ts — what netctl relies on in ebtables-nft-save and -restore: the same on the fake and on a
// kernel.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/core/resource.ts';
import type { BridgeChain } from '../../src/kinds/bridge-chain/model.ts';
import { parseSave } from '../../src/kinds/bridge-chain/parse.ts';
import { bridgeChain } from '../../src/kinds/bridge-chain/model.ts';
import { renderRestore } from '../../src/kinds/bridge-chain/restore.ts';

/** A host without rules for frames. */
export interface Bare {
  /** `ebtables-nft-restore --noflush`; says whether it was accepted. */
  restore(text: string): boolean;
  /** `ebtables-nft-save` */
  save(): string;
}

const whole = bridgeChain([
  { from: '10.0.0.0/24', to: '10.0.0.0/24', then: 'bridge' },
  { from: '10.0.0.3/32', to: '10.0.0.0/24', not: true, then: 'route' },
  { from: '10.0.0.0/24', to: '0.0.0.0/0', then: 'route' },
  { from: '10.0.0.0/24', to: '192.0.2.1/32', then: 'route' },
]);
const fewer: BridgeChain = { ...whole, rules: whole.rules.slice(1, 3).reverse() };
const ref = 'bridge-chain nat/netctl-PREROUTING';
const FOREIGN = [
  '*nat',
  ':libvirt-I-vnet0 ACCEPT',
  '-A PREROUTING -i vnet0 -j libvirt-I-vnet0',
  '-A libvirt-I-vnet0 -p IPv4 --ip-src 10.0.1.99 -j DROP',
  '',
].join('\n');
const linesOf = (save: string): readonly string[] =>
  save
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(-A|:(?!PREROUTING|OUTPUT|POSTROUTING))/.test(line));

export function ebtablesContract(name: string, bare: () => Bare): void {
  const after = (...changes: readonly Change<BridgeChain>[]): Bare => {
    const host = bare();
    expect(host.restore(FOREIGN)).toBe(true);
    for (const change of changes) expect(host.restore(renderRestore([change])), host.save()).toBe(true);
    return host;
  };
  const made: Change<BridgeChain> = { verb: 'create', ref, after: whole };

  describe(name, () => {
    test('where nobody has used it, there is nothing of ours', () => expect(parseSave(bare().save())).toEqual([]));
    test('says back what was written', () => expect(parseSave(after(made).save())).toEqual([whole]));
    test('a chain is written anew', () =>
      expect(parseSave(after(made, { verb: 'update', ref, before: whole, after: fewer }).save())).toEqual([fewer]));
    test('what somebody changed is seen, and put right', () => {
      const host = after(made);
      expect(host.restore('*nat\n-D PREROUTING -j netctl-PREROUTING\n')).toBe(true);
      expect(parseSave(host.save())).toEqual([{ ...whole, hooks: 0 }]);
      expect(host.restore(renderRestore([{ verb: 'update', ref, before: { ...whole, hooks: 0 }, after: whole }]))).toBe(
        true,
      );
      expect(host.restore('*nat\n-A PREROUTING -j netctl-PREROUTING\n')).toBe(true);
      expect(parseSave(host.save())).toEqual([{ ...whole, hooks: 2 }]);
      expect(host.restore(renderRestore([{ verb: 'update', ref, before: { ...whole, hooks: 2 }, after: whole }]))).toBe(
        true,
      );
      expect(parseSave(host.save())).toEqual([whole]);
    });
    test('ours go, and those of others stay', () => {
      expect(linesOf(after(made, { verb: 'delete', ref, before: whole }).save())).toEqual(linesOf(after().save()));
      expect(linesOf(after().save())).toEqual(FOREIGN.split('\n').filter((line) => /^[-:]/.test(line)));
    });
    test('whole or not at all', () => {
      const host = after(made);
      expect(host.restore('*nat\n-F netctl-PREROUTING\n-A netctl-none -j RETURN\n')).toBe(false);
      expect(parseSave(host.save())).toEqual([whole]);
    });
  });
}
