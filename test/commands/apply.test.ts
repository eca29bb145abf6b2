// test/commands/apply.test.ts — consent, guards, failures half-way, and that the second apply sends nothing.
import { describe, expect, test } from 'vitest';
import { Stopped } from '../../src/report/exit-codes.ts';
import { Bench, specOf } from './bench.ts';

/** A host that has some instances already. */
async function benchWith(...instances: readonly string[]): Promise<Bench> {
  const bench = new Bench();
  await bench.apply(specOf(...instances));
  return bench;
}

describe('it makes the host match', () => {
  test('and ends with 0, having said what it did', async () => {
    const bench = new Bench();
    const planned = await bench.plan(specOf('vm-1'));
    expect(await bench.apply(specOf('vm-1'))).toEqual(planned);
    expect((await bench.plan(specOf('vm-1'))).out).toBe('h1: nothing to do\n');
  });

  test('the second time it sends nothing and saves nothing', async () => {
    const bench = await benchWith('vm-1', 'vm-2');
    const {
      saves,
      scene: {
        whole: { host },
      },
    } = bench;
    const { ops } = host;
    expect(await bench.apply(specOf('vm-1', 'vm-2'))).toEqual({ code: 0, out: 'h1: nothing to do\n', err: '' });
    expect({ ops: host.ops, saves: bench.saves }).toEqual({ ops, saves });
  });

  test('who holds an address is saved before the first thing is done', async () => {
    const bench = new Bench();
    bench.scene.whole.host.failAt(1);
    await bench.apply(specOf('vm-1'));
    expect(bench.saves).toBe(1);
  });
});

describe('consent', () => {
  const asked: string[] = [];
  const answering = (answer: boolean) => ({
    ask: (question: string) => {
      asked.push(question);
      return Promise.resolve(answer);
    },
  });

  for (const [name, spec, yes, with_, code, err] of [
    ['on a terminal it asks: yes', specOf('vm-1', 'vm-2', 'vm-3'), false, answering(true), 0, ''],
    [
      'on a terminal it asks: no',
      specOf('vm-1', 'vm-2', 'vm-3'),
      false,
      answering(false),
      1,
      'netctl: nothing was changed\n',
    ],
    ['with --yes it does not ask', specOf('vm-1', 'vm-2', 'vm-3'), true, answering(false), 0, ''],
    ['without a terminal a plan that adds needs no consent', specOf('vm-1', 'vm-2', 'vm-3'), false, {}, 0, ''],
    [
      'without a terminal a plan that removes does',
      specOf('vm-1'),
      false,
      {},
      1,
      'netctl: the plan removes something, and there is nobody to ask: pass --yes. Nothing was changed\n',
    ],
    ['without a terminal, with --yes', specOf('vm-1'), true, {}, 0, ''],
  ] as const) {
    test(name, async () => {
      const bench = await benchWith('vm-1', 'vm-2');
      const before = bench.scene.snapshot();
      asked.length = 0;
      expect(await bench.apply(spec, { yes }, with_)).toMatchObject({ code, err });
      expect(asked).toEqual('ask' in with_ && !yes ? ['Apply this plan?'] : []);
      expect(bench.scene.snapshot() === before).toBe(code !== 0);
    });
  }

  test('without a terminal a plan that replaces needs it as well', async () => {
    const spec = (name: string): string =>
      specOf().concat(
        `instances: { vm-1: { nics: [{ network: lab, device: { type: veth, name: v1, netns: g1, peer: ${name} } }] } }\n`,
      );
    const bench = new Bench('netns add g1\n');
    await bench.apply(spec('eth0'));
    expect(await bench.apply(spec('eth1'), { yes: false })).toMatchObject({ code: 1 });
    expect(await bench.apply(spec('eth1'))).toMatchObject({ code: 0 });
  });

  test('whoever stops it instead of an answer has stopped it', async () => {
    const [bench, stop] = [await benchWith('vm-1'), new AbortController()];
    const before = bench.scene.snapshot();
    const ask = (): Promise<undefined> => {
      stop.abort();
      return Promise.resolve(undefined);
    };
    await expect(bench.apply(specOf('vm-1', 'vm-2'), { yes: false }, { ask, signal: stop.signal })).rejects.toThrow(
      Stopped,
    );
    expect(bench.scene.snapshot()).toBe(before);
  });

  test('whose input ends has not said yes', async () => {
    const bench = await benchWith('vm-1');
    expect(
      await bench.apply(specOf('vm-1', 'vm-2'), { yes: false }, { ask: () => Promise.resolve(undefined) }),
    ).toMatchObject({ code: 1, err: 'netctl: nothing was changed\n' });
  });

  test('where there is nothing to do it never asks', async () => {
    const bench = await benchWith('vm-1');
    asked.length = 0;
    expect(await bench.apply(specOf('vm-1'), { yes: false }, answering(false))).toMatchObject({ code: 0 });
    expect(asked).toEqual([]);
  });
});

