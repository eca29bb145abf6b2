// test/kinds/module/module.test.ts — br_netfilter is loaded where it is missing, left as it is where it is there, and
// never taken away.
import { expect, test } from 'vitest';
import { module } from '../../../src/kinds/module/index.ts';
import type { Module } from '../../../src/kinds/module/model.ts';
import { createWhole } from '../../fake-host/whole.ts';
import { Bench } from '../bench.ts';

const wanted: Module = { kind: 'module', name: 'br_netfilter' };
const SETTING = '/proc/sys/net/bridge/bridge-nf-call-iptables';

test('it is loaded, and no bridge is under iptables by that', async () => {
  const { host } = createWhole();
  await new Bench(host, [module]).apply([wanted]);
  expect(host.disk.read(SETTING)).toBe('0\n');
  expect(await module.observe(host, [wanted], {})).toEqual([wanted]);
});

test('somebody’s setting stays', async () => {
  const { host } = createWhole();
  host.disk.write(SETTING, '1\n');
  await new Bench(host, [module]).apply([wanted]);
  expect([host.ops, host.disk.read(SETTING)]).toEqual([0, '1\n']);
});

test('it stays when nobody wants it, and is not even looked for', async () => {
  const { host } = createWhole();
  const bench = new Bench(host, [module]);
  await bench.apply([wanted]);
  await bench.apply([]);
  expect(host.ops).toBe(1);
  expect(await module.observe(host, [], {})).toEqual([]);
});
