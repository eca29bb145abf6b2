// test/kinds/sysctl/sysctl.test.ts — kernel settings are read by name, set where they differ, and never taken away.
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../src/core/resource.ts';
import type { Bridge } from '../../../src/kinds/link/model.ts';
import { parseSysctls, sysctl } from '../../../src/kinds/sysctl/index.ts';
import { withoutOthersKin } from '../../../src/kinds/sysctl/kin.ts';
import { settingOf } from '../../../src/kinds/sysctl/model.ts';
import type { Sysctl } from '../../../src/kinds/sysctl/model.ts';
import { createIp } from '../../fake-host/ip.ts';
import { FakeHost } from '../../fake-host/index.ts';
import { createSysctl } from '../../fake-host/sysctl.ts';

const forwarding: Sysctl = { kind: 'sysctl', borrowed: true, name: 'net.ipv4.ip_forward', value: '1' };

test('a setting that this kernel lacks leaves the others their values', async () => {
  const host = new FakeHost({ tools: { sysctl: createSysctl() } });
  expect(
    await sysctl.observe(
      host,
      [
        { ...forwarding, name: 'net.ipv4.none' },
        { ...forwarding, value: '0' },
      ],
      {},
    ),
  ).toEqual([{ ...forwarding, value: '0' }]);
});

test('a value may have blanks and equal signs', () => {
  expect([...parseSysctls('kernel.a = 1\t2\nkernel.b = x = y\n')]).toEqual([
    ['kernel.a', '1\t2'],
    ['kernel.b', 'x = y'],
  ]);
});

