// test/kernel/own-bridges.test.ts — bridges and ports of ours give instances no way to the host's IPv6.
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

/**
 * A router advertisement of a default route and a prefix 2001:db8:bad::/64, as radvd sends it: type 134, hop limit 255.
 */
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
  // Else it says as a neighbour that it is no router, and whoever asks it forgets its default route (RFC 4861, section
  // 7.2.5).
  must(lab.in(guest, ['sysctl', '-q', '-w', 'net.ipv6.conf.all.forwarding=1']));
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

const modeOf = (link: string): string =>
  /addrgenmode (\S+)/.exec(lab.ip(lab.host, `-d link show dev ${link}`))?.[1] ?? '';
const addressesOn = (link: string): readonly string[] =>
  lab
    .ip(lab.host, `-o address show dev ${link}`)
    .split('\n')
    .flatMap((line) => /inet6? (\S+)/.exec(line)?.[1] ?? []);

test('ports have no address of the host’s; what drifts is repaired, and another’s device is restored as it was', async () => {
  const guest = lab.namespace('g1');
  lab.ip(lab.host, 'tuntap add dev vnet7 mode tap');
  lab.ip(lab.host, 'link add name there7 type veth peer name here7');
  for (const name of ['vnet7', 'there7', 'here7']) lab.ip(lab.host, `link set dev ${name} up`);
  for (let i = 0; i < 50 && addressesOn('there7').length === 0; i += 1) await setTimeout(50);
  const [found, was] = [modeOf('there7'), addressesOn('there7')];
  expect([found, was.length]).toEqual(['eui64', 1]);
  must(
    lab.netctl(['apply', '--yes'], {
      spec: `${specFor(guest)}  vm-2: { nics: [{ network: lab, device: { type: tap, name: t-2 } }] }
  vm-3: { nics: [{ network: lab, device: { type: external, name: there7 } }] }
  vm-4: { nics: [{ network: lab, device: { type: external, name: vnet7 } }] }
`,
    }),
  );
  for (const link of ['v-1', 't-2', 'there7', 'vnet7'])
    expect([link, modeOf(link), addressesOn(link)]).toEqual([link, 'none', []]);
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  for (const link of ['v-1', 'there7']) {
    must(lab.in(lab.host, ['sysctl', '-q', '-w', `net.ipv6.conf.${link}.addr_gen_mode=0`]));
    for (let i = 0; i < 50 && addressesOn(link).length === 0; i += 1) await setTimeout(50);
    expect(addressesOn(link)).toHaveLength(1);
  }
  expect(lab.netctl(['status']).code).toBe(2);
  must(lab.netctl(['apply', '--yes']));
  for (const link of ['v-1', 'there7']) expect([link, modeOf(link), addressesOn(link)]).toEqual([link, 'none', []]);
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect([modeOf('there7'), addressesOn('there7'), modeOf('vnet7')]).toEqual([found, was, 'eui64']);
});
