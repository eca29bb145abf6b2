// test/kinds/chain/upgrade.test.ts — rules that the version before rules were values (2311f18) wrote for each example
// are as wanted: an upgrade writes none of them anew.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prepare } from '../../../src/pipeline/prepare.ts';
import { Scene } from '../../cases/scene.ts';
import { worldOf } from '../../world.ts';

const former = new URL('former/', import.meta.url).pathname;
const cases = new URL('../../cases/', import.meta.url).pathname;

describe('nothing is to do about the rules of', () => {
  for (const name of readdirSync(former).map((file) => file.replace('.txt', ''))) {
    const of = (file: string): string => readFileSync(`${cases}example-${name}/${file}`, 'utf8');
    test(name, async () => {
      const scene = new Scene(of('host.txt'));
      const changed = async (): Promise<readonly string[]> => {
        const world = worldOf({ driver: scene.whole.host, spec: { 'spec.yaml': of('1.spec.yaml') } });
        return (await prepare(world)).plan.changes.flatMap(({ ref }) => (ref.startsWith('chain ') ? [ref] : []));
      };
      expect(await changed()).not.toEqual([]);
      scene.whole.iptables.load(readFileSync(`${former}${name}.txt`, 'utf8'));
      scene.whole.host.invalidate();
      expect(await changed()).toEqual([]);
    });
  }
});
