// test/kinds/bridge-chain/spelling.test.ts — whatever words a release of ebtables says a rule of ours back in, it is
// the same rule; and no other is.
import { describe, expect, test } from 'vitest';
import { textOf as render, valueOf } from '../../../src/kinds/bridge-chain/spelling.ts';

const ours = render({ from: '10.0.0.3/32', to: '10.0.0.0/24', not: true, then: 'route' });
const all = render({ from: '10.0.0.0/24', to: '0.0.0.0/0', then: 'bridge' });
const REDIRECT = '-j redirect --redirect-target CONTINUE';

describe('the same rule', () => {
  for (const [name, text, rule] of [
    ['of 1.8.9', `-p IPv4 -d Unicast --ip-src 10.0.0.3 --ip-dst ! 10.0.0.0/24 ${REDIRECT}`, ours],
    ['of 1.8.11', `-p IPv4 -d Unicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`, ours],
    ['with a blank behind it', `-p IPv4 -d Unicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT} `, ours],
    ['in another order', `-d Unicast -p IPv4 ! --ip-dst 10.0.0.0/24 --ip-src 10.0.0.3 ${REDIRECT}`, ours],
    [
      'in long words',
      `--protocol IPv4 --destination Unicast --ip-source 10.0.0.3 ! --ip-destination 10.0.0.0/24 ${REDIRECT}`,
      ours,
    ],
    [
      'in numbers',
      `-p 0x0800 -d 00:00:00:00:00:00/01:00:00:00:00:00 --ip-src 10.0.0.3/32 ! --ip-dst 10.0.0.0/255.255.255.0 ${REDIRECT}`,
      ours,
    ],
    ['to anything', '-p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 0.0.0.0/0 -j RETURN', all],
    ['to anything, which need not be said', '-p IPv4 -d Unicast --ip-src 10.0.0.0/24 -j RETURN', all],
  ] as const) {
    test(name, () => expect(render(valueOf(text))).toBe(rule));
  }
});

describe('another rule stands as it stands', () => {
  for (const text of [
    `-p IPv4 -d Unicast ! --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    `-p ! IPv4 -d Unicast --ip-src 10.0.0.3 --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    `-p IPv4 -d ! Unicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    `-p IPv4 -d Multicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    `-p IPv4 -d Unicast --ip-src 10.0.0.3 ! --ip-dst ! 10.0.0.0/24 ${REDIRECT}`,
    `-p IPv4 -d Unicast --ip-src 10.0.0.3 --ip-src 10.0.0.4 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    `-p IPv4 -d Unicast -i eth0 --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    `-p IPv4 -d Unicast --ip-proto tcp --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 ${REDIRECT}`,
    '-p IPv4 -d Unicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 -j redirect',
    '-p IPv4 -d Unicast --ip-src 10.0.0.3 ! --ip-dst 10.0.0.0/24 -j redirect --redirect-target ACCEPT',
    '-p IPv4 -d Unicast --ip-src 10.0.0.3/255.0.255.0 ! --ip-dst 10.0.0.0/24 -j RETURN',
    '-p ARP --arp-ip-src 10.0.0.3 -j RETURN',
    '-j DROP',
    '--ip-dst',
  ]) {
    test(text, () => expect(valueOf(text)).toBe(text));
  }
});
