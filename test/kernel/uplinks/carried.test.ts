// test/kernel/uplinks/carried.test.ts — uplinks with one attribute more than the usual each: it works by the bridge, and is on the interface again afterwards.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from '../lab.ts';
import { ROWS } from './rows.ts';
import { whole } from './whole.ts';

let lab: Lab;
beforeEach(() => { lab = new Lab(); });
afterEach(() => { lab.close(); });

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

describe('goes along, and comes back to the letter', () => {
  for (const [name, made, asked, holds] of ROWS) {
    test(name, () => {
      for (const command of made) must(lab.in(lab.host, command.split(' ')));
      const before = whole(lab);
      must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      if (asked !== undefined && holds !== undefined) expect(lab.in(lab.host, asked.split(' ')).out.trim(), asked).toMatch(holds);
      expect(lab.netctl(['status']).code, 'status').toBe(0);
      must(lab.netctl(['destroy', '--yes']));
      expect(whole(lab)).toEqual(before);
    });
  }
});
