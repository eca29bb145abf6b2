// test/iptables/read.test.ts — a few chains are read one by one, many are not.
import { expect, test } from 'vitest';
import { DriverError } from '../../src/core/resource.ts';
import { chainsAsSaved } from '../../src/iptables/read.ts';

function host(answer: () => string): { readonly asked: string[]; readonly reader: Parameters<typeof chainsAsSaved>[0] } {
  const asked: string[] = [];
  return {
    asked,
    reader: {
      read: async (argv) => {
        asked.push(argv.join(' '));
        return await Promise.resolve().then(answer);
      },
      files: () => Promise.resolve(new Map()),
      processes: () => Promise.resolve([]),
    },
  };
}

test('a chain is said as iptables-save says it', async () => {
  const { asked, reader } = host(() => '-N netctl-snat\n-A netctl-snat -j RETURN\n');
  expect(await chainsAsSaved(reader, ['nat/netctl-snat'])).toBe('*nat\n:netctl-snat - [0:0]\n-A netctl-snat -j RETURN\n');
  expect(asked).toEqual(['iptables -w 5 -t nat -S netctl-snat']);
});

test('of many, none is asked for', async () => {
  const names = Array.from({ length: 9 }, (_, i) => `nat/netctl-${i}`);
  const { asked, reader } = host(() => '');
  expect(await chainsAsSaved(reader, names)).toBeUndefined();
  expect(asked).toEqual([]);
  expect(await chainsAsSaved(reader, names.slice(1))).toBeDefined();
  expect(asked).toHaveLength(8);
});

test('one that is not there is not known to be empty', async () => {
  expect(await chainsAsSaved(host(() => { throw new DriverError('iptables'); }).reader, ['nat/netctl-gone'])).toBeUndefined();
});
