// test/contracts/ip/links.ts — what `ip` does with lines that make, change and remove devices.
import { expect } from 'vitest';
import { BRIDGE, IN_BRIDGE, VETH } from './script.ts';
import type { Script } from './script.ts';

export const linkScripts: Readonly<Record<string, Script>> = {
  'a bridge': { lines: BRIDGE, there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'] },
  'a bridge whose packets pass iptables': {
    lines: [`${BRIDGE[0] ?? ''} nf_call_iptables 1`],
    there: ['br0 bridge down 68 group 117 mac 02:00:00:00:00:01 delay 0 stp 0 netfilter'],
  },
  'netfilter on, and off again': {
    lines: [
      ...BRIDGE,
      'link set dev br0 type bridge nf_call_iptables 1',
      'link set dev br0 type bridge nf_call_iptables 0',
    ],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a bridge that is there': {
    lines: [...BRIDGE, 'link add name br0 group 117 type bridge'],
    refused: 'RTNETLINK answers: File exists',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a bridge made without saying a delay': {
    lines: ['link add name br0 type bridge', 'link set dev br0 address 02:00:00:00:00:02'],
    there: ['br0 bridge down 1500 group default mac 02:00:00:00:00:02 delay 1500 stp 0'],
  },
  'an MTU that is pinned': {
    lines: [...IN_BRIDGE],
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      't0 tap up 1400 group 117 in br0 alias vm-1/lab 10.0.0.5',
    ],
  },
  'an MTU that is not': {
    lines: [BRIDGE[0]?.replace('mtu 68 ', '') ?? '', ...IN_BRIDGE.slice(2)],
    there: [
      'br0 bridge down 1400 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      't0 tap up 1400 group 117 in br0 alias vm-1/lab 10.0.0.5',
    ],
  },
  'a group that goes together': {
    lines: [
      ...IN_BRIDGE,
      'tuntap add dev t1 mode tap',
      'link set dev t1 group 117999',
      'link set dev t0 group 117999',
      'link del group 117999',
    ],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a group that nobody is in': {
    lines: [...BRIDGE, 'link del group 117999'],
    refused: 'RTNETLINK answers: No such device',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'an MTU too large for a tap': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 mtu 65522'],
    refused: 'Error: mtu greater than device maximum.',
    there: ['t0 tap down 1500 group default'],
  },
  'an MTU too small': {
    lines: [...BRIDGE, 'link set dev br0 mtu 67'],
    refused: 'Error: mtu less than device minimum.',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'STP, which keeps the delay long': {
    lines: [
      ...BRIDGE,
      'link set dev br0 type bridge stp_state 1',
      'link set dev br0 type bridge stp_state 0 forward_delay 0',
    ],
    refused: 'RTNETLINK answers: Numerical result out of range',
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 200 stp 1'],
  },
  'STP off, and then the delay': {
    lines: [
      ...BRIDGE,
      'link set dev br0 type bridge stp_state 1',
      'link set dev br0 type bridge stp_state 0',
      'link set dev br0 type bridge forward_delay 0',
    ],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a tap that is there': {
    lines: ['tuntap add dev t0 mode tap', 'tuntap add dev t0 mode tap'],
    refused: 'ioctl(TUNSETIFF): Device or resource busy',
    there: ['t0 tap down 1500 group default'],
  },
  'a hairpin': {
    lines: [...IN_BRIDGE, 'link set dev t0 type bridge_slave hairpin on'],
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      't0 tap up 1400 group 117 in br0 hairpin alias vm-1/lab 10.0.0.5',
    ],
  },
  'a hairpin is lost with the bridge': {
    lines: [...IN_BRIDGE, 'link set dev t0 type bridge_slave hairpin on', 'link del dev br0'],
    there: ['t0 tap up 1400 group 117 alias vm-1/lab 10.0.0.5'],
  },
  'a hairpin outside a bridge': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 type bridge_slave hairpin on'],
    refused: 'RTNETLINK answers: Operation not supported',
    there: ['t0 tap down 1500 group default'],
  },
  'a bridge in a bridge': {
    lines: [...BRIDGE, 'link add name br1 type bridge', 'link set dev br1 master br0'],
    refused: 'Error: Can not enslave a bridge to a bridge.',
    there: [
      'br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0',
      expect.stringMatching(/^br1 bridge down 1500 /) as string,
    ],
  },
  'a master that is not there': {
    lines: ['link set dev up0 master br9'],
    refused: 'Error: argument "br9" is wrong: Device does not exist',
    there: [],
  },
  'a device that is not there': { lines: ['link set dev br9 up'], refused: 'Cannot find device "br9"', there: [] },
  'removal of a device that is not there': {
    lines: ['link del dev br9'],
    refused: 'Cannot find device "br9"',
    there: [],
  },
  'a multicast MAC': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 address 01:00:00:00:00:01'],
    refused: 'RTNETLINK answers: Cannot assign requested address',
    there: ['t0 tap down 1500 group default'],
  },
  'a name that is too long': {
    lines: ['link add name br-1234567890123 type bridge'],
    refused: 'Error: argument "br-1234567890123" is wrong: "name" not a valid ifname',
    there: [],
  },
  'a comment in a line': {
    lines: ['tuntap add dev t0 mode tap # and more', 'link set dev t0 alias "a%23b"'],
    there: ['t0 tap down 1500 group default alias a#b'],
  },
  'a comment between quotes': {
    lines: ['tuntap add dev t0 mode tap', 'link set dev t0 alias "a#b"'],
    refused: 'Unterminated quoted string',
    there: ['t0 tap down 1500 group default'],
  },
  'promiscuous and in a bridge': {
    lines: [...BRIDGE, 'link set dev up0 master br0 promisc on up', 'link set dev up0 type bridge_slave hairpin off'],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0', 'up0 promisc in br0'],
  },
  restored: {
    lines: [...BRIDGE, 'link set dev up0 master br0 promisc on up', 'link set dev up0 nomaster promisc off'],
    there: ['br0 bridge up 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0'],
  },
  'a veth': {
    lines: [VETH],
    there: ['guest eth0 down 1400 mac 02:00:00:00:00:09 of v0', 'v0 veth down 1400 group 117'],
  },
  'a veth whose far end is taken': {
    lines: [VETH, VETH.replace('v0', 'v1')],
    refused: 'RTNETLINK answers: File exists',
    there: ['guest eth0 down 1400 mac 02:00:00:00:00:09 of v0', 'v0 veth down 1400 group 117'],
  },
  'a veth into no namespace': {
    lines: [VETH.replace('GUEST', 'nct-none')],
    refused: 'Error: argument "nct-none" is wrong: Invalid "netns" value',
    there: [],
  },
  'a veth dies at both ends': { lines: [VETH, 'link del dev v0'], there: [] },
};
