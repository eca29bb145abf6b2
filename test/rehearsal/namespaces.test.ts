// test/rehearsal/namespaces.test.ts — of network namespaces of netctl's own, those that a plan touches are read to be
// made again.
import { expect, test } from 'vitest';
import { inNetns } from '../../src/core/in-netns.ts';
import type { Plan, Ref, Resource, State } from '../../src/core/resource.ts';
import type { Netns } from '../../src/kinds/netns/model.ts';
import type { Process } from '../../src/kinds/process/model.ts';
import { comingNamespaces, daemonsIn, ownNamespacesTouched } from '../../src/rehearsal/namespaces.ts';

const netns = (name: string, rest: Partial<Netns> = {}): Netns => ({ kind: 'netns', name, ...rest });
const server: Process = { kind: 'process', name: 'dnsmasq-a', argv: ['dnsmasq'], config: '', on: [] };
const of = (...all: readonly (readonly [Ref, Resource])[]): State => new Map(all);
const removing = (ref: Ref, before: Resource): Plan => ({ changes: [{ verb: 'delete', ref, before }], steps: [] });

const observed = of(
  ['netns netctl-a', netns('netctl-a')],
  ['netns netctl-b', netns('netctl-b')],
  ['netns/process netctl-a dnsmasq-a', inNetns('netctl-a', server)],
);

test('a namespace is touched by what changes in it, and read only where it is one', () => {
  const plan = removing('netns/process netctl-a dnsmasq-a', inNetns('netctl-a', server));
  expect(ownNamespacesTouched(plan, observed)).toEqual(['netctl-a']);
  expect(ownNamespacesTouched(plan, of(['netns netctl-a', netns('netctl-a', { broken: true })]))).toEqual([]);
  expect(ownNamespacesTouched(removing('netns netctl-b', netns('netctl-b')), observed)).toEqual(['netctl-b']);
});

test('one that is to come is known by what is wanted', () =>
  expect([...comingNamespaces(of(['netns netctl-c', netns('netctl-c')]))]).toEqual(['netctl-c']));

test('its daemon runs in it, and has its files below it', () => {
  const plan = removing('netns/process netctl-a dnsmasq-a', inNetns('netctl-a', server));
  expect(daemonsIn(plan, observed, '/run/netctl', [])).toEqual([
    { argv: ['dnsmasq'], pidFile: '/run/netctl/netns/netctl-a/dnsmasq-a.pid', netns: 'netctl-a' },
  ]);
  expect(daemonsIn(plan, observed, '/run/netctl', ['netns/process netctl-a dnsmasq-a'])).toEqual([]);
});
