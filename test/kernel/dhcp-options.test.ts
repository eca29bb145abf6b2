// test/kernel/dhcp-options.test.ts — what a spec may say as a DHCP option is what a client is sent, byte for byte; what
// dnsmasq would drop or cut is refused.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { optionProblem } from '../../src/specfile/dhcp-options.ts';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const hex = (text: string): string => Buffer.from(text).toString('hex');

/**
 * An option as the spec has it, its number, and the bytes that a client gets. Not T1 and T2: dnsmasq takes some seconds
 * off, so that not all renew at once.
 */
const SENT: readonly (readonly [option: string, code: number, bytes: string])[] = [
  ['option:ntp-server,192.168.50.1,192.0.2.1', 42, 'c0a83201c0000201'],
  ['4,192.0.2.4', 4, 'c0000204'],
  ['option:time-offset,-3600', 2, 'fffff1f0'],
  ['option:mtu,1400', 26, '0578'],
  ['23,64', 23, '40'],
  ['24,600i', 24, '00000258'],
  ['option:ip-forward-enable,1', 19, '01'],
  ['option:arp-timeout,60', 35, '0000003c'],
  ['option:static-route,10.1.0.1,192.168.50.1', 33, '0a010001c0a83201'],
  ['17,/srv/root,ro', 17, hex('/srv/root,ro')],
  ['66,10.0.0.1', 66, `${hex('10.0.0.1')}00`],
  ['option:bootfile-name,pxelinux.0', 67, `${hex('pxelinux.0')}00`],
  ['40,"10.0.0.1"', 40, hex('10.0.0.1')],
  ['14,31:32', 14, '3132'],
  ['option:domain-search,example.org', 119, `07${hex('example')}03${hex('org')}00`],
  [
    'option:classless-static-route,10.0.0.0/8,192.168.50.1,0.0.0.0/0,192.168.50.1,192.0.2.128/25,192.168.50.1',
    121,
    '080ac0a8320100c0a8320119c0000280c0a83201',
  ],
  ['249,10.0.0.0/8,192.168.50.1', 249, '080ac0a83201'],
  ['option:sip-server,192.0.2.9', 120, '01c0000209'],
  ['252,http://192.168.50.1/wpad.dat', 252, hex('http://192.168.50.1/wpad.dat')],
  ['224,01:02:ff', 224, '0102ff'],
  ['225,7s', 225, '0007'],
  ['encap:43,6,7', 43, '060107ff'],
];

const specOf = (guest: string, options: readonly string[]): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, gateway: null, dhcp: { server: 192.168.50.1, leaseTime: 1h, options: ${JSON.stringify(options)} } }
instances:
  vm: { nics: [{ network: lab, device: { type: veth, name: v-1, netns: ${guest} } }] }
`;

test('each option that is valid is sent as it is written', () => {
  const guest = lab.namespace('g1');
  expect(SENT.map(([option]) => [option, optionProblem(option)])).toEqual(SENT.map(([option]) => [option, undefined]));
  must(
    lab.netctl(['apply', '--yes'], {
      spec: specOf(
        guest,
        SENT.map(([option]) => option),
      ),
    }),
  );
  lab.lease(guest);
  const got = new Map(
    must(lab.in(guest, ['perl', '-e', ASK, '192.168.50.2', '192.168.50.1', ...SENT.map(([, code]) => String(code))]))
      .out.trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  expect(SENT.map(([option, code]) => [option, got.get(String(code))])).toEqual(
    SENT.map(([option, , bytes]) => [option, bytes]),
  );
});

/**
 * What netctl or dnsmasq tells by itself and the operator may tell otherwise: what he says, the number of the option,
 * and what first NICs and others get.
 */
const INSTEAD: readonly (readonly [
  option: string,
  code: number,
  first: string | undefined,
  other: string | undefined,
])[] = [
  ['option:router,192.168.50.9', 3, 'c0a83209', undefined],
  ['3,192.168.50.9,192.168.50.8', 3, 'c0a83209c0a83208', undefined],
  ['option:Router', 3, undefined, undefined],
  ['3', 3, undefined, undefined],
  ['tag:lab,option:router,192.168.50.9', 3, 'c0a83209', undefined],
  ['tag:known,3,192.168.50.9', 3, 'c0a83209', 'c0a83209'],
  ...(
    [
      ['1,255.255.0.0', 1, 'ffff0000'],
      ['option:netmask', 1],
      ['6,192.0.2.53', 6, 'c0000235'],
      ['option:dns-server', 6],
      ['12,other', 12, hex('other')],
      ['12', 12],
      ['option:domain-name,example.org', 15, hex('example.org')],
      ['15', 15],
      ['26,1400', 26, '0578'],
      ['tag:lab,option:mtu,1400', 26, '0578'],
      ['28,192.168.50.254', 28, 'c0a832fe'],
      ['28', 28],
    ] as const
  ).map(([option, code, sent]) => [option, code, sent, sent] as const),
];

/** The first guest's NIC has a MAC that looks like that of another's, and the second's other one looks like a first. */
const twoOn = (
  network: string,
  options: readonly string[],
  [first, second]: readonly string[],
): string => `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, ${network}, dhcp: { server: 192.168.50.1, leaseTime: 1h, options: ${JSON.stringify(options)} } }
  side: { mode: flat-dhcp, bridge: br-side, interface: null, cidr: 192.168.60.0/24 }
