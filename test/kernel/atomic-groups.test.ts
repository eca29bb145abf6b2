// test/kernel/atomic-groups.test.ts — an interface goes into a bridge and back, and each line of it is refused in turn:
// the host is as it was, and reaches its gateways.
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must, spawn } from './lab.ts';
import type { Ended } from './lab.ts';
import { whole } from './uplinks/whole.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24 }
`;

let lab: Lab;
beforeAll(() => {
  lab = new Lab();
  lab.ip(lab.world, 'address add 2001:db8::1/64 dev far1 nodad');
  lab.ip(lab.host, 'address add 203.0.113.12/24 brd + dev eth1');
  lab.ip(lab.host, 'address add 2001:db8::11/64 dev eth1 nodad');
  lab.ip(lab.host, '-6 route add default via 2001:db8::1');
  lab.ip(lab.host, 'route add 192.0.2.0/24 via 203.0.113.1 dev eth1 table 100');
  // From its address by another interface.
  lab.ip(lab.host, 'address add 172.16.0.2/24 dev eth2');
  lab.ip(lab.host, 'route add 10.0.0.0/8 src 203.0.113.11 nexthop via 172.16.0.1 nexthop via 172.16.0.9');
  mkdirSync(lab.path('bin'));
  const real = must(spawn(['sh', '-c', 'command -v ip'])).out.trim();
  // As `ip -batch` does: what comes before the refused line is done.
  lab.write(
    'bin/ip',
    `#!/bin/sh
case "$*" in *-batch*) ;; *) exec ${real} "$@" ;; esac
left=$(cat ${lab.path('left')}); lines=${lab.path('lines')}; cat >$lines; many=$(wc -l <$lines)
echo $((left - many)) >${lab.path('left')}
if [ "$left" -lt 1 ] || [ "$left" -gt "$many" ]; then exec ${real} "$@" <$lines; fi
sed -n "1,$((left - 1))p" $lines | ${real} "$@" || exit
sed -n "\${left}p" $lines >${lab.path('refused')}
echo 'RTNETLINK answers: Invalid argument' >&2; echo "Command failed -:$left" >&2; exit 1
`,
  );
  chmodSync(lab.path('bin/ip'), 0o755);
});
afterAll(() => {
  lab.close();
});

/** Has one line of those that are told to `ip` refused, and says which; undefined: there were not so many. */
function refusing(
  line: number,
  args: readonly string[],
): { readonly ended: Ended; readonly refused: string | undefined } {
  lab.write('left', String(line));
  const ended = lab.netctl(args, { spec: SPEC, env: { PATH: `${lab.path('bin')}:${process.env['PATH'] ?? ''}` } });
  return {
    ended,
    refused:
      Number(readFileSync(lab.path('left'), 'utf8')) > 0 ? undefined : readFileSync(lab.path('refused'), 'utf8').trim(),
  };
}

/** Without settings and rules, which are others' steps. */
function carried(): readonly string[] {
  return whole(lab).filter((line) => !/^net\.|^-A /.test(line));
}

function reaches(): void {
  for (const gateway of ['203.0.113.1', '2001:db8::1']) expect(lab.pings(lab.host, gateway), gateway).toBe(true);
  expect(lab.ip(lab.host, 'route get 198.51.100.1')).toContain('via 203.0.113.1');
  expect(lab.ip(lab.host, '-6 route get 3fff::1')).toContain('via 2001:db8::1');
}

const BACK = /^eth1 is as before, with all addresses and routes: the steps that were to move it were rolled back$/m;

test('into a bridge', { timeout: 600_000 }, () => {
  const before = whole(lab);
  const refusals: string[] = [];
  for (let line = 1; line < 60; line++) {
    const { ended, refused } = refusing(line, ['apply', '--yes']);
    if (refused === undefined) break;
    refusals.push(refused);
    expect(ended.code, ended.err).toBe(1);
    reaches();
    if (BACK.test(ended.err)) {
      expect(lab.ip(lab.host, '-o link show dev eth1')).not.toContain('master');
      expect(ended.err).toContain(refused);
    }
    must(lab.netctl(['destroy', '--yes']));
    expect(whole(lab), refused).toEqual(before);
  }
  expect(refusals.filter((line) => / eth1( |$)/.test(line)).length).toBeGreaterThan(5);
  must(lab.netctl(['destroy', '--yes']));
});

test('and back', { timeout: 600_000 }, () => {
  const before = whole(lab);
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  const borrowed = carried();
  let times = 0;
  for (let line = 1; line < 60; line++) {
    const { ended, refused } = refusing(line, ['destroy', '--yes']);
    if (refused === undefined) break;
    expect(ended.code, ended.err).toBe(1);
    reaches();
    if (BACK.test(ended.err)) {
      times++;
      expect(carried(), refused).toEqual(borrowed);
    }
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  }
  expect(times).toBeGreaterThan(5);
  expect(whole(lab)).toEqual(before);
});

test('what was done before stays done, and the next apply does the rest', () => {
  const { ended } = refusing(9, ['apply', '--yes']);
  expect(ended.err).toMatch(BACK);
  expect(lab.ip(lab.host, '-o link show dev br-lab')).toContain('br-lab');
  must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  expect(lab.netctl(['status']).code).toBe(0);
  must(lab.netctl(['destroy', '--yes']));
});
