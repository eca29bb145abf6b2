// test/commands/ip.test.ts — netctl ip: which addresses are free, which are used and by whom, and what an address is.
import { describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';

const HOST =
  'interface eth1\naddress add 198.51.100.20/24 brd + dev eth1\nroute add default via 198.51.100.21 dev eth1\n';
const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1, sourceAddress: 198.51.100.22 } }
networks:
  lab:
    mode: flat-dhcp
    interface: null
    cidr: 10.0.0.0/24
    allocate: [10.0.0.0/28]
    reserve: [10.0.0.4-10.0.0.6]
    dhcp: { server: 10.0.0.3 }
  office: { mode: flat, interface: null, cidr: 10.1.0.0/30 }
pools:
  public: { ranges: [198.51.100.16/29] }
instances:
  vm-1: { nics: [{ network: lab, floating: [{ pool: public }] }, { network: office }] }
  vm-2: { nics: [{ network: lab, address: 10.0.0.5, floating: [198.51.100.18] }] }
`;
const LATER = SPEC.replace(
  '  vm-1: {',
  '  vm-3: { nics: [{ network: lab, address: 10.0.0.99 }, { network: lab }] }\n  vm-1: {',
).replace(/ {2}vm-2: .*\n/, '');

async function bench(): Promise<Bench> {
  const made = new Bench(HOST);
  await made.apply(SPEC);
  return made;
}

describe('before anything was applied', () => {
  for (const [verb, operand, out] of [
    [
      'free',
      'lab',
      'lab: 10 addresses free, 3 used, 2 reserved, 1 to be given out by the next apply\n  10.0.0.2\n  10.0.0.7-10.0.0.15\n',
    ],
    ['free', 'office', 'office: 1 address free, 1 used, 1 to be given out by the next apply\n  10.1.0.2\n'],
    [
      'used',
      'public',
      `public: 2 addresses free, 4 used, 1 to be given out by the next apply
  198.51.100.18  floating address of vm-2/lab (10.0.0.5), from the next apply on  spec.yaml:16 instances.vm-2.nics[0].floating[0]
  198.51.100.20  this host has it on eth1
  198.51.100.21  this host's router on eth1
  198.51.100.22  source of SNAT                                                   spec.yaml:2 hosts.h1.sourceAddress
`,
    ],
  ] as const)
    test(`${verb} ${operand}`, async () =>
      expect(await new Bench(HOST).ip(verb, SPEC, operand)).toEqual({ code: 0, out, err: '' }));
});

describe('after an apply', () => {
  for (const [verb, operand, out] of [
    ['free', 'lab', 'lab: 9 addresses free, 4 used, 2 reserved\n  10.0.0.7-10.0.0.15\n'],
    [
      'used',
      'lab',
      `lab: 9 addresses free, 4 used, 2 reserved
  10.0.0.1           gateway                     spec.yaml:4 networks.lab.gateway
  10.0.0.2           fixed address of vm-1/lab   spec.yaml:15 instances.vm-1.nics[0]
  10.0.0.3           the host's own address      spec.yaml:10 networks.lab.dhcp.server
  10.0.0.4-10.0.0.6  reserved: for who names it  spec.yaml:9 networks.lab.reserve[0]
  10.0.0.5           fixed address of vm-2/lab   spec.yaml:16 instances.vm-2.nics[0]
