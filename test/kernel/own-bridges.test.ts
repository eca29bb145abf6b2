// test/kernel/own-bridges.test.ts — what an instance sends to a bridge of ours changes nothing of the host's own IPv6.
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeEach(() => { lab = new Lab(); });
afterEach(() => { lab.close(); });

/** A router advertisement of a default route and a prefix 2001:db8:bad::/64, as radvd sends it: type 134, hop limit 255. */
const ADVERTISE = `
use strict; use Socket qw(:all);
my $link = shift;
socket(my $s, AF_INET6, SOCK_RAW, 58) or die "socket: $!";
setsockopt($s, IPPROTO_IPV6, 18, pack('i', 255)) or die "hops: $!";
my $prefix = pack('CCCCNNN', 3, 4, 64, 0xc0, 86400, 14400, 0) . pack('n8', 0x2001, 0xdb8, 0xbad, 0, 0, 0, 0, 0);
my $advert = pack('CCnCCnNN', 134, 0, 0, 64, 0, 1800, 0, 0) . $prefix;
open(my $f, '<', "/sys/class/net/$link/ifindex") or die; my $index = <$f>;
send($s, $advert, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, 'ff02::1'), $index)) or die "send: $!";
`;
const specFor = (guest: string): string => `apiVersion: netctl/v1
hosts: { this: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, bridge: br.lab, interface: null, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: veth, name: v-1, netns: ${guest} } }] }
`;

test('a router among the instances is not the host’s; one on a device of others still is', async () => {
  const guest = lab.namespace('g1');
  must(lab.in(lab.host, ['sysctl', '-q', '-w', 'net.ipv6.conf.default.accept_ra=1']));
  must(lab.netctl(['apply', '--yes'], { spec: specFor(guest) }));
  // Heard beside it, so that silence says something.
  lab.ip(lab.host, `link add name other type veth peer name heard netns ${guest}`);
  lab.ip(lab.host, 'link set dev other up');
  lab.ip(guest, 'link set dev heard up');
  const routers = (): string => lab.ip(lab.host, '-6 route show default');
  for (let i = 0; i < 100 && !routers().includes('dev other'); i += 1) {
    for (const link of ['eth0', 'heard']) must(lab.in(guest, ['perl', '-e', ADVERTISE, link]));
    await setTimeout(50);
  }
  expect(routers()).toContain('dev other');
  expect(routers()).not.toContain('dev br.lab');
  expect(lab.ip(lab.host, '-6 address show dev br.lab')).not.toContain('2001:db8:bad');
  must(lab.in(lab.host, ['sysctl', '-q', '-w', 'net/ipv6/conf/br.lab/accept_ra=1']));
  expect(lab.netctl(['status']).code).toBe(2);
  must(lab.netctl(['apply', '--yes']));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
});
