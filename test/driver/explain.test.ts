// test/driver/explain.test.ts — what is said of a refusal beyond its own words: who has an address that is in use.
import { describe, expect, test } from 'vitest';
import { holderOf } from '../../src/driver/explain.ts';

const DNS = 'dnsmasq: failed to create listening socket for 10.0.0.1: Address already in use\n';
const DHCP = 'dnsmasq: failed to bind DHCP server socket: Address already in use\n';
const line = (protocol: string, local: string, users = 'users:(("named",pid=612,fd=3))'): string =>
  `${protocol} LISTEN 0 5 ${local} 0.0.0.0:* ${users}\n`;

describe('who has it', () => {
  for (const [name, stderr, printed, said] of [
    ['of the address', DNS, line('tcp', '10.0.0.1:53'), '10.0.0.1:53 is held by named (pid 612)'],
    [
      'once, also by both protocols',
      DNS,
      line('tcp', '10.0.0.1:53') + line('udp', '10.0.0.1:53'),
      '10.0.0.1:53 is held by named (pid 612)',
    ],
    ['of all addresses', DNS, line('tcp', '*:53'), '*:53 is held by named (pid 612)'],
    ['of nobody that can be seen', DNS, line('tcp', '10.0.0.1:53', ''), '10.0.0.1:53 is held by a program'],
    ['of another address', DNS, line('tcp', '10.0.0.2:53') + line('udp', '0.0.0.0:67'), undefined],
    ['for DHCP', DHCP, line('udp', '0.0.0.0%eth1:67') + line('tcp', '*:53'), '0.0.0.0:67 is held by named (pid 612)'],
    ['of another refusal', 'dnsmasq: unknown interface br-lab\n', line('tcp', '*:53'), undefined],
  ] as const) {
    test(name, () => expect(holderOf(stderr, printed)).toBe(said));
  }
});