describe('what would remove more than half', () => {
  const empty = 'apiVersion: netctl/v1\n';
  test('is stopped, with a code and a way out, also with --yes', async () => {
    const bench = await benchWith('vm-1');
    const before = bench.scene.snapshot();
    const { code, out, err } = await bench.apply(empty);
    expect(code).toBe(1);
    expect(out).toMatch(/^h1: 0 to add, 1 to change, 23 to remove\n/);
    expect(err).toBe(
      'error: this would remove everything netctl has on this host (23 resources)  [mass-delete]\n  hint: if that is what you want, say --allow-mass-delete\n' +
        "warning: bridge br100 is deleted, but an instance's device is in it: tap-vm-1  [network-in-use]\n  hint: stop these instances, or move them to another network, before their network is deleted\nnetctl: nothing was changed\n",
    );
    expect(bench.scene.snapshot()).toBe(before);
  });
  test('with -o json the reason is the document', async () => {
    const { code, out } = await (await benchWith('vm-1')).apply(empty, {}, { output: 'json' });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'Diagnostics',
      diagnostics: [
        { code: 'mass-delete', severity: 'error' },
        { code: 'network-in-use', severity: 'warning' },
      ],
    });
  });
  test('is done with --allow-mass-delete, and everything is gone', async () => {
    const bench = await benchWith('vm-1');
    const { code, err } = await bench.apply(empty, { allowMassDelete: true });
    expect([code, err]).toEqual([0, expect.stringMatching(/^warning: .*\[network-in-use\]\n.*\n$/)]);
    expect((await bench.plan(empty)).out).toBe('h1: nothing to do\n');
  });
  test('--allow-mass-delete allows nothing else', async () => {
    const bench = new Bench('link add name br100 type bridge\n');
    expect((await bench.apply(specOf('vm-1'), { allowMassDelete: true })).err).toContain('[link-foreign]');
  });
});

describe('--no-prune', () => {
  test('leaves what has left the spec, does the rest, and is content', async () => {
    const bench = await benchWith('vm-1');
    const { code, out, err } = await bench.apply(specOf('vm-2'), { prune: false });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^h1: 1 to add, 3 to change, 0 to remove\n/);
    expect(bench.scene.whole.ip.snapshot()).toMatch(/^tap-vm-1: /m);
    expect(await bench.apply(specOf('vm-2'), { prune: false })).toEqual({
      code: 0,
      out: 'h1: nothing to do\n',
      err: '',
    });
    expect((await bench.plan(specOf('vm-2'))).out).toContain(
      '- link tap-vm-1 tap in br100   flows of vm-1   no longer in spec\n',
    );
  });
});

