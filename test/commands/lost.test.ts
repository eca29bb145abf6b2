// test/commands/lost.test.ts — a lost store: whoever runs keeps the addresses by which it is known, fixed and floating.
import { expect, test } from 'vitest';
import { Bench } from './bench.ts';

const spec = (instances: Readonly<Record<string, string>>): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, interface: null, cidr: 10.0.0.0/24 } }
pools: { a: { ranges: [198.51.100.16/28] } }
instances:
${Object.entries(instances)
  .map(([name, floating]) => `  ${name}: { nics: [{ network: lab, floating: [${floating}] }] }\n`)
  .join('')}`;

const A = '{ pool: a }';
const RUNNING = spec({ 'vm-2': `${A}, ${A}`, 'vm-3': `198.51.100.30, ${A}` });

/** Who came first has left: nobody has what a fresh start would give. */
async function running(): Promise<Bench> {
  const bench = new Bench('interface eth1\naddress add 203.0.113.11/24 dev eth1\nlink set dev eth1 up\n');
  for (const text of [
    spec({ 'vm-1': A, 'vm-2': A, 'vm-3': `198.51.100.30, ${A}` }),
    spec({ 'vm-2': A, 'vm-3': `198.51.100.30, ${A}` }),
    RUNNING,
  ])
    expect(await bench.apply(text)).toMatchObject({ code: 0, err: '' });
  return bench;
}

const used = async (bench: Bench): Promise<readonly string[]> =>
  (await bench.ip('used', RUNNING, 'a')).out.match(/\S+ +floating address of \S+/g) ?? [];
const KNOWN = [
  '17  floating address of vm-2/lab',
  '18  floating address of vm-2/lab',
  '19  floating address of vm-3/lab',
  '30  floating address of vm-3/lab',
].map((line) => `198.51.100.${line}`);

test('what the host holds is what is wanted', async () => {
  const bench = await running();
  expect(await used(bench)).toEqual(KNOWN);
  const rules = bench.scene.whole.iptables.text();
  expect(rules).toMatch(/-s 10\.0\.0\.3\/32 -o eth1 .*--to-source 198\.51\.100\.18$/m);
  await bench.forget();
  expect(await used(bench)).toEqual(KNOWN);
  expect((await bench.plan(RUNNING)).out).toBe('h1: nothing to do\n');
  expect(await bench.apply(RUNNING)).toMatchObject({ code: 0, err: '' });
  expect(bench.scene.whole.iptables.text()).toBe(rules);
  // The store is there again, and needs the host no more.
  bench.scene.befall('*nat\n-F netctl-dnat-198.51.100.0\nCOMMIT');
  expect((await bench.plan(RUNNING)).out).toContain('netctl-dnat-198.51.100.0');
  expect(await used(bench)).toEqual(KNOWN);
});

test('with all that was in the state directory: its files are written again, and nothing else', async () => {
  const bench = await running();
  await bench.forget({ files: true });
  const { out } = await bench.plan(RUNNING);
  expect(
    out.split('\n').filter((line) => /^ {2}[-+~±] /.test(line) && !/^ {2}(\+ file|~ process) /.test(line)),
  ).toEqual([]);
  const rules = bench.scene.whole.iptables.text();
  expect(await bench.apply(RUNNING)).toMatchObject({ code: 0, err: '' });
  expect(bench.scene.whole.iptables.text()).toBe(rules);
});

test('a plan that was run by hand is known of', async () => {
  const bench = await running();
  const store = await bench.kept();
  const more = (second: string): string =>
    spec({ 'vm-2': `${A}, ${A}`, 'vm-3': `198.51.100.30, ${A}${second}`, 'vm-4': A });
  for (const second of ['', `, ${A}`]) expect(await bench.apply(more(second))).toMatchObject({ code: 0 });
  await bench.restore(store);
  expect((await bench.plan(more(`, ${A}`))).out).toBe('h1: nothing to do\n');
});

test('killed again before what was half moved is there, it is still not taken for removed', async () => {
  const uplink =
    'apiVersion: netctl/v1\nnetworks: { lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 10.0.0.0/24 } }\n';
  const bench = new Bench(
    'interface eth1\naddress add 203.0.113.11/24 dev eth1\naddress add 203.0.113.12/24 dev eth1\nlink set dev eth1 up\n',
  );
  expect(await bench.apply(uplink)).toMatchObject({ code: 0, err: '' });
  await bench.restore({ ...(await bench.kept()), moving: true });
  bench.scene.befall('address del 203.0.113.12/24 dev br-lab');
  const killed = new Error('killed');
  await expect(
    bench.apply(
      uplink,
      {},
      {
        driver: Object.assign(Object.create(bench.scene.whole.host) as typeof bench.scene.whole.host, {
          perform: () => Promise.reject(killed),
        }),
      },
    ),
  ).rejects.toBe(killed);
  expect(await bench.apply(uplink)).toMatchObject({ code: 0, err: '' });
  expect((await bench.kept()).moving).toBeUndefined();
  expect(JSON.stringify((await bench.kept()).originals)).toContain('203.0.113.12/24');
});
