// test/kernel/netctl-server.test.ts — what a server runs says and does what a process of its own would.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from './lab.ts';

let alone: Lab;
let served: Lab;
beforeAll(() => {
  alone = new Lab({ spawns: true });
  served = new Lab();
});
afterAll(() => {
  alone.close();
  served.close();
});

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

/** One after the other, on the same host. */
const RUNS: readonly (readonly [args: readonly string[], code: number, env?: Readonly<Record<string, string>>])[] = [
  [['plan', '--detailed-exitcode'], 2],
  [['plan', '--commands'], 0],
  [['apply', '--yes'], 0],
  [['plan', '--detailed-exitcode'], 0],
  [['status'], 0],
  [['plan', '--nothing'], 64],
  [['nothing'], 64],
  [['help'], 0],
  [['plan', '-f', '/nowhere'], 66],
  [['plan'], 69, { PATH: '/nowhere' }],
  [['status', '-o', 'json', '--color', 'always'], 0],
  [['destroy', '--yes'], 0],
];

for (const [args, code, env] of RUNS)
  test(`netctl ${args.join(' ')} ends with ${code}${env === undefined ? '' : ', without tools'}`, () => {
    const [one, other] = [alone, served].map((lab) => {
      lab.write('spec.yaml', SPEC);
      const ended = lab.netctl(args, env === undefined ? {} : { env });
      return [ended.code, JSON.stringify(ended), lab.snapshot()].map((seen) =>
        String(seen)
          .replaceAll(lab.host, 'HOST')
          .replaceAll(lab.directory, 'DIRECTORY')
          .replaceAll(/\d+ m?s\b|\d{4}-\d\d-\d\d\S*|fa:16:3e:\S+/g, 'N'),
      );
    });
    expect(other).toEqual(one);
    expect(one?.[0]).toBe(String(code));
  });

test('what it leaves it leaves', () => {
  expect(existsSync(served.path('state'))).toBe(existsSync(alone.path('state')));
});