describe('a command that the host refuses half-way', () => {
  test('is said with its stderr, its resource and its line; what depends on it is skipped, the rest is done; the next apply settles', async () => {
    const bench = await benchWith('vm-1');
    // The second file.
    bench.scene.whole.host.failAt(2);
    const { code, err } = await bench.apply(specOf('vm-1', 'vm-2'));
    expect(code).toBe(1);
    expect(err).toBe(`2 of 4 steps were done; not done:
  failed: update file /var/lib/netctl/networks/lab/names  +1 line   spec.yaml:3 networks.lab.mode
    edit /var/lib/netctl/networks/lab/names failed with exit code 1: it was to fail
  skipped: update process dnsmasq-lab reads its files again   spec.yaml:3 networks.lab.mode
What is done stays done: the next apply does the rest.
`);
    expect(bench.scene.whole.ip.snapshot()).toMatch(/^tap-vm-2: /m);
    expect(await bench.apply(specOf('vm-1', 'vm-2'))).toMatchObject({ code: 0, err: '' });
    expect((await bench.plan(specOf('vm-1', 'vm-2'))).out).toBe('h1: nothing to do\n');
  });

  test('in a batch: the line, and only what depends on it', async () => {
    const bench = new Bench();
    const spec = specOf('vm-1').replace(
      'instances',
      '  other: { mode: flat-dhcp, bridge: br200, cidr: 10.0.1.0/24 }\ninstances',
    );
    const effects = await effectsUntil(spec, 'link add name br200 ');
    bench.scene.whole.host.failAt(effects);
    const { code, err } = await bench.apply(spec);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^ {2}failed: create link br200 bridge {3}spec\.yaml:4 networks\.other\.bridge\n {4}ip -batch -: link add name br200 .* failed with exit code 1: it was to fail\n(?: {2}skipped: .*\n)* {2}skipped: create address 10\.0\.1\.1\/24 on br200/m,
    );
    expect(bench.scene.whole.ip.snapshot()).toMatch(/^tap-vm-1: /m);
    expect(await bench.apply(spec)).toMatchObject({ code: 0, err: '' });
  });

  test('one restore that does many changes is said once', async () => {
    const bench = new Bench();
    bench.scene.whole.host.failAt(1);
    const { err } = await bench.apply(specOf('vm-1'));
    expect(err.match(/ failed: create chain |^ {2}failed: create chain /gm)?.length).toBe(14);
    expect(err.match(/iptables-restore -w 5 --noflush failed/g)?.length).toBe(1);
  });

  test('with -o json the document is still one', async () => {
    const bench = new Bench();
    bench.scene.whole.host.failAt(1);
    const { code, out, err } = await bench.apply(specOf('vm-1'), {}, { output: 'json' });
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ kind: 'Plan' });
    expect(err).toContain('iptables-restore -w 5 --noflush failed');
  });

  for (const failing of [1, 4, 7, 10, 13, 16, 19]) {
    test(`whichever it is (${failing}), the next apply settles`, async () => {
      const bench = new Bench();
      bench.scene.whole.host.failAt(failing);
      expect((await bench.apply(specOf('vm-1', 'vm-2'))).code).toBe(1);
      expect((await bench.apply(specOf('vm-1', 'vm-2'))).code).toBe(0);
      expect((await bench.plan(specOf('vm-1', 'vm-2'))).out).toBe('h1: nothing to do\n');
    });
  }
});

test('stopped by a signal it ends between two commands, says what was not done, and the next apply settles', async () => {
  const bench = new Bench();
  const stop = new AbortController();
  const report = (event: { readonly event: string }): void => {
    if (event.event === 'done') stop.abort();
  };
  const { code, err } = await bench.apply(specOf('vm-1'), {}, { signal: stop.signal, report });
  expect(code).toBe(1);
  expect(err).toMatch(/^\d+ of \d+ steps were done; not done:\n {2}stopped: /);
  expect((await bench.apply(specOf('vm-1'))).code).toBe(0);
});

test('a tool that is missing: 69, and nothing is changed', async () => {
  const bench = new Bench();
  const before = bench.scene.snapshot();
  const result = await bench.apply(
    specOf('vm-1'),
    {},
    { missingTools: () => ['dnsmasq is not installed (Debian package dnsmasq-base)'] },
  );
  expect(result).toMatchObject({
    code: 69,
    err: 'netctl: dnsmasq is not installed (Debian package dnsmasq-base)\nnothing was changed\n',
  });
  expect(bench.scene.snapshot()).toBe(before);
});

/** How many effects an apply has up to and with a line of a batch. */
async function effectsUntil(spec: string, line: string): Promise<number> {
  for (let effects = 1; effects < 100; effects++) {
    const bench = new Bench();
    bench.scene.whole.host.failAt(effects);
    if ((await bench.apply(spec)).err.includes(`: ${line}`)) return effects;
  }
  throw new Error(`no effect is ${line}`);
}
