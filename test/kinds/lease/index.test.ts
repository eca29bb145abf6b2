// test/kinds/lease/index.test.ts — leases that may not be held any more are released, after the server knows it.
import { describe, expect, test } from 'vitest';
import { createFileKind } from '../../../src/kinds/file/index.ts';
import type { File } from '../../../src/kinds/file/model.ts';
import { lease as kind } from '../../../src/kinds/lease/index.ts';
import type { Lease } from '../../../src/kinds/lease/model.ts';
import { parseLeases } from '../../../src/kinds/lease/parse.ts';
import { createProcessKind } from '../../../src/kinds/process/index.ts';
import type { Process } from '../../../src/kinds/process/model.ts';
import { createWhole } from '../../fake-host/whole.ts';
import { Bench } from '../bench.ts';

const directory = '/var/lib/netctl/networks/lab';
const file = `${directory}/leases`;
const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';

const lease = (ip: string, mac: string): Lease => ({
  kind: 'lease',
  link: 'br1',
  ip,
  mac,
  file,
  cidr: '10.0.0.0/24',
  server: 'dnsmasq-lab',
});
/** A network with its server, as a feature wants it. */
const network = (guests: Readonly<Record<string, string>>): readonly (File | Process | Lease)[] => {
  const text = Object.entries(guests)
    .map(([mac, ip]) => `${mac},${ip},guest\n`)
    .join('');
  return [
    { kind: 'file', path: `${directory}/hosts`, text },
    { kind: 'file', path: file },
    {
      kind: 'process',
      name: 'dnsmasq-lab',
      config: text.replaceAll('\n', ' '),
      on: [],
      argv: [
        'dnsmasq',
        '--pid-file=/run/netctl/dnsmasq-lab.pid',
        '--interface=br1',
        '--listen-address=10.0.0.1',
        `--dhcp-hostsfile=${directory}/hosts`,
        `--dhcp-leasefile=${file}`,
      ],
    },
    ...Object.entries(guests).map(([mac, ip]) => lease(ip, mac)),
  ];
};

async function settled(
  guests: Readonly<Record<string, string>>,
): Promise<{ readonly bench: Bench; readonly ask: (mac: string) => string | undefined; readonly held: () => string }> {
  const { host, ip, dnsmasq } = createWhole();
  ip.do('link add name br1 type bridge', 'link set dev br1 up', 'address add 10.0.0.1/24 metric 117 dev br1');
  const bench = new Bench(host, [createFileKind(['/var/lib/netctl/networks']), createProcessKind('/run/netctl'), kind]);
  await bench.apply(network(guests));
  return { bench, ask: (mac) => dnsmasq.ask('br1', mac), held: () => host.disk.read(file) ?? '' };
}

test('a lease that may be held needs nothing, held or not', async () => {
  const { bench, ask } = await settled({ [A]: '10.0.0.3', [B]: '10.0.0.4' });
  expect(ask(A)).toBe('10.0.0.3');
  expect((await bench.plan(network({ [A]: '10.0.0.3', [B]: '10.0.0.4' }))).steps).toEqual([]);
});

test('one that may not is released, after the server has read that it may not', async () => {
  const { bench, ask, held } = await settled({ [A]: '10.0.0.3', [B]: '10.0.0.4' });
  for (const mac of [A, B]) ask(mac);
  const ops = await bench.apply(network({ [B]: '10.0.0.4' }));
  expect(ops.flatMap((op) => (op.op === 'run' ? [op.argv.join(' ')] : op.op === 'signal' ? [op.signal] : []))).toEqual([
    'HUP',
    `dhcp_release br1 10.0.0.3 ${A}`,
  ]);
  expect(parseLeases(held())).toEqual([{ ip: '10.0.0.4', mac: B }]);
  expect((await bench.plan(network({ [B]: '10.0.0.4' }))).steps).toEqual([]);
});

test('two that swap their addresses are both released', async () => {
  const { bench, ask, held } = await settled({ [A]: '10.0.0.3', [B]: '10.0.0.4' });
  for (const mac of [A, B]) ask(mac);
  await bench.apply(network({ [A]: '10.0.0.4', [B]: '10.0.0.3' }));
  expect(held()).toBe('');
  expect([ask(A), ask(B)]).toEqual(['10.0.0.4', '10.0.0.3']);
});

test('with the network its leases go; none is released one by one', async () => {
  const { bench, ask } = await settled({ [A]: '10.0.0.3' });
  ask(A);
  expect((await bench.apply([])).filter(({ op }) => op === 'run')).toEqual([]);
  expect((await bench.plan([])).steps).toEqual([]);
});

test('those that could be there are held, or their server knows the guest', async () => {
  const { bench, ask } = await settled({ [A]: '10.0.0.3' });
  expect(await kind.mayBe?.(bench.host, [lease('10.0.0.3', A), lease('10.0.0.3', B), lease('10.0.0.4', A)])).toEqual([
    lease('10.0.0.3', A),
  ]);
  ask(A);
  await bench.host.perform({ op: 'write', path: `${directory}/hosts`, text: `${B},10.0.0.4,guest\n` });
  expect(await kind.mayBe?.(bench.host, [lease('10.0.0.3', A), lease('10.0.0.4', B), lease('10.0.0.5', B)])).toEqual([
    lease('10.0.0.3', A),
    lease('10.0.0.4', B),
  ]);
});

describe('reads', () => {
  for (const [name, line, held] of [
    ['a lease', `1700000000 ${A} 10.0.0.3 guest 01:${A}`, [{ ip: '10.0.0.3', mac: A }]],
    ['one without names', `0 ${A} 10.0.0.3 * *`, [{ ip: '10.0.0.3', mac: A }]],
    ['one with its hardware type', `1700000000 06-${A} 10.0.0.3 * *`, [{ ip: '10.0.0.3', mac: A }]],
    ["not the server's own line", 'duid 00:01:00:01:2c:3a', []],
    ['not a DHCPv6 lease', '1700000000 123456 fd00::3 guest 00:01', []],
    ['not half a line', `1700000000 ${A} 10.0.0`, []],
  ] as const)
    test(name, () => expect(parseLeases(`${line}\n`)).toEqual(held));
});

test('says whose it is', () => expect(kind.describe(lease('10.0.0.3', A))).toBe(`10.0.0.3 of ${A} on br1`));

test('one of a range that the network has no more is released while its server has the address still, and not asked of a later one', async () => {
  const { bench, ask, held } = await settled({ [A]: '10.0.0.3' });
  ask(A);
  const other = network({ [A]: '10.1.0.3' }).map((one) =>
    one.kind === 'lease' ? { ...one, cidr: '10.1.0.0/24' } : one,
  );
  const { changes } = await bench.plan(other);
  expect(changes.find(({ ref }) => ref === `lease br1 10.0.0.3 ${A}`)).toMatchObject({
    verb: 'delete',
    before: { heardBy: ['address br1 10.0.0.1/24', 'process dnsmasq-lab'] },
  });
  expect(held()).toContain('10.0.0.3');
});
