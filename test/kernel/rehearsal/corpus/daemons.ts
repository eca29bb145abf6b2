// test/kernel/rehearsal/corpus/daemons.ts — a dnsmasq that does not start, or does not do what it is told.
import { spawn as background } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { Lab } from '../../lab.ts';
import { instead, PLAIN, specOf } from './case.ts';
import type { Case } from './case.ts';

const configured =
  (lines: string) =>
  (lab: Lab): string => {
    writeFileSync(lab.path('dnsmasq.conf'), lines);
    return specOf({
      networks: `lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, dhcp: { config: ${lab.path('dnsmasq.conf')} } }`,
    });
  };
/** Somebody's server on port 53 or 67. */
const listener =
  (program: string) =>
  (lab: Lab): (() => void) => {
    const server = background(
      'ip',
      [
        'netns',
        'exec',
        lab.host,
        'perl',
        '-MIO::Socket::INET',
        '-e',
        `$s = ${program} or die; open F, ">", "${lab.path('listens')}"; close F; sleep 600`,
      ],
      { stdio: 'ignore' },
    );
    for (let tries = 0; tries < 200 && lab.in(lab.host, ['test', '-e', lab.path('listens')]).code !== 0; tries++)
      lab.in(lab.host, ['sleep', '0.05']);
    return () => {
      server.kill('SIGKILL');
    };
  };
const TCP = (address: string): string =>
  `IO::Socket::INET->new(LocalAddr => "${address}", LocalPort => 53, Proto => "tcp", Listen => 5, ReuseAddr => 1)`;
const UDP = (port: number): string =>
  `IO::Socket::INET->new(LocalAddr => "0.0.0.0", LocalPort => ${port}, Proto => "udp")`;

export const daemons: readonly Case[] = [
  { name: 'a configuration with an unknown option', spec: configured('no-such-option=1\n'), known: 'config-unfit' },
  { name: 'a configuration with a bad number', spec: configured('cache-size=many\n'), known: 'config-unfit' },
  { name: 'a configuration with a bad server', spec: configured('server=not a server\n'), known: 'config-unfit' },
  {
    name: 'a configuration with a bad option of DHCP',
    spec: configured('dhcp-option=option:no-such,1\n'),
    known: 'config-unfit',
  },
  {
    name: 'a configuration with a bad host',
    spec: configured('dhcp-host=zz:zz:zz:zz:zz:zz,1.2.3.4.5\n'),
    known: 'config-unfit',
  },
  { name: "a configuration that listens on nobody's address", spec: configured('listen-address=10.99.99.99\n') },
  { name: 'a configuration with a group that is not there', spec: configured('group=no-such-group\n') },
  {
    name: 'a configuration that is not there',
    spec: specOf({
      networks:
        'lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24, dhcp: { config: /no/such/file } }',
    }),
    known: 'config-unfit',
  },
  { name: 'a configuration that reads another', spec: configured('conf-file=/no/such/file\n'), known: 'config-unfit' },
  {
    name: 'a log that cannot be written',
    spec: configured('log-facility=/no/such/directory/log\n'),
    unknowable: 'a dnsmasq that writes a log is not started',
  },
  { name: 'port 53 of all addresses taken', spec: PLAIN, host: listener(TCP('0.0.0.0')), known: 'port-taken' },
  {
    name: 'port 53 of all addresses taken, by IPv6 too',
    spec: PLAIN,
    host: (lab) =>
      listener(
        `do { use Socket; use Socket qw(:addrinfo); socket(my $s, 10, 1, 0); setsockopt($s, 41, 26, pack("l", 0)); bind($s, Socket::pack_sockaddr_in6(53, Socket::inet_pton(10, "::"))) && listen($s, 5) ? $s : undef }`,
      )(lab),
    known: 'port-taken',
  },
  {
    name: "port 53 of an address taken that becomes the network's",
    spec: specOf({
      networks:
        'lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1, dhcp: { server: 203.0.113.11 } }',
    }),
    host: listener(TCP('203.0.113.11')),
    known: 'port-taken',
  },
  { name: 'port 67 taken', spec: PLAIN, host: listener(UDP(67)), known: 'port-taken' },
  { name: 'port 53 taken for UDP alone', spec: PLAIN, host: listener(UDP(53)), known: 'port-taken' },
  {
    name: 'a dnsmasq that dies',
    spec: PLAIN,
    env: instead('dnsmasq', 'echo "dnsmasq: cannot allocate memory" >&2; exit 5'),
  },
  { name: 'a dnsmasq that writes no pid file', spec: PLAIN, env: instead('dnsmasq', 'exit 0') },
  {
    name: 'a lease that is not released',
    first: PLAIN.replace('vm-1:', 'vm-9: { nics: [{ network: lab, address: 192.168.50.9 }] }\n  vm-1:'),
    spec: PLAIN,
    host: (lab) => {
      const path = lab.state('networks/lab/leases');
      const mac =
        /^(\S+),192\.168\.50\.9,/m.exec(lab.in(lab.host, ['cat', lab.state('networks/lab/hosts')]).out)?.[1] ?? '';
      writeFileSync(path, `9999999999 ${mac} 192.168.50.9 vm-9 *\n`);
      return undefined;
    },
    env: instead('dhcp_release', 'exit 0'),
  },
];
