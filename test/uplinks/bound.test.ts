// test/uplinks/bound.test.ts — what is bound to an interface by its name, in the words of `ip xfrm policy`, `ss` and
// `ip maddr`.
import { expect, test } from 'vitest';
import { policiesIn, readBound, socketsIn } from '../../src/uplinks/bound.ts';

test('IPsec policies of a device', () =>
  expect(
    policiesIn(`src 0.0.0.0/0 dst 203.0.113.1/32 dev eth1 
\tdir out action block priority 0 
src 10.0.0.0/8 dst 192.0.2.0/24 proto tcp dport 22 
\tdir in priority 5 
\ttmpl src 203.0.113.11 dst 203.0.113.1
src ::/0 dst 2001:db8::/32 dev eth2 uid 0
\tdir fwd priority 0
`),
  ).toEqual([
    { link: 'eth1', what: 'IPsec policy src 0.0.0.0/0 dst 203.0.113.1/32 dir out' },
    { link: 'eth2', what: 'IPsec policy src ::/0 dst 2001:db8::/32 uid 0 dir fwd' },
  ]));

test('sockets that wait on a device', () =>
  expect(
    socketsIn(`tcp LISTEN 0 128    0.0.0.0:22        0.0.0.0:*
tcp LISTEN 0 128    0.0.0.0%eth1:8080    0.0.0.0:*
udp UNCONN 0 0      *%eth1:67    *:*
udp UNCONN 0 0      [fe80::ff:fe00:e1]%eth1:546    [::]:*
udp UNCONN 0 0      [::]%br.100:547    [::]:*
`),
  ).toEqual([
    { link: 'eth1', what: 'socket tcp 0.0.0.0:8080' },
    { link: 'eth1', what: 'socket udp *:67' },
    { link: 'eth1', what: 'socket udp [fe80::ff:fe00:e1]:546' },
    { link: 'br.100', what: 'socket udp [::]:547' },
  ]));

test('groups that a program has joined, and none that the kernel joins', async () => {
  const joins = [
    {
      ifindex: 2,
      ifname: 'eth1',
      maddr: ['224.0.0.1', '239.9.9.9', 'ff02::1', 'ff01::1', 'ff02::1:ff00:e1', 'ff05::2', 'ff02::fb'].map(
        (address) => ({ family: address.includes(':') ? 'inet6' : 'inet', address }),
      ),
    },
  ];
  expect(await readBound((argv) => Promise.resolve(argv.includes('maddr') ? JSON.stringify(joins) : ''))).toEqual([
    { link: 'eth1', what: 'multicast group 239.9.9.9' },
    { link: 'eth1', what: 'multicast group ff02::fb' },
  ]);
});
