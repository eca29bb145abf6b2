// test/kernel/dns-of-a-network.test.ts — whom a network's DNS answers, and what it asks nobody about.
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
let guest: string;
beforeEach(() => {
  lab = new Lab();
  guest = lab.namespace('g1');
  // Outside is a resolver that knows any name, and writes down what it is asked.
  lab.ip(lab.world, 'address add 198.51.100.53/32 dev lo');
  must(
    lab.in(lab.world, [
      'dnsmasq',
      '--conf-file=',
      '--user=root',
      '--no-hosts',
      '--no-resolv',
      '--bind-interfaces',
      '--listen-address=198.51.100.53',
      '--address=/#/192.0.2.1',
      `--pid-file=${lab.path('up.pid')}`,
      '--log-queries',
      `--log-facility=${lab.path('asked')}`,
      '--ptr-record=5.7.0.10.in-addr.arpa,known.example.org',
    ]),
  );
});
afterEach(() => {
  lab.close();
});

const specFor = (dhcp = '{}'): string => `apiVersion: netctl/v1
defaults: { dns: [198.51.100.53] }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, dhcp: ${dhcp} }
instances:
  web: { hostname: www, nics: [{ network: lab, device: { type: veth, name: v-1, netns: ${guest} } }] }
`;
const ask = (from: string, type: string, name: string, server: string): string =>
  lab
    .in(from, ['timeout', '5', 'busybox', 'nslookup', `-type=${type}`, name, server])
    .out.split('\n')
    .slice(3)
    .join('\n')
    .trim();