instances:
  one: { nics: [{ network: lab, address: 192.168.50.2, ${first ?? ''}device: { type: veth, name: v-1, netns: ${lab.host.replace(/host$/, 'g1')} } }] }
  two: { nics: [{ network: side, device: { type: veth, name: v-2, netns: ${lab.host.replace(/host$/, 'g2')} } }, { network: lab, address: 192.168.50.3, ${second ?? ''}device: { type: veth, name: v-3, netns: ${lab.host.replace(/host$/, 'g3')} } }] }
`;

describe('what is said otherwise than netctl and dnsmasq would by themselves is what is sent', () => {
  for (const [name, network, macs, without] of [
    ['with the network as gateway', 'gateway: 192.168.50.1', [], 'c0a83201'],
    ['with a gateway outside', 'gateway: 192.168.50.254', [], 'c0a832fe'],
    ['without a gateway', 'gateway: null', [], undefined],
    [
      'to MACs that the spec gives',
      'gateway: 192.168.50.1',
      ['mac: "fa:16:3f:00:00:01", ', 'mac: "fa:16:3e:00:00:02", '],
      'c0a83201',
    ],
  ] as const) {
    test(name, () => {
      const [one, two] = [lab.namespace('g1'), (lab.namespace('g2'), lab.namespace('g3'))];
      const asked = (code: number): readonly (string | undefined)[] =>
        (
          [
            [one, '192.168.50.2'],
            [two, '192.168.50.3'],
          ] as const
        ).map(
          ([guest, ip]) =>
            must(lab.in(guest, ['perl', '-e', ASK, ip, '192.168.50.1', String(code)]))
              .out.split('\n')
              .find((line) => line.startsWith(`${code} `))
              ?.split(' ')[1],
        );
      must(lab.netctl(['apply', '--yes'], { spec: twoOn(network, [], macs) }));
      lab.lease(one);
      lab.lease(two, 'eth1');
      expect(asked(3)).toEqual([without, undefined]);
      for (const [option, code, ...sent] of INSTEAD) {
        must(lab.netctl(['apply', '--yes'], { spec: twoOn(network, [option], macs) }));
        expect(asked(code), option).toEqual(sent);
      }
      // A tag that no client has changes nothing.
      must(
        lab.netctl(['apply', '--yes'], {
          spec: twoOn(network, ['tag:nobodys,option:router,192.168.50.9', 'encap:43,3,1'], macs),
        }),
      );
      expect(asked(3)).toEqual([without, undefined]);
    });
  }
});

/** A client that renews, and asks for the options named; it takes answers of 1400 bytes. */
const ASK = `
use strict; use Socket; use IO::Socket::INET;
my ($ip, $server, @codes) = @ARGV;
open(my $f, '<', glob('/sys/class/net/eth*/address')) or die; my $mac = <$f>; chomp $mac; $mac =~ s/://g;
my $s = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $ip, LocalPort => 68, PeerAddr => $server, PeerPort => 67) or die "socket: $!";
my $request = pack('CCCCNnn a4 a4 a4 a4 H32 x64 x128 C4', 1, 1, 6, 0, 0x1234, 0, 0, inet_aton($ip), "\\0" x 4, "\\0" x 4, "\\0" x 4, $mac . ('0' x 20), 0x63, 0x82, 0x53, 0x63)
  . pack('CCC', 53, 1, 3) . pack('CCn', 57, 2, 1400) . pack('CC C*', 55, scalar(@codes), @codes) . pack('C', 255);
for (1 .. 10) {
  $s->send($request);
  my $set = ''; vec($set, fileno($s), 1) = 1;
  next unless select($set, undef, undef, 1);
  $s->recv(my $answer, 1500);
  my $options = substr($answer, 240);
  while (length($options) && ord($options) != 255) {
    my ($code, $length) = unpack('CC', $options);
    print "$code ", unpack('H*', substr($options, 2, $length)), "\\n";
    $options = substr($options, 2 + $length);
  }
  exit;
}
die 'silence';
`;