`,
    ],
    ['free', 'pools.public', 'public: 1 address free, 5 used\n  198.51.100.19\n'],
    ['show', '10.0.0.2', '10.0.0.2\n  network lab  fixed address of vm-1/lab  spec.yaml:15 instances.vm-1.nics[0]\n'],
    ['show', '10.0.0.5', '10.0.0.5\n  network lab  fixed address of vm-2/lab  spec.yaml:16 instances.vm-2.nics[0]\n'],
    [
      'show',
      '198.51.100.17',
      '198.51.100.17\n  pool public  floating address of vm-1/lab (10.0.0.2)  spec.yaml:15 instances.vm-1.nics[0].floating[0]\n',
    ],
    ['show', '10.0.0.6', '10.0.0.6\n  network lab  reserved: for who names it  spec.yaml:9 networks.lab.reserve[0]\n'],
    ['show', '10.0.0.9', '10.0.0.9\n  network lab  free  spec.yaml:4 networks.lab\n'],
    ['show', '10.0.0.99', '10.0.0.99\n  network lab  free, for who names it  spec.yaml:4 networks.lab\n'],
    ['show', '10.0.0.255', '10.0.0.255\n  network lab  network or broadcast address  spec.yaml:4 networks.lab\n'],
    ['show', '10.1.0.1', '10.1.0.1\n  network office  gateway  spec.yaml:11 networks.office.gateway\n'],
    ['show', '192.0.2.1', '192.0.2.1: in no network or pool of the spec\n'],
  ] as const)
    test(`${verb} ${operand}`, async () =>
      expect(await (await bench()).ip(verb, SPEC, operand)).toEqual({ code: 0, out, err: '' }));
});

describe('a spec that is not applied yet', () => {
  test('used: who comes, who goes', async () => {
    expect(
      (await (await bench()).ip('used', LATER, 'lab')).out
        .split('\n')
        .map((line) => line.replace(/ {2,}spec.*/, '').trim()),
    ).toEqual([
      'lab: 9 addresses free, 5 used, 2 reserved, 1 to be given out by the next apply',
      '10.0.0.1           gateway',
      '10.0.0.2           fixed address of vm-1/lab',
      "10.0.0.3           the host's own address",
      '10.0.0.4-10.0.0.6  reserved: for who names it',
      '10.0.0.5           fixed address of vm-2/lab, until the next apply',
      '10.0.0.99          fixed address of vm-3/lab, from the next apply on',
      '',
    ]);
  });
  test('and what is released rests', async () => {
    const applied = await bench();
    await applied.apply(LATER);
    expect((await applied.ip('show', LATER, '10.0.0.5')).out).toBe(
      "10.0.0.5\n  network lab  quarantined until 1970-01-01T00:02:00Z, was vm-2/lab's\n",
    );
    expect((await applied.ip('show', LATER, '10.0.0.5', { now: () => new Date(121_000) })).out).toContain('reserved');
  });
});

test('nothing is changed, and nothing saved', async () => {
  const applied = await bench();
  const [before, saves] = [applied.scene.snapshot(), applied.saves];
  for (const operand of ['lab', 'public'])
    for (const verb of ['free', 'used'] as const) await applied.ip(verb, LATER, operand);
  expect([applied.scene.snapshot(), applied.saves]).toEqual([before, saves]);
});

test('what is free is what is given out, in that order', async () => {
  const { out } = await (await bench()).ip('free', SPEC, 'lab', { output: 'json' });
  expect(JSON.parse(out)).toMatchObject({ free: 9, ranges: [{ first: '10.0.0.7', last: '10.0.0.15', count: 9 }] });
  const many = `${SPEC}${Array.from({ length: 9 }, (_, i) => `  more-${i}: { nics: [{ network: lab }] }\n`).join('')}`;
  const full = await bench();
  expect((await full.apply(many)).code).toBe(0);
  expect((await full.ip('free', many, 'lab')).out).toBe('lab: 0 addresses free, 13 used, 2 reserved\n');
  const one = SPEC.replace('vm-2:', 'vm-4: { nics: [{ network: lab, floating: [{ pool: public }] }] }\n  vm-2:');
  const pool = await bench();
  expect((await pool.apply(one)).code).toBe(0);
  expect((await pool.ip('free', one, 'public')).out).toBe('public: 0 addresses free, 6 used\n');
  expect((await pool.ip('show', one, '198.51.100.19')).out).toContain('vm-4/lab');
});

describe('slips', () => {
  for (const [name, verb, spec, operand, said] of [
    ['no such network', 'free', SPEC, 'lap', 'netctl: the spec has no network or pool lap: did you mean lab?\n'],
    [
      'nothing like it',
      'used',
      SPEC,
      'xyzzy',
      'netctl: the spec has no network or pool xyzzy: it has lab, office, public\n',
    ],
    [
      'a network and a pool',
      'free',
      SPEC.replace('  public:', '  lab:').replaceAll('pool: public', 'pool: lab'),
      'lab',
      'netctl: lab is a network and a pool: say networks.lab or pools.lab\n',
    ],
    ['no address', 'show', SPEC, '10.0.0.256', 'netctl: 10.0.0.256 is not an IPv4 address\n'],
  ] as const)
    test(name, async () =>
      expect(await new Bench(HOST).ip(verb, spec, operand)).toEqual({ code: 64, out: '', err: said }),
    );
});