const asked = (): readonly string[] =>
  readFileSync(lab.path('asked'), 'utf8')
    .split('\n')
    .flatMap((line) => /query\[(.*) from /.exec(line)?.[1]?.replace('] ', ' ') ?? []);

test('on a bridge with an uplink it answers its own network only, whatever the host’s policy is', () => {
  for (const policy of ['ACCEPT', 'DROP']) {
    must(
      lab.in(lab.host, [
        'iptables',
        '-I',
        'INPUT',
        '-m',
        'conntrack',
        '--ctstate',
        'ESTABLISHED,RELATED',
        '-j',
        'ACCEPT',
      ]),
    );
    must(lab.in(lab.host, ['iptables', '-P', 'INPUT', policy]));
    must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
    expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2', dns: '192.168.50.1' });
    expect(ask(guest, 'a', 'www.example.net', '192.168.50.1')).toContain('192.0.2.1');
    expect(ask(lab.world, 'a', 'www.example.net', '203.0.113.11')).not.toContain('192.0.2.1');
    expect(ask(lab.world, 'a', 'www.novalocal', '203.0.113.11')).not.toContain('192.168.50.2');
  }
});

describe('at its own address it answers its network and the host, by UDP and TCP, whoever has a route to it', () => {
  const answers = (from: string, server: string): readonly string[] =>
    ['udp', 'tcp'].filter((protocol) => must(lab.in(from, ['perl', '-e', QUERY, protocol, server])).out === 'answered');
  const both = ['udp', 'tcp'];
  const routed = (via: string): void => {
    for (const to of ['192.168.50.0/24', '192.168.60.0/24']) lab.ip(lab.world, `route replace ${to} via ${via}`);
  };
  const beside = (spec: string, other: string): string =>
    `${spec.replace('instances:\n', '  two: { mode: flat-dhcp, bridge: br-two, interface: null, cidr: 192.168.60.0/24 }\ninstances:\n')}  two: { nics: [{ network: two, device: { type: veth, name: v-2, netns: ${other} } }] }\n`;

  for (const [name, change, server] of [
    ['its uplink on the bridge', (spec: string) => spec, '192.168.50.1'],
    ['no uplink', (spec: string) => spec.replace('interface: eth1', 'interface: null'), '192.168.50.1'],
    [
      'another server address',
      (spec: string) => spec.replace('dhcp: {}', 'dhcp: { server: 192.168.50.9 }'),
      '192.168.50.9',
    ],
    [
      'a gateway outside',
      (spec: string) => spec.replace('dhcp: {}', 'gateway: 192.168.50.254, dhcp: { server: 192.168.50.9 }'),
      '192.168.50.9',
    ],
    [
      'floating addresses',
      (spec: string) =>
        spec
          .replace(
            'networks:',
            'pools: { public: { ranges: [203.0.113.20-203.0.113.29], interface: eth1 } }\nnetworks:',
          )
          .replace('{ network: lab,', '{ network: lab, floating: [{ pool: public }],'),
      '192.168.50.1',
    ],
  ] as const) {
    test(name, () => {
      const other = lab.namespace('g2');
      must(lab.netctl(['apply', '--yes'], { spec: beside(change(specFor()), other) }));
      routed('203.0.113.11');
      expect(lab.lease(guest)).toMatchObject({ dns: server });
      lab.lease(other);
      expect(answers(guest, server)).toEqual(both);
      expect(answers(lab.host, server)).toEqual(both);
      expect(answers(other, '192.168.60.1')).toEqual(both);
      for (const [from, to] of [
        [lab.world, server],
        [lab.world, '192.168.60.1'],
        [other, server],
      ] as const)
        expect(answers(from, to), `${from} asks ${to}`).toEqual([]);
      // The way is there: it is only for names that nobody is let in.
      expect(lab.pings(lab.world, '192.168.60.1')).toBe(true);
    });
  }
});

describe('what it asks nobody about', () => {
  test('private addresses, unknown names of its domain, names without a dot, of any type', () => {
    must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
    lab.lease(guest);
    const of = (type: string, name: string): string => ask(guest, type, name, '192.168.50.1');
    expect(of('ptr', '2.50.168.192.in-addr.arpa')).toContain('www.novalocal');
    for (const [type, name] of [
      ['ptr', '9.50.168.192.in-addr.arpa'],
      ['ptr', '5.7.0.10.in-addr.arpa'],
      ['soa', '16.172.in-addr.arpa'],
      ['ptr', '1.0.64.100.in-addr.arpa'],
      ['ptr', 'lb._dns-sd._udp.0.50.168.192.in-addr.arpa'],
      ['ptr', `1.${'0.'.repeat(29)}d.f.ip6.arpa`],
      ['a', 'nobody.novalocal'],
      ['mx', 'nobody.novalocal'],
      ['mx', 'nobody'],
    ] as const)
      expect(of(type, name), name).toContain('NXDOMAIN');
    expect(of('aaaa', 'www.novalocal')).not.toContain('NXDOMAIN');
    expect(asked()).toEqual([]);
    expect(of('a', 'www.example.net')).toContain('192.0.2.1');
    expect(asked()).toContain('A www.example.net');
  });

  test('an instance is known by its name as well', () => {
    must(lab.netctl(['apply', '--yes'], { spec: specFor() }));
    lab.lease(guest);
    for (const name of ['www.novalocal', 'www', 'web.novalocal', 'web'])
      expect(ask(guest, 'a', name, '192.168.50.1'), name).toContain('192.168.50.2');
  });

  test('but what the operator’s own configuration names a server for', () => {
    const config = lab.write('own.conf', 'rev-server=10.0.0.0/8,198.51.100.53\n');
    must(lab.netctl(['apply', '--yes'], { spec: specFor(`{ config: ${config} }`) }));
    lab.lease(guest);
    expect(ask(guest, 'ptr', '5.7.0.10.in-addr.arpa', '192.168.50.1')).toContain('known.example.org');
  });
});

test('renewed by unicast, a lease is the network’s own, of several networks whichever started last', () => {
  const other = lab.namespace('g2');
  const two = `${specFor().replace('instances:\n', '  two: { mode: flat-dhcp, bridge: br-two, interface: null, cidr: 192.168.60.0/24 }\ninstances:\n')}  two: { nics: [{ network: two, device: { type: veth, name: v-2, netns: ${other} } }] }\n`;
  must(lab.netctl(['apply', '--yes'], { spec: two }));
  for (const [namespace, ip] of [
    [guest, '192.168.50.2'],
    [other, '192.168.60.2'],
  ] as const) {
    expect(lab.lease(namespace)['ip']).toBe(ip);
    const server = ip.replace(/2$/, '1');
    expect(must(lab.in(namespace, ['perl', '-e', RENEW, ip, server])).out).toBe(`ack ${server}`);
  }
});

test('a host name that is a word of dnsmasq’s is a host name, and its lease is the network’s', () => {
  for (const [i, name] of ['ignore', 'infinite', '300', '10m', '7D', '0'].entries()) {
    const namespace = lab.namespace(`w${i}`);
    must(
      lab.netctl(['apply', '--yes', '--allow-mass-delete'], {
        spec:
          `apiVersion: netctl/v1\nnetworks:\n  known: { mode: flat-dhcp, bridge: br-w, interface: null, cidr: 192.168.70.0/24, dhcp: { leaseTime: 1h } }\n` +
          `instances:\n  "${name}": { hostname: "${name}", nics: [{ network: known, device: { type: veth, name: w-${i}, netns: ${namespace} } }] }\n`,
      }),
    );
    expect(lab.lease(namespace), name).toMatchObject({ lease: '3600', hostname: name.toLowerCase() });
  }
});

/** A client in the state RENEWING (RFC 2131, 4.3.2): a request to the server alone, from the address it has. */
const RENEW = `
use strict; use Socket; use IO::Socket::INET;
my ($ip, $server) = @ARGV;
open(my $f, '<', '/sys/class/net/eth0/address') or die; my $mac = <$f>; chomp $mac; $mac =~ s/://g;
my $s = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $ip, LocalPort => 68, PeerAddr => $server, PeerPort => 67) or die "socket: $!";
my $request = pack('CCCCNnn a4 a4 a4 a4 H32 x64 x128 C4', 1, 1, 6, 0, 0x1234, 0, 0, inet_aton($ip), "\\0" x 4, "\\0" x 4, "\\0" x 4, $mac . ('0' x 20), 0x63, 0x82, 0x53, 0x63) . pack('CCC C', 53, 1, 3, 255);
for (1 .. 10) {
  $s->send($request);
  my $set = ''; vec($set, fileno($s), 1) = 1;
  next unless select($set, undef, undef, 1);
  $s->recv(my $answer, 1500);
  my $options = substr($answer, 240); my %had;
  while (length($options) && ord($options) != 255) { my ($code, $length) = unpack('CC', $options); $had{$code} = substr($options, 2, $length); $options = substr($options, 2 + $length); }
  print((ord($had{53} // '') == 5 ? 'ack ' : 'nak ') . inet_ntoa($had{54})); exit;
}
print 'silence';
`;

/** Asks a server for a name by UDP or TCP; whatever it says is an answer. */
const QUERY = `
use strict; use IO::Socket::INET;
my ($protocol, $server) = @ARGV;
my $question = pack('nnnnnn', 0x1234, 0x0100, 1, 0, 0, 0) . join('', map { pack('C/a', $_) } qw(www example net)) . pack('Cnn', 0, 1, 1);
my $s = IO::Socket::INET->new(Proto => $protocol, PeerAddr => $server, PeerPort => 53, Timeout => 1);
if ($s) {
  $s->send($protocol eq 'tcp' ? pack('n/a', $question) : $question);
  my $set = ''; vec($set, fileno($s), 1) = 1;
  if (select($set, undef, undef, 1)) { $s->recv(my $answer, 1500); if (length($answer // '')) { print 'answered'; exit; } }
}
print 'silence';
`;