test('it is set, by whatever change, and not removed', () => {
  const ops = sysctl
    .steps([
      { verb: 'update', ref: 'sysctl x', before: { ...forwarding, value: '0' }, after: forwarding },
      { verb: 'delete', ref: 'sysctl x', before: forwarding },
    ])
    .map((step) => step.ops);
  expect(ops).toEqual([[{ op: 'run', argv: ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1'] }], []]);
});

test('of a device, whose name may have a dot: read with all others in one call, set together, gone with it', async () => {
  const ip = createIp({ interfaces: ['eth0.7'] });
  const host = new FakeHost({ tools: { sysctl: createSysctl(ip.kernel), ip } });
  const wanted = [settingOf(6, 'eth0.7', 'accept_ra', '0'), settingOf(6, 'eth0.7', 'autoconf', '0')];
  expect(wanted.map((one) => sysctl.needs(one))).toEqual([['link eth0.7'], ['link eth0.7']]);
  const found = await sysctl.observe(host, [...wanted, { ...forwarding, value: '0' }], {});
  expect(found).toEqual([...wanted.map((one) => ({ ...one, value: '1' })), { ...forwarding, value: '0' }]);
  const steps = sysctl.steps(wanted.map((after) => ({ verb: 'create', ref: `sysctl ${after.name}`, after })));
  expect(steps.map(({ ops }) => ops)).toEqual([
    [
      {
        op: 'run',
        argv: ['sysctl', '-q', '-w', 'net.ipv6.conf.eth0/7.accept_ra=0', 'net.ipv6.conf.eth0/7.autoconf=0'],
      },
    ],
  ]);
  for (const op of steps.flatMap(({ ops }) => ops)) await host.perform(op);
  host.invalidate();
  expect(await sysctl.observe(host, wanted, {})).toEqual(wanted);
  expect(await sysctl.observe(host, [settingOf(6, 'gone', 'accept_ra', '0')], {})).toEqual([]);
});

test('a kernel without IPv6 takes nothing by it: nothing is left to set', async () => {
  const host = new FakeHost({ tools: { sysctl: createSysctl() } });
  const wanted = settingOf(6, 'br-lab', 'accept_ra', '0');
  expect(await sysctl.observe(host, [wanted], {})).toEqual([wanted]);
});

test('what others had is restored while their device is there; what ours has goes with it', () => {
  const ours = settingOf(4, 'br-lab', 'arp_ignore', '1');
  expect([sysctl.livesOn?.(ours), sysctl.livesOn?.({ ...ours, borrowed: true, link: 'eth1' })]).toEqual([
    undefined,
    'eth1',
  ]);
});

describe('what goes with a device that is removed', () => {
  const bridge = (name: string): Bridge => ({
    kind: 'link',
    type: 'bridge',
    name,
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    netfilter: false,
  });
  const wentWith = async (files: readonly string[], removed: readonly Resource[]): Promise<readonly string[]> => {
    const sh = {
      run: () => ({ exitCode: 0, stdout: files.map((line) => `/proc/sys/net/${line}\n`).join(''), stderr: '' }),
    };
    const went = await sysctl.goesWith?.(new FakeHost({ tools: { sh } }), removed);
    return (went ?? []).map(({ name, value, link }) => `${name} = ${value} of ${link ?? 'none'}`);
  };

  for (const [name, files, went] of [
    [
      'what new devices do not have',
      [
        'ipv4/conf/br.a/arp_ignore:1',
        'ipv4/conf/br.a/arp_filter:0',
        'ipv4/conf/default/arp_ignore:0',
        'ipv4/conf/default/arp_filter:0',
      ],
      ['net.ipv4.conf.br/a.arp_ignore = 1 of br.a'],
    ],
    [
      'what they may have otherwise by then',
      [
        'ipv6/conf/br.a/accept_ra:1',
        'ipv6/conf/default/accept_ra:1',
        'ipv4/conf/br.a/forwarding:0',
        'ipv4/conf/default/forwarding:0',
      ],
      ['net.ipv6.conf.br/a.accept_ra = 1 of br.a', 'net.ipv4.conf.br/a.forwarding = 0 of br.a'],
    ],
    [
      'of its neighbour table, whose defaults the loopback has',
      [
        'ipv4/neigh/br.a/gc_stale_time:120',
        'ipv4/neigh/br.a/locktime:100',
        'ipv4/neigh/lo/gc_stale_time:60',
        'ipv4/neigh/lo/locktime:100',
      ],
      ['net.ipv4.neigh.br/a.gc_stale_time = 120 of br.a'],
    ],
    [
      'a secret before the mode that comes with it',
      [
        'ipv6/conf/br.a/addr_gen_mode:3',
        'ipv6/conf/br.a/stable_secret:2001:db8::1',
        'ipv6/conf/default/addr_gen_mode:0',
      ],
      ['net.ipv6.conf.br/a.stable_secret = 2001:db8::1 of br.a', 'net.ipv6.conf.br/a.addr_gen_mode = 3 of br.a'],
    ],
    [
      "nothing that follows something else, or is another device's",
      [
        'ipv6/conf/br.a/mtu:1400',
        'ipv4/neigh/br.a/base_reachable_time:60',
        'ipv4/conf/br-a/arp_ignore:1',
        'ipv4/conf/lo/arp_ignore:1',
      ],
      [],
    ],
  ] as const)
    test(name, async () => {
      expect(await wentWith(files, [bridge('br.a')])).toEqual(went);
    });

  test('nothing is read where no bridge or VLAN device goes', async () => {
    expect(
      await wentWith(['ipv4/conf/tap-1/arp_ignore:1'], [{ ...bridge('tap-1'), type: 'tap' } as Resource, forwarding]),
    ).toEqual([]);
    expect(
      await wentWith(['ipv4/conf/vlan7/arp_ignore:1'], [{ ...bridge('vlan7'), type: 'vlan' } as Resource]),
    ).toEqual(['net.ipv4.conf.vlan7.arp_ignore = 1 of vlan7']);
  });
});

describe('what the kernel writes with net.ipv4.ip_forward', () => {
  const scene = async (forwards: Readonly<Record<string, string>>) => {
    const ip = createIp({ interfaces: ['eth1', 'eth2'] });
    const host = new FakeHost({ tools: { sysctl: createSysctl(ip.kernel), ip } });
    for (const [device, value] of Object.entries(forwards))
      await host.perform({ op: 'run', argv: ['sysctl', '-q', '-w', `net.ipv4.conf.${device}.forwarding=${value}`] });
    const look = async (wanted: Sysctl): Promise<Sysctl> => {
      host.invalidate();
      const [found] = await sysctl.observe(host, [wanted], {});
      if (found === undefined) throw new Error('not there');
      return found;
    };
    const settle = async (wanted: Sysctl): Promise<void> => {
      for (const { ops } of sysctl.steps([
        { verb: 'update', ref: 'sysctl x', before: await look(wanted), after: wanted },
      ]))
        for (const op of ops) await host.perform(op);
    };
    const value = async (device: string): Promise<string> =>
      (await host.read(['sysctl', '-e', `net.ipv4.conf.${device}.forwarding`])).trim().slice(-1);
    return { look, settle, value };
  };

  test('is found before, and restored with it in one command', async () => {
    const { look, settle, value } = await scene({ eth1: '1' });
    const before = await look(forwarding);
    expect(before).toEqual({
      ...forwarding,
      value: '0',
      kin: {
        'net.ipv4.conf.lo.forwarding': '0',
        'net.ipv4.conf.eth1.forwarding': '1',
        'net.ipv4.conf.eth2.forwarding': '0',
      },
    });
    await settle(forwarding);
    expect([await value('eth1'), await value('eth2')]).toEqual(['1', '1']);
    expect(
      sysctl
        .steps([{ verb: 'update', ref: 'sysctl x', before: await look(before), after: before }])
        .flatMap(({ ops }) => ops),
    ).toEqual([
      { op: 'run', argv: ['sysctl', '-e', '-q', '-w', 'net.ipv4.ip_forward=0', 'net.ipv4.conf.eth1.forwarding=1'] },
    ]);
    await settle(before);
    const after = await look(before);
    expect([after.value, sysctl.same?.(after, before)]).toEqual(['0', true]);
  });

  test('half restored, the rest is still to be done; a device that is gone is none', async () => {
    const { look } = await scene({});
    const before: Sysctl = {
      ...forwarding,
      value: '0',
      kin: { 'net.ipv4.conf.eth1.forwarding': '1', 'net.ipv4.conf.gone.forwarding': '1' },
    };
    const found = await look(before);
    expect(sysctl.same?.(found, before)).toBe(false);
    expect(sysctl.describe(before, found)).toBe('net.ipv4.ip_forward = 0, net.ipv4.conf.eth1.forwarding = 1');
  });
});

test('a person reads', () => {
  expect(sysctl.describe(forwarding, { ...forwarding, value: '0' })).toBe('net.ipv4.ip_forward = 1 (was 0)');
});

test('kin that somebody has set otherwise since is not restored', () => {
  const [eth1, eth2, redirects] = [
    'net.ipv4.conf.eth1.forwarding',
    'net.ipv4.conf.eth2.forwarding',
    'net.ipv4.conf.all.accept_redirects',
  ];
  const former: Sysctl = { ...forwarding, value: '0', kin: { [eth1]: '1', [eth2]: '1', [redirects]: '0' } };
  const found: Sysctl = { ...forwarding, kin: { [eth1]: '1', [eth2]: '0', [redirects]: '1' } };
  expect(withoutOthersKin(former, found).kin).toEqual({ [eth1]: '1' });
  expect(withoutOthersKin(former, { ...found, value: '0' })).toEqual(former);
  expect(withoutOthersKin({ ...forwarding }, found)).toEqual(forwarding);
});

test('of a neighbour table they are called otherwise, and without IPv6 in the kernel as good as set', async () => {
  const wanted = [
    settingOf(4, 'br.lab', 'gc_stale_time', '77', 'neigh'),
    settingOf(6, 'br.lab', 'gc_stale_time', '77', 'neigh'),
  ];
  expect(wanted.map(({ name }) => name)).toEqual([
    'net.ipv4.neigh.br/lab.gc_stale_time',
    'net.ipv6.neigh.br/lab.gc_stale_time',
  ]);
  const host = {
    read: (argv: readonly string[]) =>
      Promise.resolve(argv[0] === 'sysctl' ? 'net.ipv4.neigh.br/lab.gc_stale_time = 60\n' : '[]'),
    files: () => Promise.resolve(new Map<string, string>()),
    processes: () => Promise.resolve([]),
  };
  expect((await sysctl.observe(host, wanted, {})).map(({ value }) => value)).toEqual(['60', '77']);
});
