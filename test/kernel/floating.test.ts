// test/kernel/floating.test.ts — floating addresses with real packets: from everywhere, and moved from one guest to
// another under a flow.
import { spawn as start } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const F = '203.0.113.70';
/** Sends numbered packets, 500 a second, from one port. */
const SENDER =
  'use Socket; socket S, PF_INET, SOCK_DGRAM, 0; bind S, sockaddr_in(4000, INADDR_ANY); $to = sockaddr_in(9000, inet_aton(shift)); for (1 .. shift) { send S, $_, 0, $to; select undef, undef, undef, 0.002 }';
/** Writes down the number of each. */
const RECEIVER =
  'use Socket; socket S, PF_INET, SOCK_DGRAM, 0; bind S, sockaddr_in(9000, INADDR_ANY); $| = 1; print "ready\n"; while (defined recv S, $b, 100, 0) { print "$b\n" }';

describe('a floating address', () => {
  let lab: Lab;
  let guests: readonly string[];
  const running: ReturnType<typeof start>[] = [];
  const spec = (holder: number): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  blue: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 }
  red: { mode: flat-dhcp, interface: null, cidr: 10.0.2.0/24 }
pools:
  public: { ranges: [203.0.113.64-203.0.113.95] }
instances:
${['blue', 'blue', 'red'].map((network, i) => `  g${i}: { nics: [{ network: ${network}, address: 10.0.${network === 'blue' ? 1 : 2}.${10 + i}, floating: [203.0.113.8${i}${holder === i ? `, ${F}` : ''}], device: { type: veth, name: v-g${i}, netns: ${lab.host.replace(/host$/, `g${i}`)} } }] }`).join('\n')}
`;
  const run = (namespace: string, program: string, ...args: readonly string[]): string => {
    const file = lab.path(`${namespace}.txt`);
    running.push(
      start('ip', ['netns', 'exec', namespace, 'sh', '-c', `exec perl -e '${program}' ${args.join(' ')} >${file}`], {
        stdio: 'ignore',
      }),
    );
    return file;
  };
  const numbersIn = (file: string): readonly number[] =>
    readFileSync(file, 'utf8').split('\n').slice(1, -1).map(Number);

  beforeAll(() => {
    lab = new Lab();
    guests = ['g0', 'g1', 'g2'].map((name) => lab.namespace(name));
    must(lab.netctl(['apply', '--yes'], { spec: spec(0) }));
    for (const guest of guests) lab.lease(guest);
  });
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    lab.close();
  });

  test('leads to its guest from outside, from the host, from itself, a neighbour and another network', () => {
    expect([lab.world, lab.host, ...guests].map((from) => lab.pings(from, F))).toEqual([true, true, true, true, true]);
  });

  test('is told to the neighbours of the link when it is bound', () => {
    const [entry] = must(lab.in(lab.world, ['ip', 'neigh', 'show', F])).out.split('\n');
    expect(entry).toContain('02:00:00:00:00:e1');
  });

  test('moves under a flow: nothing goes to the former guest afterwards, and others keep their connections', async () => {
    const [old = '', next = ''] = guests;
    const files = [run(old, RECEIVER), run(next, RECEIVER)];
    for (
      let waited = 0;
      waited < 100 && files.some((file) => !existsSync(file) || readFileSync(file, 'utf8') === '');
      waited++
    )
      await pause(50);
    expect(lab.pings(lab.world, '203.0.113.82')).toBe(true);
    must(lab.in(lab.world, ['perl', '-e', SENDER, F, '100']));
    run(lab.world, SENDER, F, '10000');
    await pause(1000);
    const others = (): string => lab.in(lab.host, ['conntrack', '-L', '--orig-dst', '203.0.113.82']).out;
    expect(others()).not.toBe('');
    must(lab.netctl(['apply', '--yes'], { spec: spec(1) }));
    expect(others()).not.toBe('');
    await pause(1000);
    const [before = [], after = []] = files.map(numbersIn);
    expect(after.length).toBeGreaterThan(100);
    const first = after[0] ?? 0;
    const last = before.at(-1) ?? 0;
    expect(last).toBeLessThan(first);
    expect(first - last - 1, 'lost').toBeLessThan(100);
    await pause(500);
    expect(numbersIn(files[0] ?? '').at(-1)).toBe(last);
    expect(must(lab.netctl(['plan', '--detailed-exitcode'])).out).toContain('nothing to do');
  }, 60_000);

  test('is unbound, and its guest seen as what else it has', () => {
    must(lab.netctl(['apply', '--yes'], { spec: spec(9) }));
    expect(lab.pings(lab.world, F)).toBe(false);
    expect(lab.ip(lab.host, 'address show dev eth1')).not.toContain(F);
    expect(lab.pings(lab.world, '203.0.113.81')).toBe(true);
  });

  test('and all is gone with destroy', () => {
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.rules().join('\n')).not.toContain('netctl');
    expect(lab.ip(lab.host, 'address show dev eth1')).not.toContain('203.0.113.8');
  });
});

describe('a lost store', () => {
  let lab: Lab;
  const spec = (...names: readonly string[]): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 10.0.1.0/24 } }
pools: { public: { ranges: [203.0.113.64-203.0.113.95] } }
instances: { ${names.map((name) => `${name}: { nics: [{ network: lab, floating: [${name === 'g1' ? '203.0.113.90, ' : ''}{ pool: public }] }] }`).join(', ')} }
`;

  beforeAll(() => {
    lab = new Lab();
    for (const text of [spec('g0', 'g1', 'g2'), spec('g1', 'g2')]) must(lab.netctl(['apply', '--yes'], { spec: text }));
  });
  afterAll(() => {
    lab.close();
  });

  test('takes no floating address from who has it', () => {
    const before = lab.snapshot();
    expect(before).toContain('203.0.113.66/32');
    expect(before).not.toContain('203.0.113.64/32');
    rmSync(lab.path('state'), { recursive: true });
    must(lab.netctl(['apply', '--yes']));
    expect(lab.snapshot()).toBe(before);
    rmSync(lab.state('allocations.json'));
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
  });
});

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
