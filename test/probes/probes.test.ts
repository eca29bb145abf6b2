// test/probes/probes.test.ts — what is asked around an apply, and what is found lost.
import { describe, expect, test } from 'vitest';
import { parseRoutes } from '../../src/iproute2/routes.ts';
import { askedAgain, lost } from '../../src/probes/compare.ts';
import { farIn, gatewaysIn, probesFor } from '../../src/probes/choose.ts';
import type { Answer, Probe } from '../../src/probes/model.ts';
import type { AskedFor, Target } from '../../src/probes/model.ts';

const asked = (target: Target, host?: string): AskedFor => ({
  path: ['probes', 0],
  target,
  timeout: 700,
  ...(host === undefined ? {} : { host }),
});
const names = (probes: readonly Probe[]): readonly string[] => probes.map(({ name }) => name);
const operator = { peer: '198.51.100.7', peerPort: 50_022, local: '203.0.113.11', localPort: 22 };

describe('what is asked', () => {
  test('what the spec names, the gateways, and whoever came by SSH', () => {
    const probes = probesFor([asked({ kind: 'tcp', host: '10.9.8.7', port: 443 })], 'h1', {
      gateways: ['203.0.113.1', 'fe80::1%eth1'],
      operator,
    });
    expect(probes).toEqual([
      {
        name: 'tcp 10.9.8.7:443',
        target: { kind: 'tcp', host: '10.9.8.7', port: 443 },
        timeout: 700,
        path: ['probes', 0],
      },
      { name: 'default gateway 203.0.113.1', target: { kind: 'ping', host: '203.0.113.1' }, timeout: 1_000 },
      { name: 'default gateway fe80::1%eth1', target: { kind: 'ping', host: 'fe80::1%eth1' }, timeout: 1_000 },
      {
        name: 'ping 198.51.100.7, where your SSH session comes from',
        target: { kind: 'ping', host: '198.51.100.7' },
        timeout: 1_000,
      },
      { name: 'your SSH session from 198.51.100.7', target: { kind: 'session', ...operator }, timeout: 1_000 },
    ]);
  });

  for (const [target, name] of [
    [{ kind: 'ping', host: '2001:db8::1' }, 'ping 2001:db8::1'],
    [{ kind: 'tcp', host: '2001:db8::1', port: 22 }, 'tcp [2001:db8::1]:22'],
    [{ kind: 'dns', name: 'example.org' }, 'dns example.org'],
    [{ kind: 'dns', name: 'example.org', server: '9.9.9.9' }, 'dns example.org at 9.9.9.9'],
    [{ kind: 'http', url: 'http://10.0.0.1/' }, 'http http://10.0.0.1/'],
    [{ kind: 'http', url: 'http://10.0.0.1/', status: 200 }, 'http http://10.0.0.1/ with status 200'],
  ] as const) {
    test(`is called ${name}`, () => {
      expect(names(probesFor([asked(target)], 'h1', { gateways: [] }))).toEqual([name]);
    });
  }

  test('by this host, not by others', () => {
    const probes = [
      asked({ kind: 'ping', host: 'a' }, 'h1'),
      asked({ kind: 'ping', host: 'b' }, 'h2'),
      asked({ kind: 'ping', host: 'c' }),
    ];
    expect(names(probesFor(probes, 'h1', { gateways: [] }))).toEqual(['ping a', 'ping c']);
  });

  test('a gateway that the spec names is asked once, as the spec says', () => {
    expect(
      names(probesFor([asked({ kind: 'ping', host: '203.0.113.1' })], 'h1', { gateways: ['203.0.113.1'] })),
    ).toEqual(['ping 203.0.113.1']);
  });
});

test('gateways are those of default routes, also of several ways, and by their link where that matters', () => {
  const four = parseRoutes(
    JSON.stringify([
      { dst: 'default', gateway: '203.0.113.1', dev: 'eth1', flags: [] },
      { dst: 'default', gateway: '203.0.113.1', dev: 'eth2', metric: 100, flags: [] },
      { dst: 'default', dev: 'ppp0', flags: [] },
      { dst: '10.0.0.0/8', gateway: '203.0.113.9', dev: 'eth1', flags: [] },
      {
        dst: 'default',
        metric: 200,
        flags: [],
        nexthops: [
          { gateway: '192.0.2.1', dev: 'eth3' },
          { gateway: '192.0.2.2', dev: 'eth4' },
        ],
      },
    ]),
    4,
  );
  const six = parseRoutes(
    JSON.stringify([
      { dst: 'default', gateway: 'fe80::1', dev: 'eth1', protocol: '9', flags: [] },
      { dst: 'default', gateway: '2001:db8::1', dev: 'eth1', flags: [] },
    ]),
    6,
  );
  expect(gatewaysIn([...four, ...six])).toEqual([
    '203.0.113.1',
    '192.0.2.1',
    '192.0.2.2',
    'fe80::1%eth1',
    '2001:db8::1',
  ]);
});

