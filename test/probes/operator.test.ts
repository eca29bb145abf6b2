// test/probes/operator.test.ts — who came by SSH: from our own environment, from whoever started us, and from nobody.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readOperator } from '../../src/probes/operator.ts';

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'nct-proc-'));
});
afterEach(() => {
  rmSync(proc, { recursive: true, force: true });
});

/** Processes by number: the one above each, and its environment. */
function processes(
  all: Readonly<Record<number, readonly [parent: number, environment: Readonly<Record<string, string>>]>>,
): void {
  for (const [pid, [parent, environment]] of Object.entries(all)) {
    mkdirSync(join(proc, pid));
    writeFileSync(
      join(proc, pid, 'environ'),
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}\0`)
        .join(''),
    );
    writeFileSync(join(proc, pid, 'status'), `Name:\tsh\nPid:\t${pid}\nPPid:\t${parent}\n`);
  }
}

const connection = '198.51.100.7 50022 203.0.113.11 22';
const operator = { peer: '198.51.100.7', peerPort: 50_022, local: '203.0.113.11', localPort: 22 };

test('our own environment knows', () => {
  expect(readOperator({ SSH_CONNECTION: connection }, 0, proc)).toEqual(operator);
});

test('IPv6, also of one link', () => {
  expect(readOperator({ SSH_CONNECTION: 'fe80::7%eth1 50022 fe80::11%eth1 22' }, 0, proc)).toEqual({
    peer: 'fe80::7%eth1',
    peerPort: 50_022,
    local: 'fe80::11%eth1',
    localPort: 22,
  });
});

test('sudo took it away: whoever started us knows, the nearest first', () => {
  processes({
    30: [20, { SUDO_USER: 'me' }],
    20: [10, { SSH_CONNECTION: connection, A: 'b=c' }],
    10: [1, { SSH_CONNECTION: '192.0.2.9 1 192.0.2.1 22' }],
  });
  expect(readOperator({}, 30, proc)).toEqual(operator);
});

test('SSH_CLIENT, where nobody has more', () => {
  processes({ 20: [1, { SSH_CONNECTION: connection }] });
  expect(readOperator({ SSH_CLIENT: '192.0.2.9 50023 22' }, 20, proc)).toEqual(operator);
  expect(readOperator({ SSH_CLIENT: '192.0.2.9 50023 22' }, 0, proc)).toEqual({
    peer: '192.0.2.9',
    peerPort: 50_023,
    localPort: 22,
  });
});

for (const [name, text] of [
  ['an address that is none', 'here 50022 203.0.113.11 22'],
  ['a port that is none', '198.51.100.7 x 203.0.113.11 22'],
  ['half of it', '198.51.100.7 50022'],
  ['nothing', ''],
] as const) {
  test(`${name} tells nothing`, () => {
    expect(readOperator({ SSH_CONNECTION: text }, 0, proc)).toBeUndefined();
  });
}

test('nobody, of a service: the first process has no parent, and a ring of them ends', () => {
  processes({ 30: [1, {}], 50: [51, {}], 51: [50, {}] });
  expect(readOperator({}, 30, proc)).toBeUndefined();
  expect(readOperator({}, 99, proc)).toBeUndefined();
  expect(readOperator({}, 50, proc)).toBeUndefined();
});

test('the real /proc has it in the same places', () => {
  const tell =
    'const { readFileSync } = require("node:fs"); process.stdout.write(readFileSync(`/proc/${process.ppid}/environ`, "utf8").includes("SSH_CONNECTION=") + "" + /^PPid:\\s*\\d+$/m.test(readFileSync(`/proc/${process.ppid}/status`, "utf8")))';
  const { stdout } = spawnSync('sh', ['-c', `env -u SSH_CONNECTION "${process.execPath}" -e '${tell}'; true`], {
    encoding: 'utf8',
    env: { ...process.env, SSH_CONNECTION: connection },
  });
  expect(stdout).toBe('truetrue');
});
