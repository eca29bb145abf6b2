// test/kernel/safe/decided.test.ts — an apply that waits is confirmed, rolled back, forgotten by a reboot, or found by
// whoever comes next; and generations are walked back.
import { describe, expect, test } from 'vitest';
import { must } from '../lab.ts';
import type { Ended } from '../lab.ts';
import { Dared } from './dared.ts';
import { MAIN, specs } from './ways.ts';

const harmless = (name: string): string =>
  `apiVersion: netctl/v1\nnetworks:\n  ${name}: { mode: flat-dhcp, bridge: br-${name}, interface: null, cidr: 10.20.0.0/24 }\n`;
const without = { spec: null } as const;

/** On a host of its own, which is closed in the end. */
async function on(
  what: (dared: Dared, netctl: (args: readonly string[], spec?: string | null) => Ended) => Promise<void> | void,
): Promise<void> {
  const dared = new Dared();
  try {
    await dared.begin();
    await what(dared, (args, spec = null) => dared.lab.netctl(args, { spec }));
  } finally {
    dared.close();
  }
}

/** Returns when it waits. */
async function waiting(
  dared: Dared,
  spec: string,
  timeout: string,
  by: 'itself' | 'terminal' = 'itself',
): Promise<void> {
  dared.start(['apply', '--yes', '--confirm-timeout', timeout], by, spec);
  await dared.says('is in place');
}

