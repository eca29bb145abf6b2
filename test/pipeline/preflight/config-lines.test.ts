// test/pipeline/preflight/config-lines.test.ts — which lines of an operator's dnsmasq configuration are spoken of.
import { expect, test } from 'vitest';
import { oddLines } from '../../../src/pipeline/preflight/config-lines.ts';

const said = (text: string): readonly string[] =>
  oddLines('/c', text, { network: 'lab', bridge: 'br0', server: '10.0.0.1' }).map(
    ({ severity, message }) => `${severity} ${message.split(': ')[1] ?? ''}`,
  );

for (const [text, expected] of [
  ['log-dhcp\n# user=nobody\n#port=5353', []],
  ['user=root\nport=53\ninterface=br0\nlisten-address=10.0.0.1', []],
  ['dhcp-option=3,10.0.0.9\nserver=/x/10.0.0.2#5353', []],
  ['user=nobody', ['error user=nobody']],
  ['  pid-file = /x # mine', ['error pid-file=/x']],
  [
    'no-daemon\n\nkeep-in-foreground\nbind-dynamic',
    ['error no-daemon', 'error keep-in-foreground', 'error bind-dynamic'],
  ],
  [
    'interface=eth1\nlisten-address=10.0.0.2\nauth-server=a.example,eth1\nport=0',
    [
      'warning interface=eth1',
      'warning listen-address=10.0.0.2',
      'warning auth-server=a.example,eth1',
      'warning port=0',
    ],
  ],
  ['listen-address=10.0.0.1,0.0.0.0', ['error listen-address=10.0.0.1,0.0.0.0']],
  [
    'no-dhcp-interface=br0\nno-dhcp-interface=eth0,br*\nno-dhcp-interface=br\nno-dhcpv4-interface=br0',
    ['warning no-dhcp-interface=br0', 'warning no-dhcp-interface=eth0,br*', 'warning no-dhcpv4-interface=br0'],
  ],
  [
    'dhcp-alternate-port\ndhcp-relay=10.0.0.1,10.9.0.1\ndhcp-relay=10.5.0.1,10.9.0.1',
    ['warning dhcp-alternate-port', 'warning dhcp-relay=10.0.0.1,10.9.0.1'],
  ],
  [
    'dhcp-ignore=tag:known\ndhcp-ignore=tag:lab,tag:br0\ndhcp-ignore=tag:!known\ndhcp-ignore=tag:lab,tag:old',
    ['warning dhcp-ignore=tag:known', 'warning dhcp-ignore=tag:lab,tag:br0'],
  ],
] as const)
  test(JSON.stringify(text), () => {
    expect(said(text)).toEqual(expected);
  });
