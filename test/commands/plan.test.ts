// test/commands/plan.test.ts — what plan says, in which form, and how it ends.
import { describe, expect, test } from 'vitest';
import { Bench, specOf } from './bench.ts';

const FIRST = `h1: 26 to add, 1 to change, 0 to remove

    KIND    DESCRIPTION                                      INTERRUPTS        SPEC
  + chain   filter netctl-INPUT  6 rules                     none              spec.yaml:2 networks
  + chain   filter INPUT  1 rule                             none              spec.yaml:2 networks
  + chain   filter netctl-FORWARD  2 rules                   none              spec.yaml:2 networks
  + chain   filter FORWARD  1 rule                           none              spec.yaml:2 networks
  + chain   mangle netctl-POSTROUTING  1 rule                none              spec.yaml:2 networks
  + chain   mangle POSTROUTING  1 rule                       none              spec.yaml:2 networks
  + chain   nat netctl-PREROUTING                            none              spec.yaml:2 networks
  + chain   nat PREROUTING  1 rule                           new connections   spec.yaml:2 networks
  + chain   nat netctl-OUTPUT                                none              spec.yaml:2 networks
  + chain   nat OUTPUT  1 rule                               new connections   spec.yaml:2 networks
  + chain   nat netctl-POSTROUTING  1 rule                   new connections   spec.yaml:2 networks
  + chain   nat POSTROUTING  2 rules                         new connections   spec.yaml:2 networks
  + chain   nat netctl-snat                                  none              spec.yaml:2 networks
  + chain   nat netctl-postrouting-bottom  1 rule            new connections   spec.yaml:2 networks
  ~ sysctl  net.ipv4.ip_forward = 1 (was 0)                  none              spec.yaml:2 networks
  + link    br100 bridge                                     none              spec.yaml:3 networks.lab.bridge
  + sysctl  net.ipv4.conf.br100.forwarding = 1               none              spec.yaml:3 networks.lab.bridge
  + sysctl  net.ipv6.conf.br100.accept_ra = 0                none              spec.yaml:3 networks.lab.bridge
  + sysctl  net.ipv6.conf.br100.autoconf = 0                 none              spec.yaml:3 networks.lab.bridge
  + address 10.0.0.1/24 on br100                             none              spec.yaml:3 networks.lab.gateway
  + file    /var/lib/netctl/networks/lab/hosts  1 line       none              spec.yaml:3 networks.lab.mode
  + file    /var/lib/netctl/networks/lab/names  1 line       none              spec.yaml:3 networks.lab.mode
  + file    /var/lib/netctl/networks/lab/servers  21 lines   none              spec.yaml:3 networks.lab.mode
  + file    /var/lib/netctl/networks/lab/options  3 lines    none              spec.yaml:3 networks.lab.mode
  + file    /var/lib/netctl/networks/lab/leases              none              spec.yaml:3 networks.lab.mode
  + link    tap-vm-1 tap in br100                            none              spec.yaml:5 instances.vm-1.nics[0].device
  + process dnsmasq-lab                                      none              spec.yaml:3 networks.lab.mode

no established flow is interrupted
`;

