// test/kernel/uplinks/by-now-scene.ts — a host with a borrowed interface of which somebody else settles something.
import { afterEach, beforeEach, expect } from 'vitest';
import { Lab, must } from '../lab.ts';
import { whole } from './whole.ts';

/** Each test's own. */
export let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

export const SPEC =
  'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, snat: false }\n';
export const ELSEWHERE = SPEC.replace('interface: eth1', 'interface: eth2');

/** For `ip`, before the name of the device. */
export const ADDRESSES = '-br address show dev';

export function given(...commands: readonly string[]): void {
  for (const command of commands) must(lab.in(lab.host, ['sh', '-e', '-c', command]));
}

export function applied(spec = SPEC): string {
  const { code, err } = lab.netctl(['apply', '--yes'], { spec });
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(lab.netctl(['plan'], { spec }).out).toMatch(/: nothing to do\n$/);
  return err;
}

export function destroyed(): void {
  const { code, err } = lab.netctl(['destroy', '--yes'], { spec: null });
  expect([code, err]).toEqual([0, expect.any(String)]);
}

/** Without the kernel's clocks, and what comes and goes by itself. */
export function found(...links: readonly string[]): readonly string[] {
  return links.flatMap((link) => whole(lab, link));
}
