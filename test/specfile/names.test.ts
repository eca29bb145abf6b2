// test/specfile/names.test.ts — names made from names.
import { describe, expect, test } from 'vitest';
import { hostnameFrom, Names } from '../../src/specfile/names.ts';

describe('a bridge', () => {
  for (const [name, given, networks, bridges] of [
    ['is named after its network', [], ['lab'], ['br-lab']],
    ['is cut to what the kernel takes', [], ['a-long-network-name'], ['br-a-long-networ']],
    [
      'has a hash when another has its name',
      [],
      ['a-long-network-one', 'a-long-network-two'],
      ['br-a-long-networ', 'br-a-lon'],
    ],
    ['leaves names to those who gave them', ['br-lab'], ['lab'], ['br-lab-']],
    ['has no dots', [], ['a.b'], ['br-a-b']],
  ] as const) {
    test(name, () => {
      const names = new Names(given);
      const made = networks.map((network) => names.cut('br', network));
      for (const [i, bridge] of bridges.entries()) expect(made[i]?.startsWith(bridge.slice(0, 15))).toBe(true);
      expect(new Set([...made, ...given]).size).toBe(made.length + given.length);
      for (const one of made) expect(one.length).toBeLessThanOrEqual(15);
    });
  }
});

describe('a device', () => {
  test('is named after its instance, whole or with a hash', () => {
    const names = new Names([]);
    expect(names.shortened('tap', 'vm-1')).toBe('tap-vm-1');
    expect(names.shortened('tap', 'exactly-15c')).toBe('tap-exactly-15c');
    expect(names.shortened('tap', 'sixteen-lette')).toMatch(/^tap-sixt-[0-9a-z]{6}$/);
  });
  test('has the same hash whatever else there is', () => {
    const alone = new Names([]).shortened('tap', 'web-server-0042');
    const names = new Names([]);
    const many = Array.from({ length: 3000 }, (_, i) =>
      names.shortened('tap', `web-server-${String(i).padStart(4, '0')}`),
    );
    expect(many[42]).toBe(alone);
    expect(new Set(many).size).toBe(many.length);
  });
});

for (const [name, hostname] of [
  ['vm-1', 'vm-1'],
  ['VM_1', 'vm-1'],
  ['web.1', 'web-1'],
  ['a--', 'a'],
  ['x'.repeat(70), 'x'.repeat(63)],
  [`${'x'.repeat(62)}-y`, 'x'.repeat(62)],
] as const) {
  test(`the hostname of ${name}`, () => {
    expect(hostnameFrom(name)).toBe(hostname);
  });
}
