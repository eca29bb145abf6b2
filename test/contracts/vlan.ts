// test/contracts/vlan.ts — what `ip` does with VLAN devices: the same on the fake and on a kernel with 802.1Q.
import { describe } from 'vitest';
import { keeps } from './ip.ts';
import type { Bench, Script } from './ip/script.ts';

const BLUE = 'link add link up0 name blue group 117 mtu 1400 type vlan id 100';
const BRIDGE = 'link add name br0 group 117 address 02:00:00:00:00:01 type bridge forward_delay 0 stp_state 0';
const ON_BRIDGE = BLUE.replace('up0', 'br0').replace('blue', 'red');
const br0 = 'br0 bridge down 1500 group 117 mac 02:00:00:00:00:01 delay 0 stp 0';
const blue = 'blue vlan down 1400 group 117 id 100 on up0';
const red = 'red vlan down 1400 group 117 id 100 on br0';

const scripts: Readonly<Record<string, Script>> = {
  'all that it is, in one call': { lines: [BLUE], there: [blue] },
  "without an MTU: its parent's": { lines: [BLUE.replace('mtu 1400 ', '')], there: [blue.replace('1400', '1500')] },
  'up, and in a bridge': {
    lines: [BRIDGE, BLUE, 'link set dev blue master br0 up'],
    there: ['blue vlan up 1400 group 117 id 100 on up0 in br0', br0.replace('1500', '1400')],
  },
  'an id that is in use on the parent': {
    lines: [BLUE, BLUE.replace('blue', 'red')],
    refused: 'Error: 8021q: VLAN device already exists.',
    there: [blue],
  },
  'the same id on another parent': { lines: [BRIDGE, BLUE, ON_BRIDGE], there: [blue, br0, red] },
  'a name that is taken': {
    lines: [BLUE, BLUE.replace('100', '101')],
    refused: 'RTNETLINK answers: File exists',
    there: [blue],
  },
  'an id that is too large': {
    lines: [BLUE.replace('100', '4095')],
    refused: 'Error: 8021q: Invalid VLAN id.',
    there: [],
  },
  'a parent that is not there': { lines: [BLUE.replace('up0', 'br9')], refused: 'Cannot find device "br9"', there: [] },
  "an MTU above the parent's, when it is made": {
    lines: [BLUE.replace('1400', '1501')],
    refused: 'RTNETLINK answers: Invalid argument',
    there: [],
  },
  "an MTU above the parent's, later": {
    lines: [BLUE, 'link set dev blue mtu 1501'],
    refused: 'RTNETLINK answers: Numerical result out of range',
    there: [blue],
  },
  'a parent with less: it follows': {
    lines: [BLUE, 'link set dev up0 mtu 1300'],
    there: [blue.replace('1400', '1300')],
  },
  'a parent with more: it does not': { lines: [BLUE, 'link set dev up0 mtu 1600'], there: [blue] },
  'a parent that is down': {
    lines: [BLUE, 'link set dev up0 down', 'link set dev blue up'],
    refused: 'RTNETLINK answers: Network is down',
    there: [blue],
  },
  'a parent that goes down: so does it': {
    lines: [BLUE, 'link set dev blue up', 'link set dev up0 down'],
    there: [blue],
  },
  'and comes up with it again': {
    lines: [BLUE, 'link set dev blue up', 'link set dev up0 down', 'link set dev up0 up'],
    there: [blue.replace('down', 'up')],
  },
  'a parent that goes: so does it': { lines: [BRIDGE, BLUE, ON_BRIDGE, 'link del dev br0'], there: [blue] },
  'another group, and all of that at once': {
    lines: [
      BLUE,
      BLUE.replace('blue', 'red').replace('100', '101'),
      'link set dev blue group 117999',
      'link del group 117999',
    ],
    there: ['red vlan down 1400 group 117 id 101 on up0'],
  },
  'in a group with its parent': {
    lines: [
      BRIDGE,
      ON_BRIDGE,
      BLUE,
      'link set dev red group 117999',
      'link set dev br0 group 117999',
      'link del group 117999',
    ],
    there: [blue],
  },
};

export function vlanContract(makeBench: () => Promise<Bench>): void {
  describe('ip does with VLAN devices:', () => {
    keeps(scripts, makeBench);
  });
}
