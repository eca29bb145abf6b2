// test/kernel/disruption.test.ts — what a plan says that it does to packets is so: a change of each class, while guests
// talk. `npm run disruption` has all.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BusyHost, spares } from './busy-host.ts';
import type { Edit, Guest, Pair, Ran } from './busy-host.ts';
import { must } from './lab.ts';

/** Slow enough for a machine that has other things to do. */
const PACE = { udp: 1000, every: 2 };
/** A change in whose calm second something was lost is done again, to and fro. */
const TRIES = 3;

let host: BusyHost;
let former: Edit = () => undefined;
beforeAll(() => {
  host = new BusyHost(PACE);
  host.settle(host.spec(former));
});
afterAll(() => {
  host.close();
});

const out = (guest: Guest): Pair => ({ talk: 'out', guest });
const bridged = (guest: Guest, other: Guest): Pair => ({ talk: 'bridged', guest, other });
const ADDRESS = '198.51.100.17';
const float =
  (guest: Guest): Edit =>
  (spec) => {
    spec.instances[guest] = { nics: [{ ...spec.instances[guest]?.nics[0], floating: [ADDRESS] }] };
  };
const network =
  (name: string, more: Readonly<Record<string, unknown>>): Edit =>
  (spec) => {
    spec.networks[name] = { ...spec.networks[name], ...more };
  };

/** From what the host has to the next. */
async function change(to: Edit, concerned: Pair, bystander: Pair, patience = 5_000): Promise<Ran> {
  for (let tries = 1; ; tries++) {
    const ran = await host.change(host.spec(to), { concerned, bystander, patience });
    const isCalm = ran.calm.every(({ ping, udp }) => ping.lost + udp.lost === 0);
    if (isCalm || tries === TRIES) {
      expect(isCalm, 'nothing is lost without a change').toBe(true);
      former = to;
      return ran;
    }
    must(host.lab.netctl(['apply', '--yes'], { spec: host.spec(former) }));
  }
}

const whole = { ping: { lost: 0 }, udp: { lost: 0 }, broken: undefined };

describe('no packet is lost', () => {
  for (const [name, to, concerned, bystander, said] of [
    ['by a second apply', () => undefined, out('vm-1'), { talk: 'host' }, 'none'],
    [
      'by twenty instances more',
      (spec) => {
        for (let i = 0; i < 20; i++) spec.instances[`more-${i}`] = { nics: [{ network: 'lab' }] };
      },
      out('vm-1'),
      bridged('vm-3', 'vm-4'),
      'none',
    ],
    [
      'by a DHCP option, where many instances go',
      network('lab', { dhcp: { options: ['option:ntp-server,10.0.0.1'] } }),
      out('vm-1'),
      out('vm-3'),
      undefined,
    ],
    ['by a larger MTU of guests', network('lab', { mtu: 1600 }), out('vm-1'), out('vm-3'), 'none'],
    ['by a floating address more', float('vm-1'), out('vm-1'), bridged('vm-1', 'vm-2'), undefined],
  ] as readonly (readonly [string, Edit, Pair, Pair, string | undefined])[]) {
    test(name, async () => {
      const ran = await change(to, concerned, bystander);
      if (said !== undefined) expect(ran.said).toBe(said);
      expect(ran.concerned).toMatchObject(whole);
      expect(ran.bystander).toMatchObject(whole);
    });
  }
});

test('a floating address that moves has its connections cut, and no others', async () => {
  const ran = await change(float('vm-2'), { talk: 'floating', guest: 'vm-1', address: ADDRESS }, out('vm-3'), 500);
  expect(ran.said).toBe('flows of vm-1; new connections');
  expect(ran.concerned?.broken).toBeDefined();
  expect(ran.bystander).toMatchObject(whole);
});

test('a bridge that gets another name is interrupted for a moment, and not until the kernel asks again who is where', async () => {
  const ran = await change(network('lab', { bridge: 'br-new' }), out('vm-1'), out('vm-3'));
  expect(ran.said).toMatch(/^link br-lab; flows of /);
  expect(spares(ran)).toBe(false);
  expect(ran.concerned?.broken).toBeUndefined();
  // The kernel asks after seconds: within the apply it has not.
  expect(ran.concerned?.gap).toBeLessThan(ran.took);
  expect(ran.bystander).toMatchObject(whole);
});

test("guests hear of a gateway's other MAC at once, also those that the host has nothing to say to", () => {
  const guest = host.namespaces['vm-6'];
  const known = (): string => /lladdr (\S+)/.exec(host.lab.ip(guest, 'neighbour show 10.0.2.1'))?.[1] ?? 'none';
  expect(host.lab.pings(guest, '10.0.2.1')).toBe(true);
  expect(known()).toBe('02:00:00:00:00:e2');
  must(host.lab.netctl(['apply', '--yes'], { spec: host.spec(network('office', { interface: 'eth3' })) }));
  expect(known()).toBe('02:00:00:00:00:e3');
});
