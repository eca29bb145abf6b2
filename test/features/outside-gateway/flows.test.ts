// test/features/outside-gateway/flows.test.ts — behind a router of its own, a network's guests pass the host by, but
// for what the host has to translate.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { flows, wantedOf } from '../flows.ts';

const example = readFileSync('examples/outside-gateway.yaml', 'utf8');

describe('a guest', () => {
  flows(example, [
    ['goes out by the router', 'br-office: 10.0.0.33 → 198.51.100.7:443/tcp by router on eth1', 'bridged'],
    [
      'to a range as the host',
      'br-office: 10.0.0.33 → 192.0.2.7:443/tcp by router on eth1',
      'accept, snat 203.0.113.11',
    ],
    [
      'whichever way the host sends it on',
      'br-office: 10.0.0.33 → 192.0.2.7:443/tcp by router on wg0',
      'accept, snat 203.0.113.11',
    ],
    ['to what is exempt by the router', 'br-office: 10.0.0.33 → 172.16.9.7:443/tcp by router on eth1', 'bridged'],
    ['to its neighbour straight', 'br-office: 10.0.0.33 → 10.0.0.20:22/tcp by router', 'bridged'],
    [
      'to the metadata service',
      'br-office: 10.0.0.33 → 169.254.169.254:80/tcp by router',
      'dnat 10.0.0.9:8775, accept',
    ],
  ]);
});

describe('an instance with a floating address', () => {
  flows(example, [
    [
      'is seen as that everywhere',
      'br-office: 10.0.0.20 → 198.51.100.7:443/tcp by router on eth1',
      'accept, snat 203.0.113.70',
    ],
    ['in a range too', 'br-office: 10.0.0.20 → 192.0.2.7:443/tcp by router on eth1', 'accept, snat 203.0.113.70'],
    ['is reached by it', 'eth1: 198.51.100.7 → 203.0.113.70:443/tcp', 'dnat 10.0.0.20, accept'],
    ['goes to its neighbour straight', 'br-office: 10.0.0.20 → 10.0.0.33:22/tcp by router', 'bridged'],
  ]);
});

describe('frames are left alone', () => {
  const key = 'bridge-chain nat/netctl-PREROUTING';
  for (const [name, spec] of [
    ['where the host is the gateway', example.replace('gateway: 10.0.0.1', 'gateway: 10.0.0.9')],
    [
      'where guests are forwarded nowhere',
      example
        .replace('gateway: 10.0.0.1', 'gateway: null')
        .replaceAll(/ {4}(snatTo|noSnat): .*\n| {8}floating: .*\n/g, ''),
    ],
    [
      'where there is nothing to translate',
      example.replaceAll(/ {4}(snatTo|noSnat|metadata): .*\n/g, '').replace(/ {8}floating: .*\n/, ''),
    ],
  ] as const) {
    test(name, async () => expect((await wantedOf(spec)).has(key)).toBe(false));
  }
  test('of an instance whose floating address is on its own bridge, where netfilter sees them', async () => {
    const state = await wantedOf(example.replace('publicInterface: eth1', 'publicInterface: eth2'));
    expect(JSON.stringify(state.get(key))).not.toContain('10.0.0.20');
    expect(state.get('link br-office')).toMatchObject({ netfilter: true });
  });
});
