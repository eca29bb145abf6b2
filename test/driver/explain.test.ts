// test/driver/explain.test.ts — which refusals are explained.
import { expect, test } from 'vitest';
import { meaningOf } from '../../src/driver/explain.ts';

for (const [name, line, stderr, explained] of [
  [
    'a kernel without VLANs',
    'link add link eth1 name vlan100 group 117 mtu 1500 type vlan id 100',
    'RTNETLINK answers: Operation not supported',
    true,
  ],
  [
    'one that does not know the word',
    'link add link eth1 name vlan100 type vlan id 100',
    'Error: Unknown device type.',
    true,
  ],
  [
    'another refusal of a VLAN',
    'link add link eth1 name vlan100 type vlan id 100',
    'RTNETLINK answers: File exists',
    false,
  ],
  [
    'another thing that is not supported',
    'link set dev vlan100 type bridge_slave hairpin on',
    'RTNETLINK answers: Operation not supported',
    false,
  ],
] as const) {
  test(name, () => {
    expect(meaningOf(line, stderr)?.includes('802.1Q') ?? false).toBe(explained);
  });
}
