// test/kinds/sysctl/sysctl.test.ts — kernel settings are read by name, set where they differ, and never taken away.
import { expect, test } from 'vitest';
import { parseSysctls, sysctl } from '../../../src/kinds/sysctl/index.ts';
import type { Sysctl } from '../../../src/kinds/sysctl/model.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { createSysctl } from '../../fake-host/sysctl.ts';

const forwarding: Sysctl = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' };

test('a setting that this kernel lacks leaves the others their values', async () => {
  const host = new FakeHost({ tools: { sysctl: createSysctl() } });
  expect(await sysctl.observe(host, [{ ...forwarding, name: 'net.ipv4.none' }, forwarding], {})).toEqual([{ ...forwarding, value: '0' }]);
});

test('a value may have blanks and equal signs', () => {
  expect(parseSysctls('kernel.a = 1\t2\nkernel.b = x = y\n')).toEqual([{ ...forwarding, name: 'kernel.a', value: '1\t2' }, { ...forwarding, name: 'kernel.b', value: 'x = y' }]);
});

test('it is set, by whatever change, and not removed', () => {
  const ops = sysctl.steps([{ verb: 'update', ref: 'sysctl x', before: { ...forwarding, value: '0' }, after: forwarding }, { verb: 'delete', ref: 'sysctl x', before: forwarding }]).map((step) => step.ops);
  expect(ops).toEqual([[{ op: 'run', argv: ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1'] }], []]);
});

test('a person reads', () => {
  expect(sysctl.describe(forwarding, { ...forwarding, value: '0' })).toBe('net.ipv4.ip_forward = 1 (was 0)');
});
