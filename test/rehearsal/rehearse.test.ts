// test/rehearsal/rehearse.test.ts — what plan and apply make of a rehearsal: exit codes, words, and a host that is not
// touched when it fails.
import { describe, expect, test } from 'vitest';
import { Bench, specOf } from '../commands/bench.ts';
import { staged } from './staged.ts';

const failing = {
  outcomes: ['failed', 'skipped'],
  refused: [{ step: 0, command: 'sysctl -q -w net.ipv4.ip_forward=1', exitCode: 1, stderr: 'permission denied\n' }],
} as const;

describe('one that passes', () => {
  test('plan says so below the plan, and ends as ever', async () => {
    const bench = new Bench();
    const plain = await bench.plan(specOf('vm-1'));
    const { code, out, err } = await bench.plan(specOf('vm-1'), { rehearse: true }, staged(bench));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.startsWith(plain.out)).toBe(true);
    expect(out.slice(plain.out.length)).toMatch(
      /^\nrehearsed on a copy of this host in \d+\.\d\d s: every step was done, and nothing differed\nnot rehearsed:\n {2}whether a hypervisor can open the taps\n$/,
    );
    expect((await bench.plan(specOf('vm-1'), { rehearse: true, detailedExitcode: true }, staged(bench))).code).toBe(2);
  });

  test('a script on standard output stays a script', async () => {
    const bench = new Bench();
    const { out, err } = await bench.plan(specOf('vm-1'), { rehearse: true, commands: true }, staged(bench));
    expect(out).toBe((await bench.plan(specOf('vm-1'), { commands: true })).out);
    expect(err).toContain('rehearsed on a copy');
  });

  test('apply goes on, and asks after it', async () => {
    const bench = new Bench();
    const asked: string[] = [];
    const { sandbox, driver } = staged(bench, () => {
      asked.push('rehearsed');
      return {};
    });
    const ask = (question: string): Promise<boolean> => {
      asked.push(question);
      return Promise.resolve(true);
    };
    expect(await bench.apply(specOf('vm-1'), { yes: false, rehearse: true }, { sandbox, driver, ask })).toMatchObject({
      code: 0,
    });
    expect(asked).toEqual(['rehearsed', 'Apply this plan?']);
    expect((await bench.plan(specOf('vm-1'))).out).toBe('h1: nothing to do\n');
  });

  test('the very plan is sent, with what was observed', async () => {
    const bench = new Bench('interface eth0\n');
    const stage = staged(bench);
    await bench.plan(specOf('vm-1'), { rehearse: true }, stage);
    const [request] = stage.asked;
    expect(
      request?.plan.steps.flatMap(({ ops }) => ops).some((op) => op.op === 'start' && op.argv[0] === 'dnsmasq'),
    ).toBe(true);
    expect(request?.observed.map(([ref]) => ref)).toContain('sysctl net.ipv4.ip_forward');
    expect(
      request?.rebuilding.devices
        .flatMap((one) => ('lines' in one ? one.lines : []))
        .filter((line) => /type veth peer name e\d+ netns elsewhere$/.test(line)).length,
    ).toBeGreaterThan(0);
  });
});

describe('one that fails', () => {
  test('plan ends with 1, and says on standard error what was refused and which line asks for it', async () => {
    const bench = new Bench();
    const { code, err } = await bench.plan(
      specOf('vm-1'),
      { rehearse: true, detailedExitcode: true },
      staged(bench, () => failing),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/the plan would fail; the host itself was not touched\n {2}fails: \S.* spec\.yaml:\d+ /);
    expect(err).toContain('\n    sysctl -q -w net.ipv4.ip_forward=1 failed with exit code 1: permission denied\n');
    expect(err).toContain('\n  skipped: ');
  });

  test('apply does not begin, and neither asks nor saves', async () => {
    const bench = new Bench();
    const before = bench.scene.snapshot();
    const ask = (): Promise<boolean> => Promise.reject(new Error('asked'));
    const { code, err } = await bench.apply(
      specOf('vm-1'),
      { yes: false, rehearse: true },
      { ...staged(bench, () => failing), ask },
    );
    expect(code).toBe(1);
    expect(err).toMatch(/netctl: nothing was changed\n$/);
    expect(bench.scene.snapshot()).toBe(before);
    expect(bench.saves).toBe(0);
  });

  test('what still differs when it was looked at again is a failure too', async () => {
    const bench = new Bench();
    const { code, err } = await bench.plan(
      specOf('vm-1'),
      { rehearse: true },
      staged(bench, ({ plan }) => ({ residual: plan.changes.slice(0, 1) })),
    );
    expect(code).toBe(1);
    expect(err).toMatch(/\n {2}differs afterwards: create /);
  });
});

test('without the right to make a copy nothing is done, and that is said', async () => {
  const bench = new Bench();
  const { code, err } = await bench.apply(specOf('vm-1'), { rehearse: true }, { ...staged(bench), sandbox: undefined });
  expect({ code, err }).toEqual({ code: 77, err: 'netctl: a rehearsal makes a copy of the host, which needs root\n' });
});

test('where there is nothing to do nothing is rehearsed', async () => {
  const bench = new Bench();
  await bench.apply(specOf('vm-1'));
  const stage = staged(bench);
  expect(await bench.plan(specOf('vm-1'), { rehearse: true }, stage)).toEqual({
    code: 0,
    out: 'h1: nothing to do\n',
    err: '',
  });
  expect(await bench.apply(specOf('vm-1'), { rehearse: true }, stage)).toMatchObject({ code: 0 });
  expect(stage.asked).toEqual([]);
});
