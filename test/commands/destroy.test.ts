// test/commands/destroy.test.ts — everything of ours goes, everything borrowed is restored, with consent.
import { expect, test } from 'vitest';
import { Bench, specOf } from './bench.ts';

const HOST = `interface eth1
address add 203.0.113.11/24 brd 203.0.113.255 dev eth1
route add default via 203.0.113.1 dev eth1
tuntap add dev vnet0 mode tap
`;
const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br100, interface: eth1, cidr: 10.0.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
  vm-2: { nics: [{ network: lab, device: { type: external, name: vnet0 } }] }
`;

test('needs no spec, says what it does, and leaves the host as it was', async () => {
  const bench = new Bench(HOST);
  const before = bench.scene.snapshot();
  await bench.apply(SPEC);
  const { code, out, err } = await bench.destroy();
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^h1: 2 to add, 3 to change, \d+ to remove\n/);
  expect(out).toMatch(/^ {2}\+ address 203\.0\.113\.11\/24 on eth1 +none +restored$/m);
  expect(out).toMatch(/^ {2}- link +br100 bridge +link br100 +no longer in spec$/m);
  expect(bench.scene.snapshot()).toBe(before);
});

test('afterwards there is nothing to do, and nobody holds an address', async () => {
  const bench = new Bench();
  await bench.apply(specOf('vm-1', 'vm-2'));
  await bench.destroy();
  expect(await bench.destroy({ yes: false })).toEqual({ code: 0, out: 'h1: nothing to do\n', err: '' });
  expect((await bench.plan(specOf('vm-2'), { commands: true })).out).toContain('vm-2/lab 10.0.0.2 ');
});

test('on a host that never had anything it is content', async () => {
  expect(await new Bench(HOST).destroy({ yes: false })).toEqual({ code: 0, out: 'h1: nothing to do\n', err: '' });
});

test('without a terminal it needs --yes; on one it asks', async () => {
  const bench = new Bench(HOST);
  await bench.apply(SPEC);
  const before = bench.scene.snapshot();
  expect(await bench.destroy({ yes: false })).toMatchObject({
    code: 1,
    err: 'netctl: the plan removes something, and there is nobody to ask: pass --yes. Nothing was changed\n',
  });
  expect(await bench.destroy({ yes: false }, { ask: () => Promise.resolve(false) })).toMatchObject({
    code: 1,
    err: 'netctl: nothing was changed\n',
  });
  expect(bench.scene.snapshot()).toBe(before);
  const asked: string[] = [];
  const ask = (question: string): Promise<boolean> => {
    asked.push(question);
    return Promise.resolve(true);
  };
  expect(await bench.destroy({ yes: false }, { ask })).toMatchObject({ code: 0 });
  expect(asked).toEqual(['Remove everything netctl has on this host?']);
});

test('with -o json it says what it did as one document', async () => {
  const bench = new Bench();
  await bench.apply(specOf('vm-1'));
  const { code, out } = await bench.destroy({}, { output: 'json' });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ kind: 'Plan', host: 'h1' });
});

test('what fails is said, what was borrowed is not forgotten, and the next one restores it', async () => {
  const bench = new Bench(HOST);
  const before = bench.scene.snapshot();
  await bench.apply(SPEC);
  bench.scene.whole.host.failAt(6);
  expect((await bench.destroy()).code).toBe(1);
  expect((await bench.destroy()).code).toBe(0);
  expect(bench.scene.snapshot()).toBe(before);
});
