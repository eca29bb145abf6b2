// test/commands/forwarding-before.test.ts — the host's forwarding is restored as it was before netctl, whatever
// somebody has set meanwhile.
import { expect, test } from 'vitest';
import type { World } from '../../src/pipeline/world.ts';
import { safetyInMemory } from '../world.ts';
import { Bench, specOf } from './bench.ts';

const NAME = 'net.ipv4.ip_forward';
const started = (start: string): Partial<World> => ({ safety: { ...safetyInMemory(), start } });

function forwarding(bench: Bench, value?: string): string | undefined {
  const { sysctl } = bench.scene.whole;
  if (value !== undefined) void sysctl.run({ argv: ['sysctl', '-q', '-w', `${NAME}=${value}`], stdin: '' });
  return sysctl.values.get(NAME);
}

test.each([
  ['1, and was 0 for a while', '1', ['0'], '1'],
  ['0', '0', [], '0'],
  ['0, and was set to 0 again', '0', ['0'], '0'],
])('it was %s', async (_name, was, meanwhile, is) => {
  const bench = new Bench();
  forwarding(bench, was);
  expect((await bench.apply(specOf('vm-1'))).code).toBe(0);
  for (const value of meanwhile) {
    forwarding(bench, value);
    expect((await bench.apply(specOf('vm-1'))).code).toBe(0);
    expect(forwarding(bench)).toBe('1');
  }
  expect((await bench.plan(specOf('vm-1'), { detailedExitcode: true })).code).toBe(0);
  expect((await bench.destroy()).code).toBe(0);
  expect(forwarding(bench)).toBe(is);
});

test('what somebody has set since is not set otherwise by a destroy', async () => {
  const bench = new Bench();
  forwarding(bench, '1');
  await bench.apply(specOf('vm-1'));
  forwarding(bench, '0');
  expect((await bench.destroy()).out).not.toContain(NAME);
  expect(forwarding(bench)).toBe('0');
});

test('after a start of the host, what it has then counts', async () => {
  const bench = new Bench();
  forwarding(bench, '1');
  await bench.apply(specOf('vm-1'), {}, started('one'));
  forwarding(bench, '0');
  await bench.apply(specOf('vm-1'), {}, started('two'));
  await bench.destroy({}, started('two'));
  expect(forwarding(bench)).toBe('0');
});
