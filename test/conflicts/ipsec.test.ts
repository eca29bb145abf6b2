// test/conflicts/ipsec.test.ts — policies of IPsec that block, or lead into tunnels.
import { describe, expect, test } from 'vitest';
import type { Around } from './around.ts';
import { told } from './silent-scene.ts';

describe('IPsec', () => {
  const around = (policies: string, defaults = 'accept'): Around => ({
    ipsec: `${policies}Default policies:\n in:  accept\n fwd: ${defaults}\n out: accept\n`,
  });
  const policy = (from: string, to: string, more: string, rest = ''): string =>
    `src ${from} dst ${to} ${rest}\n\tdir ${more} ptype main \n`;
  const out =
    'lab: packets of instances to the outside are dropped by the IPsec policy src 192.168.0.0/16 dst 0.0.0.0/0 dir fwd action block (ip xfrm policy)';
  const BLOCK = policy('192.168.0.0/16', '0.0.0.0/0', 'fwd action block priority 50');
  for (const [name, given, expected] of [
    ['none', around(''), []],
    [
      'one that blocks',
      around(BLOCK),
      [`${out} | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd priority 49`],
    ],
    ['after one that lets through', around(BLOCK + policy('192.168.50.0/24', '0.0.0.0/0', 'fwd priority 9')), []],
    [
      'before one that lets through',
      around(BLOCK + policy('192.168.50.0/24', '0.0.0.0/0', 'fwd priority 90')),
      [`${out} | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd priority 49`],
    ],
    ['for somebody', around(policy('192.168.50.0/24', '10.0.0.0/8', 'fwd action block priority 5')), []],
    [
      'for a protocol, a mark, one socket, IPv6',
      around(
        [
          policy('0.0.0.0/0', '0.0.0.0/0', 'fwd action block priority 5', 'proto tcp '),
          `${policy('0.0.0.0/0', '0.0.0.0/0', 'fwd action block priority 5')}\tmark 0x1/0x1 \n`,
          policy('0.0.0.0/0', '0.0.0.0/0', 'x').replace('dir x', 'socket in priority 0'),
          policy('::/0', '::/0', 'fwd action block priority 0'),
        ].join(''),
      ),
      [],
    ],
    [
      'for what comes by a device',
      around(policy('0.0.0.0/0', '0.0.0.0/0', 'fwd action block priority 0', 'dev br-lab ')),
      [
        'lab: packets of instances to the outside are dropped by the IPsec policy src 0.0.0.0/0 dst 0.0.0.0/0 dev br-lab dir fwd action block (ip xfrm policy) | if nobody needs it: ip xfrm policy delete src 0.0.0.0/0 dst 0.0.0.0/0 dev br-lab dir fwd',
      ],
    ],
    [
      'a tunnel',
      around(
        `${policy('192.168.50.0/24', '0.0.0.0/0', 'fwd priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [
        'lab: packets of instances to the outside are dropped, since they come out of no tunnel, by the IPsec policy src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd (ip xfrm policy) | if nobody needs it: ip xfrm policy delete src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd',
      ],
    ],
    [
      'a tunnel for what instances send to a site',
      around(
        `${policy('192.168.50.0/24', '10.0.0.0/8', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [],
    ],
    [
      'a tunnel to a site in whose range the network is',
      around(
        `${policy('0.0.0.0/0', '192.168.0.0/16', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [
        expect.stringMatching(
          /^lab: .*DHCP replies, DNS replies.* are sent into a tunnel by the IPsec policy src 0\.0\.0\.0\/0 dst 192\.168\.0\.0\/16 dir out \(ip xfrm policy\) \| ip xfrm policy add src .* dst 192\.168\.50\.0\/24 dir out priority 4/,
        ),
      ],
    ],
    [
      'and from there',
      around(
        `${policy('192.168.0.0/16', '0.0.0.0/0', 'fwd priority 5')}\ttmpl src 198.51.100.1 dst 203.0.113.11\n\t\tproto esp reqid 1 mode tunnel\n`,
      ),
      [
        'lab: packets of instances to the outside are dropped, since they come out of no tunnel, by the IPsec policy src 192.168.0.0/16 dst 0.0.0.0/0 dir fwd (ip xfrm policy) | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd priority 4',
      ],
    ],
    [
      'one that need not be there',
      around(
        `${policy('0.0.0.0/0', '192.168.0.0/16', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n\t\tlevel use \n`,
      ),
      [],
    ],
    [
      'one with a way beside it',
      around(
        `${policy('0.0.0.0/0', '192.168.0.0/16', 'out priority 5')}\ttmpl src 203.0.113.11 dst 198.51.100.1\n\t\tproto esp reqid 1 mode tunnel\n${policy('0.0.0.0/0', '192.168.50.0/24', 'out priority 2')}`,
      ),
      [],
    ],
    [
      'whatever is not let through',
      around('', 'block'),
      [
        "lab: packets of instances to the outside and replies from outside are dropped by IPsec's default policy for fwd, block (ip xfrm policy getdefault) | ip xfrm policy add src 192.168.50.0/24 dst 0.0.0.0/0 dir fwd && ip xfrm policy add src 0.0.0.0/0 dst 0.0.0.0/0 dir fwd",
      ],
    ],
  ] as const) {
    test(name, async () => expect(await told(given)).toEqual(expected));
  }
});