describe.concurrent('while it waits', () => {
  test('confirmed in time, it stays', () =>
    on(async (dared, netctl) => {
      await waiting(dared, harmless('lab'), '60s');
      expect(netctl(['confirm'])).toMatchObject({ code: 0, out: 'generation 1 is confirmed\n' });
      expect(await dared.end()).toMatchObject({ code: 0 });
      await dared.settled();
      expect(dared.outcome()).toEqual({ is: 'kept', settled: true, confirmed: true });
      expect(netctl(['plan', '--detailed-exitcode'], harmless('lab')).code).toBe(0);
      expect(netctl(['confirm'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('nothing waits to be confirmed') as string,
      });
    }));

  test('a second apply and a second rollback wait for nobody, and change nothing', () =>
    on(async (dared, netctl) => {
      await waiting(dared, harmless('lab'), '60s');
      const before = dared.reading();
      for (const args of [
        ['apply', '--yes'],
        ['destroy', '--yes'],
        ['rollback', '--to', '1', '--yes'],
      ]) {
        expect(netctl(args, args[0] === 'apply' ? harmless('more') : null), args.join(' ')).toMatchObject({
          code: 75,
          err: expect.stringContaining('generation 1 waits to be confirmed') as string,
        });
      }
      expect(dared.reading()).toBe(before);
      expect(netctl(['rollback', '--unconfirmed']).code).toBe(0);
      expect(dared.pending()?.phase).toBe('waiting');
      must(netctl(['confirm']));
    }));

  test('rolled back by hand, it is as it was, and both say so', () =>
    on(async (dared, netctl) => {
      const before = dared.reading();
      await waiting(dared, specs[MAIN], '60s');
      expect(netctl(['rollback'])).toMatchObject({
        code: 0,
        err: expect.stringContaining('was rolled back: rolled back by') as string,
      });
      expect(await dared.end()).toMatchObject({ code: 3 });
      await dared.settled();
      expect(dared.reading()).toBe(before);
      expect(await dared.session()).toBe('alive');
    }));

  test('too late to be confirmed', () =>
    on(async (dared, netctl) => {
      await waiting(dared, harmless('lab'), '1s');
      expect(await dared.end()).toMatchObject({ code: 5 });
      expect(netctl(['confirm'])).toMatchObject({ code: 1 });
      expect(dared.outcome()).toMatchObject({ is: 'rolled back', left: [] });
    }));

  for (const [name, typed, code, is] of [
    ['yes at the terminal keeps it', 'yes\n', 0, 'kept'],
    ['no at the terminal rolls it back at once', 'no\n', 3, 'rolled back'],
    ['Ctrl-C at the terminal rolls it back at once', '\x03', 3, 'rolled back'],
    ['what is neither is no answer: yes', '\nyse\ny\nnetctl history\nYes\n', 0, 'kept'],
    ['what is neither is no answer: no', '\nno way\nn\nnO \n', 3, 'rolled back'],
  ] as const) {
    test(name, () =>
      on(async (dared) => {
        await waiting(dared, harmless('lab'), '60s', 'terminal');
        await dared.says('Keep generation 1?');
        dared.type(typed);
        expect(await dared.end()).toMatchObject({ code });
        expect(dared.outcome()).toMatchObject({ is });
      }),
    );
  }

  for (const [name, typed] of [
    ['a typing error', 'yse\n'],
    ['an empty line', '\n'],
    ['the end of the input', '\x04'],
  ] as const) {
    test(`${name} decides nothing at the terminal: the time does`, () =>
      on(async (dared) => {
        await waiting(dared, harmless('lab'), '9s', 'terminal');
        await dared.says('Keep generation 1?');
        dared.type(typed);
        const { code, said } = await dared.end();
        expect(code).toBe(5);
        expect(said.match(/Keep generation 1\? \d s left\./g)).toHaveLength(typed.endsWith('\n') ? 2 : 1);
        expect(dared.outcome()).toMatchObject({ is: 'rolled back', why: 'not confirmed in time' });
      }));

    test(`and ${name} does not keep a netctl confirm from elsewhere out`, () =>
      on(async (dared, netctl) => {
        await waiting(dared, harmless('lab'), '60s', 'terminal');
        await dared.says('Keep generation 1?');
        dared.type(typed);
        must(netctl(['confirm']));
        expect(await dared.end()).toMatchObject({ code: 0 });
        expect(dared.outcome()).toEqual({ is: 'kept', settled: true, confirmed: true });
      }));
  }

  for (const [name, then, is] of [
    ['is confirmed', 'confirm', { is: 'kept', settled: true, confirmed: true }],
    ['is rolled back', 'rollback', { is: 'rolled back', left: [] }],
    ['is rolled back by its guard', undefined, { is: 'rolled back', why: 'not confirmed in time', left: [] }],
  ] as const) {
    test(`with --no-wait it returns at once, and ${name}`, () =>
      on(async (dared, netctl) => {
        const before = dared.reading();
        const applied = netctl(
          ['apply', '--yes', '--no-wait', '--confirm-timeout', then === undefined ? '2s' : '60s'],
          harmless('lab'),
        );
        expect(applied).toMatchObject({
          code: 0,
          err: expect.stringContaining(
            'generation 1 is in place. netctl confirm keeps it; else it is rolled back in ',
          ) as string,
        });
        expect(dared.pending()?.phase).toBe('waiting');
        expect(netctl(['apply', '--yes'], harmless('more'))).toMatchObject({
          code: 75,
          err: expect.stringContaining('generation 1 waits to be confirmed') as string,
        });
        if (then !== undefined) expect(netctl([then]).code).toBe(0);
        await dared.settled();
        expect(dared.outcome()).toMatchObject(is);
        expect(dared.reading() === before).toBe(then !== 'confirm');
      }));
  }

  test('--no-wait without a time to be confirmed in is refused', () =>
    on((dared, netctl) => {
      const before = dared.reading();
      expect(netctl(['apply', '--yes', '--no-wait'], harmless('lab'))).toMatchObject({
        code: 64,
        err: expect.stringContaining('--no-wait is about --confirm-timeout') as string,
      });
      expect(dared.reading()).toBe(before);
    }));

  test('a signal rolls it back at once', () =>
    on(async (dared) => {
      await waiting(dared, harmless('lab'), '60s');
      dared.do(['INT', 'netctl']);
      expect(await dared.end()).toMatchObject({ code: 3 });
      expect(dared.outcome()).toMatchObject({ is: 'rolled back' });
    }));
});

describe.concurrent('nobody is left', () => {
  for (const [name, args, spec] of [
    ['apply', ['apply', '--yes'], harmless('lab')],
    ['destroy', ['destroy', '--yes'], null],
    ['rollback', ['rollback', '--yes'], null],
    ['rollback --unconfirmed', ['rollback', '--unconfirmed'], null],
  ] as const) {
    test(`netctl ${name} rolls it back first, and says so`, () =>
      on(async (dared, netctl) => {
        const before = dared.reading();
        await waiting(dared, specs[MAIN], '25s');
        dared.do(['netctl+guard+standby']);
        await dared.end();
        await dared.waitFor(() => dared.guards().length === 0, 'nobody is left');
        await dared.isOver();
        expect(dared.pending()?.phase).toBe('waiting');
        const next = netctl(args, spec);
        expect(next).toMatchObject({
          code: args[1] === '--unconfirmed' ? 5 : 0,
          err: expect.stringContaining('generation 1 was rolled back') as string,
        });
        expect(dared.pending()).toBeUndefined();
        if (name === 'apply') expect(netctl(['plan', '--detailed-exitcode'], spec).code).toBe(0);
        else expect(dared.reading()).toBe(before);
        expect(await dared.session()).toBe('alive');
      }));
  }
});

describe.concurrent('restarted while it waits', () => {
  for (const [name, args] of [
    ['rollback --unconfirmed', ['rollback', '--unconfirmed']],
    ['apply', ['apply', '--yes']],
  ] as const) {
    test(`netctl ${name}: the host is as the generation before had made it`, () =>
      on(async (dared, netctl) => {
        must(netctl(['apply', '--yes'], harmless('lab')));
        const before = dared.lab.snapshot();
        await waiting(dared, specs[MAIN], '60s');
        dared.lab.reboot({ processes: 'end' });
        const next = netctl(args, harmless('lab'));
        expect(next).toMatchObject({
          code: args[0] === 'apply' ? 0 : 5,
          err: expect.stringContaining('The host is as generation 1 had made it') as string,
        });
        expect(dared.pending()).toBeUndefined();
        expect(rebooted(dared.lab.snapshot())).toBe(rebooted(before));
      }));
  }

  test('before the first generation there was nothing of netctl’s', () =>
    on(async (dared, netctl) => {
      await waiting(dared, specs[MAIN], '60s');
      dared.lab.reboot({ processes: 'end' });
      const before = dared.lab.snapshot();
      expect(netctl(['rollback', '--unconfirmed'])).toMatchObject({
        code: 5,
        err: expect.stringContaining('without anything of netctl’s, as before') as string,
      });
      expect(dared.lab.snapshot()).toBe(before);
    }));
});

/** Routes and servers that the lab itself had are not there after a reboot. */
function rebooted(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^(198\.51\.0\.0|192\.0\.2\.0|default|perl )/.test(line))
    .join('\n');
}

