// test/commands/leases.test.ts — what becomes of guests' leases when an apply is rolled back, and which of them wait
// until it is confirmed.
import { expect, test } from 'vitest';
import { exit } from '../../src/report/exit-codes.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { createWhole } from '../fake-host/whole.ts';
import { applied, generationsInMemory, tried, worldOf } from '../world.ts';
import type { TestWorld } from '../world.ts';

const LEASES = '/var/lib/netctl/networks/lab/leases';
const MACS = { a: '02:00:00:00:00:0a', b: '02:00:00:00:00:0b', c: '02:00:00:00:00:0c' } as const;

/** Who has which address. */
const spec = (guests: { readonly [name in keyof typeof MACS]?: string }): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.20.0.0/24 }
instances:
${Object.entries(guests)
  .map(
    ([name, ip]) =>
      `  ${name}: { nics: [{ network: lab, address: ${ip}, mac: "${MACS[name as keyof typeof MACS]}", device: { type: tap, name: tap-${name} } }] }\n`,
  )
  .join('')}`;

async function settled() {
  const { host, dnsmasq } = createWhole();
  const [store, generations] = [createMemoryStore(), generationsInMemory()];
  const world = (text: string): TestWorld =>
    worldOf({ driver: host, store, spec: { 'spec.yaml': text } }, { generations });
  const first = world(spec({ a: '10.20.0.3', b: '10.20.0.4' }));
  expect(await applied(first), first.said.err).toBe(exit.ok);
  const ask = (name: keyof typeof MACS): string | undefined => dnsmasq.ask('br-lab', MACS[name]);
  const held = (): readonly string[] =>
    [...(host.disk.read(LEASES) ?? '').matchAll(/10\.20\.0\.\d+/g)].map(([ip]) => ip).toSorted();
  return { host, world, ask, held };
}

test('whoever stays keeps the lease that he has, or is given meanwhile', async () => {
  const { world, ask, held } = await settled();
  expect(ask('a')).toBe('10.20.0.3');
  const next = world(spec({ a: '10.20.0.3', b: '10.20.0.4', c: '10.20.0.5' }));
  let asked: readonly (string | undefined)[] = [];
  const sleep = (milliseconds: number): Promise<void> => {
    if (asked.length === 0) asked = [ask('b'), ask('c')];
    return next.safety.sleep(milliseconds);
  };
  expect(await tried({ ...next, safety: { ...next.safety, sleep } }, { confirm: 60 }), next.said.err).toBe(
    exit.unconfirmed,
  );
  expect(asked).toEqual(['10.20.0.4', '10.20.0.5']);
  expect(held()).toEqual(['10.20.0.3', '10.20.0.4']);
});

test('a lease of a guest that leaves is released when that is confirmed', async () => {
  const { world, ask, held } = await settled();
  expect([ask('a'), ask('b')]).toEqual(['10.20.0.3', '10.20.0.4']);
  const next = world(spec({ a: '10.20.0.3' }));
  expect(await tried(next, { confirm: 60 }), next.said.err).toBe(exit.unconfirmed);
  expect(next.said.err).toContain(`since they could only be recreated: lease br-lab 10.20.0.4 ${MACS.b}`);
  expect(held()).toEqual(['10.20.0.3', '10.20.0.4']);
});

test('what a guest who comes in their place was given meanwhile is taken from him', async () => {
  const { world, ask, held } = await settled();
  expect([ask('a'), ask('b')]).toEqual(['10.20.0.3', '10.20.0.4']);
  const next = world(spec({ c: '10.20.0.5' }));
  let asked: string | undefined;
  const sleep = (milliseconds: number): Promise<void> => {
    asked ??= ask('c');
    return next.safety.sleep(milliseconds);
  };
  expect(await tried({ ...next, safety: { ...next.safety, sleep } }, { confirm: 60 }), next.said.err).toBe(
    exit.unconfirmed,
  );
  expect(asked).toBe('10.20.0.5');
  expect(held()).toEqual(['10.20.0.3', '10.20.0.4']);
});

test('at once, where the address is another’s by now', async () => {
  const { world, ask } = await settled();
  expect(ask('b')).toBe('10.20.0.4');
  const next = world(spec({ a: '10.20.0.3', c: '10.20.0.4' }));
  let asked: string | undefined;
  const sleep = (milliseconds: number): Promise<void> => {
    asked ??= ask('c');
    return next.safety.sleep(milliseconds);
  };
  expect(await tried({ ...next, safety: { ...next.safety, sleep } }, { confirm: 60 }), next.said.err).toBe(
    exit.unconfirmed,
  );
  expect(asked).toBe('10.20.0.4');
});
