// test/core/observe.test.ts — what is read of a host before anybody knows what is wanted of it.
import { expect, test } from 'vitest';
import { READ_CHAINS } from '../../src/iptables/nft-reads.ts';
import { memoriesOf, observe, readAhead } from '../../src/core/observe.ts';
import { DriverError } from '../../src/core/resource.ts';
import type { HostReader } from '../../src/core/resource.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { PATHS } from '../world.ts';

/** A host without anything, or one that refuses. */
class Reader implements HostReader {
  readonly asked: string[] = [];
  private readonly refuses: boolean;
  constructor(refuses: boolean) {
    this.refuses = refuses;
  }

  read(argv: readonly string[]): Promise<string> {
    this.asked.push(argv.join(' '));
    return this.refuses ? Promise.reject(new DriverError(argv.join(' '))) : Promise.resolve('');
  }

  files(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map());
  }

  processes(): Promise<readonly []> {
    return Promise.resolve([]);
  }
}

const kinds = kindsFor(PATHS);

test('what is read ahead is what is read of a known host of which nobody wants anything, and beside it only the names of namespaces', async () => {
  const [ahead, asked] = [new Reader(false), new Reader(false)];
  readAhead(ahead, kinds, [READ_CHAINS]);
  await observe(asked, new Map(), kinds, { 'bridge-chain': { here: 'no' } });
  expect(new Set(ahead.asked)).toEqual(new Set([...asked.asked, 'ip -j netns list']));
});

test('what fails ahead is said when it is asked for, and not before', async () => {
  const refusing = new Reader(true);
  readAhead(refusing, kinds);
  await Promise.resolve();
  await expect(observe(refusing, new Map(), kinds, {})).rejects.toThrow(DriverError);
});

test('a kind with nothing to remember is not spoken of', () => {
  expect(memoriesOf(new Map([['link br0', { kind: 'link', name: 'br0', type: 'bridge' }]]), kinds)).toEqual({
    'bridge-chain': { here: 'no' },
  });
});