describe.concurrent('generations', () => {
  test('walked back, one after the other and to a number', () =>
    on((dared, netctl) => {
      const first = dared.lab.snapshot();
      for (const number of [1, 2, 3]) must(netctl(['apply', '--yes', '--allow-mass-delete'], harmless(`lab${number}`)));
      const bridge = (): string => /br-lab\d/.exec(dared.reading())?.[0] ?? 'none';
      must(netctl(['rollback', '--yes']));
      expect(bridge()).toBe('br-lab2');
      must(netctl(['rollback', '--yes']));
      expect(bridge()).toBe('br-lab1');
      must(netctl(['rollback', '--to', '3', '--yes']));
      expect(bridge()).toBe('br-lab3');
      must(netctl(['rollback', '--to', '1', '--yes']));
      expect(bridge()).toBe('br-lab1');
      must(netctl(['rollback', '--yes']));
      expect(bridge()).toBe('none');
      expect(dared.lab.snapshot()).toBe(first);
      expect(netctl(['rollback', '--to', '9', '--yes'])).toMatchObject({ code: 64 });
    }));

  test('twenty are kept, and the numbers go on', () =>
    on((dared, netctl) => {
      for (let i = 1; i <= 21; i++)
        must(netctl(['apply', '--yes'], harmless('lab').replace('}', `, mtu: ${1400 + i} }`)));
      const listed = must(netctl(['history']))
        .out.split('\n')
        .filter((line) => line !== '')
        .map((line) => Number(line.trim().split(' ', 1)[0]));
      expect(listed).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
      expect(netctl(['show', '1'])).toMatchObject({ code: 64 });
      const { out } = must(dared.lab.netctl(['show', '21'], without));
      expect(out).toMatch(/^generation 21 of .* by .*: .*; done\n/);
      expect(out).toContain('mtu: 1421');
      must(netctl(['rollback', '--to', '2', '--yes']));
      expect(dared.reading()).toContain('mtu 1402');
    }));
});