describe('as text', () => {
  test('one line a change, in the order in which they are done, each with the line of the spec that it serves', async () => {
    expect(await new Bench().plan(specOf('vm-1'))).toEqual({ code: 0, out: FIRST, err: '' });
  });

  test('what adds only says that no flow is touched', async () => {
    const bench = new Bench();
    await bench.apply(specOf('vm-1'));
    expect((await bench.plan(specOf('vm-1', 'vm-2'))).out).toBe(`h1: 1 to add, 3 to change, 0 to remove

    KIND    DESCRIPTION                                   INTERRUPTS   SPEC
  ~ file    /var/lib/netctl/networks/lab/hosts  +1 line   none         spec.yaml:3 networks.lab.mode
  ~ file    /var/lib/netctl/networks/lab/names  +1 line   none         spec.yaml:3 networks.lab.mode
  ~ process dnsmasq-lab reads its files again             none         spec.yaml:3 networks.lab.mode
  + link    tap-vm-2 tap in br100                         none         spec.yaml:6 instances.vm-2.nics[0].device

no established flow is interrupted
`);
  });

  test('a replaced one has its own sign, and says what it was', async () => {
    const spec = (device: string): string =>
      specOf().concat(`instances: { vm-1: { nics: [{ network: lab, device: ${device} }] } }\n`);
    const bench = new Bench('netns add g1\n');
    await bench.apply(spec('{ type: tap, name: t1 }'));
    expect((await bench.plan(spec('{ type: veth, name: t1, netns: g1 }'))).out)
      .toBe(`h1: 0 to add, 0 to change, 0 to remove, 1 to replace

    KIND DESCRIPTION                                             INTERRUPTS      SPEC
  ± link t1 veth in br100, eth0 in netns g1 (was tap in br100)   flows of vm-1   spec.yaml:4 instances.vm-1.nics[0].device

interrupts: flows of vm-1
`);
  });

  test('nothing to do', async () => {
    const bench = new Bench();
    await bench.apply(specOf('vm-1'));
    expect(await bench.plan(specOf('vm-1'))).toEqual({ code: 0, out: 'h1: nothing to do\n', err: '' });
  });

  test('what waits for others is said below, with its line', async () => {
    const bench = new Bench();
    const spec = specOf().concat(
      'instances: { vm-1: { nics: [{ network: lab, device: { type: external, name: lv-d7 } }] } }\n',
    );
    await bench.apply(spec);
    expect(await bench.plan(spec, { detailedExitcode: true })).toEqual({
      code: 0,
      err: '',
      out: 'h1: nothing to do\n\nwaiting: link lv-d7: the external device lv-d7 is not there yet   spec.yaml:4 instances.vm-1.nics[0].device\n',
    });
  });

  test('colour is beside the signs, not in their place', async () => {
    const { out } = await new Bench().plan(specOf('vm-1'), {}, { color: true });
    expect(out).not.toBe(FIRST);
    expect(out.replaceAll(/\u001B\[\d+m/g, '')).toBe(FIRST);
  });
});

describe('how it ends', () => {
  for (const [name, before, after, detailedExitcode, code] of [
    ['something differs', [], ['vm-1'], false, 0],
    ['something differs, and that is asked for', [], ['vm-1'], true, 2],
    ['nothing differs', ['vm-1'], ['vm-1'], true, 0],
  ] as const) {
    test(`${name}: ${code}`, async () => {
      const bench = new Bench();
      if (before.length > 0) await bench.apply(specOf(...before));
      expect((await bench.plan(specOf(...after), { detailedExitcode })).code).toBe(code);
    });
  }

  test('it changes nothing and saves nothing', async () => {
    const bench = new Bench();
    const before = bench.scene.snapshot();
    await bench.plan(specOf('vm-1'));
    expect({ held: bench.scene.snapshot(), saves: bench.saves, ops: bench.scene.whole.host.ops }).toEqual({
      held: before,
      saves: 0,
      ops: 0,
    });
  });

  test('an invalid spec: 65, with all that is wrong and nothing on standard output', async () => {
    const { code, out, err } = await new Bench().plan(
      specOf('vm-1').replace('flat-dhcp', 'flat_dhcp').replace('cidr', 'cdir'),
    );
    expect({ code, out }).toEqual({ code: 65, out: '' });
    expect(err.match(/error: /g)?.length).toBeGreaterThan(1);
    expect(err).toContain('hint: did you mean flat-dhcp?');
  });

  test('an invalid spec with -o json: 65, and one document', async () => {
    const { code, out, err } = await new Bench().plan(specOf('vm-1').replace('cidr', 'cdir'), {}, { output: 'json' });
    expect({ code, err }).toEqual({ code: 65, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      apiVersion: 'netctl/v1',
      kind: 'Diagnostics',
      diagnostics: [{ file: 'spec.yaml', line: 3, column: 42, code: 'unknown-key', severity: 'error' }],
    });
  });

  test('a spec for other hosts: 64, and it says which there are', async () => {
    const spec = `${specOf()}hosts: { left: {}, right: {} }\n`;
    expect(await new Bench().plan(spec)).toEqual({
      code: 64,
      out: '',
      err: 'netctl: the spec has no host h1; it has left, right: say which with --host\n',
    });
    expect((await new Bench().plan(spec, {}, { host: 'left' })).out).toMatch(/^left: /);
  });

  for (const [name, host, spec, err] of [
    [
      "a bridge of somebody else's",
      'link add name br100 type bridge\n',
      specOf('vm-1'),
      /^spec\.yaml:3:35: error: link br100 is there already and is not netctl's {2}\[link-foreign\]\n(.*\n)*? {2}hint: use another name/,
    ],
    [
      'an uplink that is not there',
      '',
      specOf('vm-1').replace('bridge', 'interface: eth7, bridge'),
      /^spec\.yaml:3:38: error: this host has no interface eth7 {2}\[device-missing\]\n/,
    ],
  ] as const) {
    test(`${name}: 1, below a plan that shows what it stands against`, async () => {
      const { code, out, err: said } = await new Bench(host).plan(spec);
      expect(code).toBe(1);
      expect(out).toMatch(/^h1: \d+ to add/);
      expect(said).toMatch(err);
    });
  }
});

test('--commands is a script that a shell can read, and holds all that apply sends', async () => {
  const bench = new Bench();
  const { out } = await bench.plan(specOf('vm-1'), { commands: true });
  expect(out).toMatch(/^#!\/bin\/sh\nset -e\n/);
  for (const command of [
    'iptables-restore -w 5 --noflush <<',
    'sysctl -q -w net.ipv4.ip_forward=1',
    'link add name br100 ',
    'dnsmasq --conf-file=',
    'tuntap add dev tap-vm-1 mode tap',
  ])
    expect(out).toContain(command);
  await bench.apply(specOf('vm-1'));
  expect((await bench.plan(specOf('vm-1'), { commands: true })).out).toBe('#!/bin/sh\nset -e\n');
});
