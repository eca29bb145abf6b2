// test/commands/export.test.ts — what a host would hold, said without a host; and validate, which needs none either.
import { describe, expect, test } from 'vitest';
import type { World } from '../../src/pipeline/world.ts';
import type { Resource } from '../../src/core/resource.ts';
import { features } from '../../src/features/index.ts';
import { kindsFor } from '../../src/kinds/index.ts';
import { ipv6 } from '../house/sample/ipv6.ts';
import { router } from '../house/sample/router.ts';
import { PATHS } from '../world.ts';
import { Bench, specOf } from './bench.ts';

const SPEC = specOf('vm-1').concat(
  '  vm-2: { nics: [{ network: lab, device: { type: veth, name: v2, netns: g2 } }] }\n  vm-3: { nics: [{ network: lab, device: { type: external, name: lv-d3 } }] }\n',
);
const nobody = (): never => {
  throw new Error('the host was asked');
};
/** A World without a host and without a store. */
const NOWHERE: Partial<World> = {
  driver: { read: nobody, files: nobody, processes: nobody, perform: nobody, invalidate: nobody },
  store: { load: nobody, save: nobody, remember: nobody, forget: nobody, saving: nobody, close: nobody },
  facts: nobody,
};

describe('without a host', () => {
  for (const [form, parts] of [
    [
      'iptables-save',
      [
        /^\*mangle\n:PREROUTING ACCEPT \[0:0\]\n/,
        /^\*filter\n:INPUT ACCEPT \[0:0\]\n:FORWARD ACCEPT \[0:0\]\n:OUTPUT ACCEPT \[0:0\]\n:netctl-FORWARD - \[0:0\]\n:netctl-INPUT - \[0:0\]\n/m,
        /^-A netctl-INPUT -d 255\.255\.255\.255\/32 -i br100 -p udp -m udp --sport 68 --dport 67 .* -j ACCEPT$/m,
        /COMMIT\n$/,
      ],
    ],
    [
      'ip-batch',
      [
        /^link add name br100 group 117 /,
        /^address replace 10\.0\.0\.1\/24 /m,
        /^tuntap add dev tap-vm-1 mode tap$/m,
        /^link set dev lv-d3 master br100/m,
        /^netns exec g2 ip link set dev eth0 up$/m,
      ],
    ],
    ['script', [/^#!\/bin\/sh\nset -e\n/, /^iptables-restore /m, /^dnsmasq /m, /vm-3$/m]],
    [
      'files',
      [
        /^==> \/var\/lib\/netctl\/networks\/lab\/hosts <==\n(?:.*\n)*?fa:16:3e:a6:8f:58,10\.0\.0\.2,vm-1\n/,
        /^option:mtu,1500$/m,
      ],
    ],
  ] as const) {
    test(`as ${form}`, async () => {
      const { code, out, err } = await new Bench().export(SPEC, form, NOWHERE);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      for (const part of parts) expect(out).toMatch(part);
    });
  }
  test('as json', async () => {
    const { resources } = JSON.parse((await new Bench().export(SPEC, 'json', NOWHERE)).out) as {
      resources: Record<string, unknown>;
    };
    expect(Object.keys(resources)).toEqual(
      expect.arrayContaining([
        'link br100',
        'address br100 10.0.0.1/24',
        'chain filter/netctl-FORWARD',
        'process dnsmasq-lab',
        'link lv-d3',
      ]),
    );
  });
  test('as json, rules are in the words of iptables, each with its tag', async () => {
    const { resources } = JSON.parse((await new Bench().export(SPEC, 'json', NOWHERE)).out) as {
      resources: Record<string, { readonly family: string; readonly rules: readonly object[] }>;
    };
    const chain = resources['chain filter/FORWARD'];
    expect(chain?.family).toBe('ipv4');
    expect(chain?.rules).toEqual([
      {
        tag: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
        text: expect.stringMatching(/^-m comment --comment "netctl:[0-9a-f]{8} networks" -j netctl-FORWARD$/) as string,
        rank: 0,
        place: 'top',
      },
    ]);
  });
  test('files with -o json are one document', async () => {
    expect(JSON.parse((await new Bench().export(SPEC, 'files', { ...NOWHERE, output: 'json' })).out)).toMatchObject({
      apiVersion: 'netctl/v1',
      kind: 'Files',
      files: {
        '/var/lib/netctl/networks/lab/options':
          'option:router,10.0.0.1\ntag:_no-router,tag:!_router,option:router\noption:mtu,1500\n',
      },
    });
  });
  test('the same spec gives the same text', async () => {
    expect(await new Bench().export(SPEC, 'script', NOWHERE)).toEqual(
      await new Bench().export(SPEC, 'script', NOWHERE),
    );
  });
  test('an invalid spec: 65', async () => {
    expect(await new Bench().export(SPEC.replace('cidr', 'cdir'), 'script', NOWHERE)).toMatchObject({
      code: 65,
      out: '',
    });
  });
});

test('a fresh host that runs the exported batch and restore holds what apply makes', async () => {
  const applied = new Bench('netns add g2\ntuntap add dev lv-d3 mode tap\n');
  await applied.apply(SPEC);
  const exported = new Bench('netns add g2\ntuntap add dev lv-d3 mode tap\n');
  exported.scene.befall((await exported.export(SPEC, 'ip-batch', NOWHERE)).out);
  exported.scene.befall((await exported.export(SPEC, 'iptables-save', NOWHERE)).out);
  for (const part of ['ip-addr.txt', 'iptables-save.txt'])
    expect(exported.scene.held().get(part)).toBe(applied.scene.held().get(part));
});

describe('of IPv6, and in network namespaces', () => {
  const FLAT =
    'apiVersion: netctl/v1\nhosts: { h1: {} }\nnetworks:\n  lab: { mode: flat, interface: null, cidr: 192.168.50.0/24, gateway: 192.168.50.1, cidr6: "fd00:64::/64" }\n';
  const MORE = { ...NOWHERE, features: [...features, ipv6, router] };
  const inNamespaces = 'left out: the rules in the network namespace netctl-lab, which --as script has\n';

  test('iptables-save says what it leaves out', async () => {
    const { code, out, err } = await new Bench().export(FLAT, 'iptables-save', MORE);
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: `left out: the rules of IPv6, which --as ip6tables-save has\n${inNamespaces}`,
    });
  });
  test('ip6tables-save has the rules of IPv6', async () => {
    const { code, out, err } = await new Bench().export(FLAT, 'ip6tables-save', MORE);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^\*filter\n(:.*\n)+:netctl-FORWARD - \[0:0\]\n-A FORWARD .* -j netctl-FORWARD\n/);
    expect(out).toMatch(/^-A netctl-FORWARD -s fd00:64::\/64 .* -j ACCEPT$/m);
  });
  test('json has all rules in the words of iptables', async () => {
    const { resources } = JSON.parse((await new Bench().export(FLAT, 'json', MORE)).out) as {
      resources: Record<string, { readonly resource: object }>;
    };
    const rules = [{ tag: expect.any(String) as string, text: expect.stringMatching(/^-m comment /) as string }];
    expect(resources['chain6 filter/FORWARD']).toMatchObject({ family: 'ipv6', rules });
    expect(resources['netns/chain netctl-lab nat/POSTROUTING']).toMatchObject({ resource: { family: 'ipv4', rules } });
  });
  test('a fresh host that runs the exported batch has the namespace that apply makes, and all that stands in it', async () => {
    const applied = new Bench();
    expect(await applied.apply(FLAT, {}, { features: MORE.features })).toMatchObject({ code: 0 });
    const exported = new Bench();
    const { code, out, err } = await exported.export(FLAT, 'ip-batch', MORE);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    exported.scene.befall(out);
    expect(exported.scene.held().get('ip-addr.txt')).toBe(applied.scene.held().get('ip-addr.txt'));
    expect(exported.scene.whole.ip.kernel.names()).toEqual(['netctl-lab']);
  });
  test('what ip cannot make within another namespace is named', async () => {
    const { code, out, err } = await new Bench().export(FLAT, 'ip-batch', MORE, 'h1');
    expect(code).toBe(1);
    expect(err).toBe('left out: "ip netns add netctl-lab", which is to be run outside of h1, before the others\n');
    expect(out).toMatch(/^netns exec netctl-lab ip link set dev lo up$/m);
    expect(out).not.toContain('netns add');
  });
});

