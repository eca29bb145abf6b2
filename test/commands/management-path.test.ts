// test/commands/management-path.test.ts — an operator who came by SSH over the very uplink that goes into a bridge:
// each verb, with and without somebody to ask.
import { expect, test } from 'vitest';
import type { World } from '../../src/pipeline/world.ts';
import { Bench } from './bench.ts';

const HOST =
  'interface eth1\naddress add 203.0.113.11/24 brd 203.0.113.255 dev eth1\nroute add default via 203.0.113.1 dev eth1\n';
const spec = (rest = ''): string =>
  `apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br100, interface: eth1, cidr: 10.0.0.0/24, snat: false }\n${rest}`;
const bySsh = (local: string): Partial<World> => ({
  operator: () => ({ peer: '198.51.100.7', peerPort: 50_022, local, localPort: 22 }),
});
const own = bySsh('203.0.113.11');
const SAID =
  /^spec\.yaml:3:\d+: warning: your SSH session from 198\.51\.100\.7 arrives at 203\.0\.113\.11 on eth1, and this plan touches its way: it .*link eth1 into br100.*\[management-path\]$/m;

test('plan says it, and all the rest', async () => {
  const { code, out, err } = await new Bench(HOST).plan(spec(), {}, own);
  expect([code, err]).toEqual([0, expect.stringMatching(SAID)]);
  expect(out).toContain('~ link    eth1 into br100');
});

test('with -o json the plan is the document all the same', async () => {
  const { code, out, err } = await new Bench(HOST).plan(spec(), {}, { ...own, output: 'json' });
  expect([code, err, JSON.parse(out)]).toEqual([
    0,
    expect.stringMatching(SAID),
    expect.objectContaining({ kind: 'Plan' }),
  ]);
});

test('without anybody to ask nothing is done, until --yes', async () => {
  const bench = new Bench(HOST);
  const before = bench.scene.snapshot();
  const refused = await bench.apply(spec(), { yes: false }, own);
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringContaining(
      'netctl: the plan needs confirmation (management-path), and there is nobody to ask: pass --yes. Nothing was changed\n',
    ),
  ]);
  expect(bench.scene.snapshot()).toBe(before);
  const { code, out, err } = await bench.apply(spec(), { yes: true }, { ...own, output: 'json' });
  expect([code, err, JSON.parse(out)]).toEqual([
    0,
    expect.stringMatching(SAID),
    expect.objectContaining({ kind: 'Plan' }),
  ]);
});

test('on a terminal it is said before it is asked', async () => {
  const bench = new Bench(HOST);
  let saidBefore = '';
  const world: Partial<World> = {
    ...own,
    print: {
      out: () => undefined,
      err: (text) => {
        saidBefore += text;
      },
    },
  };
  expect(
    await bench.apply(
      spec(),
      { yes: false },
      {
        ...world,
        ask: () => {
          expect(saidBefore).toMatch(SAID);
          return Promise.resolve(false);
        },
      },
    ),
  ).toMatchObject({ code: 1 });
  expect(await bench.apply(spec(), { yes: false }, { ...world, ask: () => Promise.resolve(true) })).toMatchObject({
    code: 0,
  });
});

test('what does not touch it needs no yes, nor is anything said of it', async () => {
  const bench = new Bench(HOST);
  await bench.apply(spec());
  expect(
    await bench.apply(spec('instances: { vm-1: { nics: [{ network: lab }] } }\n'), { yes: false }, own),
  ).toMatchObject({ code: 0, err: 'done; what replied before is probed again\n' });
});

test('nor is it where the session came to another host, as a namespace is one', async () => {
  expect(await new Bench(HOST).plan(spec(), {}, bySsh('192.0.2.11'))).toMatchObject({ code: 0, err: '' });
});

test('status does not speak of it', async () => {
  expect(await new Bench(HOST).status(spec(), own)).toMatchObject({ code: 2, err: '' });
});

test('destroy says that what it restores is the way in; of the networks that go, the plan is enough', async () => {
  const bench = new Bench(HOST);
  await bench.apply(spec('instances: { vm-1: { nics: [{ network: lab }] } }\n'));
  const { code, err } = await bench.destroy({ yes: true }, own);
  expect(code).toBe(0);
  expect(err).toMatch(/arrives at 203\.0\.113\.11 on br100, and this plan touches its way: .*\[management-path\]/);
  expect(err).not.toContain('network-in-use');
});
