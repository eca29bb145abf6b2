// test/kernel/uplinks/barred.test.ts — policy rules that shut off an uplink's gateway: the kernel would not take its
// routes a second time, so it is not borrowed.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';

const SPEC =
  'apiVersion: netctl/v1\nnetworks: { office: { mode: flat, bridge: br0, interface: eth1, cidr: 203.0.113.0/24 } }\n';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const host = (script: string): number | null => lab.in(lab.host, ['sh', '-c', script]).code;

describe('shut off', () => {
  for (const [name, deed, rule] of [
    ['by name', 'ip rule add to 203.0.113.1 prohibit', 'from all to 203.0.113.1/32 prohibit'],
    ['with everything', 'ip rule add from all unreachable', 'from all unreachable'],
    ['past the main table', 'ip rule add to 203.0.113.1 goto 32767', 'from all to 203.0.113.1/32 goto 32767'],
  ] as const) {
    test(name, () => {
      host(deed);
      const before = lab.snapshot();
      for (const verb of [['plan'], ['apply', '--yes'], ['apply', '--yes', '--atomic']]) {
        const { code, err } = lab.netctl(verb, { spec: SPEC });
        expect([code, err]).toEqual([1, expect.stringContaining('[uplink-route]') as string]);
        expect(err).toContain(
          `the gateway of route default via 203.0.113.1 dev eth1 table 254 proto 3 scope 0 is shut off by the policy rule 32765: ${rule}: the kernel takes no such route`,
        );
      }
      expect(lab.snapshot()).toBe(before);
      // The kernel takes it no second time.
      expect(host('ip route del default; ip route add default via 203.0.113.1 dev eth1')).not.toBe(0);
    });
  }
});

describe('not shut off', () => {
  for (const [name, deed] of [
    [
      'by a table that leads nowhere',
      'ip rule add to 203.0.113.1 lookup 100; ip route add blackhole default table 100',
    ],
    ['by a table without a way to it', 'ip rule add to 203.0.113.1 lookup 100'],
    [
      "by a way elsewhere, which is not the interface's",
      'ip rule add from all lookup 100; ip route add default dev eth2 table 100',
    ],
    ['for what comes by another device', 'ip rule add iif eth2 prohibit'],
    ['for what has a source', 'ip rule add from 10.0.0.0/8 prohibit'],
    ['after the main table', 'ip rule add from all prohibit priority 40000'],
    [
      'where nobody is asked',
      'ip rule add to 203.0.113.1 prohibit; ip route replace default via 203.0.113.1 dev eth1 onlink',
    ],
  ] as const) {
    test(name, () => {
      host(deed);
      const before = lab.snapshot();
      must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      expect(lab.ip(lab.host, 'route show default')).toContain('dev br0');
      must(lab.netctl(['destroy', '--yes'], { spec: null }));
      expect(lab.snapshot()).toBe(before);
    });
  }
});
