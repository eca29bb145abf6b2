// test/kernel/by-hand.test.ts — addresses that somebody puts on a bridge of ours: an apply settles and leaves them
// alone, or refuses and names them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }
  red: { mode: flat-dhcp, bridge: br-red, interface: eth2, cidr: 192.168.60.0/24 }
`;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
});
afterAll(() => {
  lab.close();
});

for (const [name, address, more, settles] of [
  ['a second one of its network', '192.168.50.7/24', '', true],
  ['one of its network that makes no route', '192.168.50.7/24', ' noprefixroute', true],
  ['one for a time', '192.168.50.7/24', ' valid_lft 900 preferred_lft 900', true],
  ['the base of its network', '192.168.50.0/24', '', true],
  ['one machine of its network', '192.168.50.7/32', '', true],
  ['another network', '10.7.7.7/24', '', true],
  ['a wider network', '192.168.0.1/16', '', true],
  ['one of another network of ours', '192.168.60.9/24', '', true],
  ['one of its link', '169.254.3.3/16', ' scope link', true],
  ['one of IPv6', '2001:db8::5/64', ' nodad', true],
  ['one of IPv6 and of its link', 'fe80::55/64', ' nodad', true],
  ["the host's own", '203.0.113.11/32', '', true],
  ["the gateway's, with another length", '192.168.50.1/25', '', false],
  ["the gateway's, as one machine", '192.168.50.1/32', '', false],
  ["the gateway's of another network", '192.168.60.1/24', '', false],
] as const) {
  test(name, () => {
    lab.ip(lab.host, `address add ${address}${more} dev br-lab`);
    try {
      const ended = lab.netctl(['apply', '--yes']);
      if (settles) {
        expect(ended, ended.err).toMatchObject({ code: 0 });
        expect(must(lab.netctl(['plan'])).out).toContain('nothing to do');
      } else
        expect(ended).toMatchObject({
          code: 1,
          err: expect.stringContaining(`address br-lab ${address} is there already`) as string,
        });
      expect(lab.ip(lab.host, 'address show dev br-lab')).toContain(` ${address} `);
    } finally {
      lab.ip(lab.host, `address del ${address} dev br-lab`);
    }
    must(lab.netctl(['apply', '--yes']));
  });
}