describe('validate', () => {
  for (const [name, spec, code, out] of [
    ['counts', SPEC, 0, 'valid: 1 network, 3 instances\n'],
    ['nothing is valid too', 'apiVersion: netctl/v1\n', 0, 'valid: 0 networks, 0 instances\n'],
    ['an invalid one', SPEC.replace('cidr', 'cdir'), 65, ''],
  ] as const) {
    test(name, async () => expect(await new Bench().validate(spec, NOWHERE)).toMatchObject({ code, out }));
  }
  describe('of several hosts', () => {
    const many = (left = 'null', right = 'null'): string => `apiVersion: netctl/v1
hosts: { left: {}, right: {} }
networks:
  lab: { mode: flat-dhcp, bridge: br1, interface: null, cidr: 10.0.0.0/24 }
instances:
  vm-1: { host: left, nics: [{ network: lab, device: { type: external, name: ${left} } }] }
  vm-2: { host: right, nics: [{ network: lab, device: { type: external, name: ${right} } }] }
`;
    test('all are checked, whoever reads it', async () =>
      expect(await new Bench().validate(many('d1', 'd2'), { ...NOWHERE, hostname: 'elsewhere' })).toMatchObject({
        code: 0,
        out: 'valid: 1 network, 2 instances\n',
        err: '',
      }));
    test('--host names one that it has', async () => {
      expect(await new Bench().validate(many('d1', 'd2'), { ...NOWHERE, host: 'right' })).toMatchObject({ code: 0 });
      expect(await new Bench().validate(many('d1', 'd2'), { ...NOWHERE, host: 'middle' })).toMatchObject({
        code: 64,
        err: expect.stringContaining('the spec has no host middle; it has left, right') as string,
      });
    });
    // What the checks of a spec let pass, and only what a host would be told shows: here two devices that want one
    // thing.
    const kinds = kindsFor(PATHS).map((kind) => ({
      ...kind,
      claims: (resource: Resource) =>
        ['d2', 'br1'].includes('name' in resource ? String(resource.name) : '') ? ['the cable'] : [],
    }));
    for (const [name, host, code, err] of [
      [
        'what is wrong on one of them only is found',
        undefined,
        65,
        /link d2 and link br1 both want the cable {2}\[claimed-twice\]/,
      ],
      ['and not where another is meant', 'left', 0, /^$/],
    ] as const) {
      test(name, async () => {
        const ended = await new Bench().validate(many('d1', 'd2'), { ...NOWHERE, hostname: 'elsewhere', host, kinds });
        expect(ended.code).toBe(code);
        expect(ended.err).toMatch(err);
      });
    }
    test('export needs one, and says which there are', async () => {
      expect(await new Bench().export(many('d1', 'd2'), 'script', { ...NOWHERE, hostname: 'elsewhere' })).toMatchObject(
        {
          code: 64,
          out: '',
          err: 'netctl: the spec has no host elsewhere; it has left, right: say which with --host\n',
        },
      );
    });
  });
  test('a full network is found without a host', async () => {
    const { code, err } = await new Bench().validate(
      specOf('a', 'b', 'c', 'd', 'e', 'f').replace('/24', '/29'),
      NOWHERE,
    );
    expect(code).toBe(65);
    expect(err).toContain('[network-full]');
  });
});