describe('what is far away', () => {
  const four = (...to: readonly string[]): ReturnType<typeof parseRoutes> =>
    parseRoutes(JSON.stringify(to.map((dst) => ({ dst, gateway: '10.0.0.1', dev: 'eth1', flags: [] }))), 4);
  const six = (...to: readonly string[]): ReturnType<typeof parseRoutes> =>
    parseRoutes(JSON.stringify(to.map((dst) => ({ dst, gateway: 'fe80::1', dev: 'eth1', flags: [] }))), 6);
  for (const [name, routes, addresses] of [
    ['an address of either family, also where there is no default route', [], ['192.0.2.1', '2001:db8::1']],
    [
      'that no network of the host holds',
      [...four('default', '192.0.2.0/24', '198.51.100.1'), ...six('default', '2001:db8::/64')],
      ['203.0.113.1', '3fff::1'],
    ],
    ['by a tunnel as well', [...four('0.0.0.0/1', '128.0.0.0/1'), ...six('2000::/3')], ['192.0.2.1', '2001:db8::1']],
    [
      'and none where each is near',
      four('192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '198.18.0.0/15'),
      ['2001:db8::1'],
    ],
  ] as const) {
    test(name, () => {
      expect(farIn(routes).map(({ to }) => to)).toEqual(addresses);
    });
  }

  test('nor one that it is about to have', () => {
    expect(
      farIn([...four('default'), ...six('default')], {
        coming: ['192.0.2.5/24', 'default', '198.51.100.1/32', '2001:db8::/64'],
      }).map(({ to }) => to),
    ).toEqual(['203.0.113.1', '3fff::1']);
  });

  test('where there are several gateways, any of them will do', () => {
    const several = parseRoutes(
      JSON.stringify(['fe80::1', 'fe80::2'].map((gateway) => ({ dst: 'default', gateway, dev: 'eth1', flags: [] }))),
      6,
    );
    expect(farIn(four('default'), { going: ['10.0.0.1'], back: ['10.0.0.2'] })).toMatchObject([
      { family: 4, going: ['10.0.0.1'], back: ['10.0.0.2'] },
      { family: 6 },
    ]);
    expect(farIn(four('default'), { restored: [4] })).toMatchObject([
      { family: 4, any: true },
      { kind: 'way', family: 6, to: '2001:db8::1' },
    ]);
    expect(farIn([...four('default'), ...several])).toEqual([
      { kind: 'way', family: 4, to: '192.0.2.1' },
      { kind: 'way', family: 6, to: '2001:db8::1', any: true },
    ]);
  });

  test('is asked after the gateways, and afterwards has to be what it was', () => {
    const [probe] = probesFor([], 'h1', {
      gateways: [],
      far: [{ kind: 'way', family: 4, to: '192.0.2.1' }],
    });
    expect(probe).toEqual({
      name: 'default route of IPv4',
      target: { kind: 'way', family: 4, to: '192.0.2.1' },
      timeout: 1_000,
    });
    const answers: readonly Answer[] =
      probe === undefined ? [] : [{ probe, answered: true, ms: 1, said: 'via 203.0.113.1 from 203.0.113.11' }];
    expect(askedAgain(answers)).toMatchObject([
      { target: { kind: 'way', to: '192.0.2.1', was: 'via 203.0.113.1 from 203.0.113.11' }, timeout: 5_000 },
    ]);
  });
});

describe('before and after', () => {
  const answer = (host: string, answered: boolean, path?: true): Answer => ({
    probe: {
      name: host,
      target: { kind: 'ping', host },
      timeout: 1_000,
      ...(path === undefined ? {} : { path: ['probes', 0] }),
    },
    answered,
    ms: 1,
  });
  const before = [answer('a', true), answer('b', true, true), answer('c', false)];

  test('whoever answered is asked again; what the spec names with its own timeout, the rest with more', () => {
    expect(askedAgain(before)).toEqual([{ ...answer('a', true).probe, timeout: 5_000 }, answer('b', true, true).probe]);
  });
  test("of the operator's session it is known that it was there", () => {
    const session: Answer = {
      probe: { name: 'your SSH session', target: { kind: 'session', ...operator }, timeout: 1_000 },
      answered: true,
      ms: 1,
    };
    const [again] = askedAgain([session]);
    expect(again).toMatchObject({ target: { kind: 'session', peer: '198.51.100.7', wasThere: true }, timeout: 5_000 });
    expect(lost([session], again === undefined ? [] : [{ probe: again, answered: true, ms: 1 }])).toEqual([]);
  });
  test('lost is who answered and does not', () => {
    const again = askedAgain(before).map((probe): Answer => ({ probe, answered: false, ms: 9, why: 'no reply' }));
    expect(lost(before, again).map(({ probe, why }) => [probe.name, why])).toEqual([
      ['a', 'no reply'],
      ['b', 'no reply'],
    ]);
    expect(
      lost(
        before,
        again.map((one) => ({ ...one, answered: true })),
      ),
    ).toEqual([]);
  });
  test('who was not asked again counts as silent', () => {
    expect(lost(before, [answer('a', true)])).toMatchObject([{ probe: { name: 'b' }, answered: false }]);
  });
});
