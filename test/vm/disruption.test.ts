// test/vm/disruption.test.ts — what a plan says that changes of VLANs do to packets is so. `npm run disruption --
// --vlan` has all.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BusyHost } from '../kernel/busy-host.ts';
import type { Edit, Ran } from '../kernel/busy-host.ts';

/** Little to serve: an emulated processor is slow. */
const few: Edit = (spec) => {
  for (const guest of ['vm-2', 'vm-3', 'vm-4', 'vm-6']) Reflect.deleteProperty(spec.instances, guest);
  spec.networks['office'] = { ...spec.networks['office'], mode: 'flat' };
};
const from: Edit = (spec) => {
  few(spec);
  Reflect.deleteProperty(spec.networks, 'side');
};
const to: Edit = (spec) => {
  few(spec);
  spec.networks['lab'] = { ...spec.networks['lab'], vlan: 102, bridge: 'br100' };
};
/** A change in whose calm second something was lost is done again, to and fro. */
const TRIES = 3;

let host: BusyHost;
let ran: Ran | undefined;
beforeAll(async () => {
  host = new BusyHost({ udp: 100, every: 50 }, 'trunk');
  for (
    let tries = 0;
    tries < TRIES && !(ran?.calm.every(({ ping, udp }) => ping.lost + udp.lost === 0) ?? false);
    tries++
  ) {
    host.settle(host.spec(from), []);
    // On the wire nobody needs more than an address, and that is quicker than a lease.
    for (const [guest, address] of [
      ['vm-1', '10.0.0.5'],
      ['vm-5', '10.0.2.5'],
    ] as const)
      host.lab.ip(host.namespaces[guest], `address replace ${address}/24 dev eth0`);
    ran = await host.change(host.spec(to), {
      concerned: { talk: 'wire', guest: 'vm-1' },
      bystander: { talk: 'wire', guest: 'vm-5' },
      patience: 10_000,
    });
  }
});
afterAll(() => {
  host.close();
});

test('nothing is lost without a change', () => {
  expect(ran?.calm).toMatchObject([
    { ping: { lost: 0 }, udp: { lost: 0 } },
    { ping: { lost: 0 }, udp: { lost: 0 } },
  ]);
});

test('a VLAN that gets another id is interrupted for a moment', () => {
  expect(ran?.said).toMatch(/^link vlan100; /);
  expect(ran?.concerned?.broken).toBeUndefined();
});

test('what is untagged on the same interface loses nothing by that, nor by another VLAN beside it', () => {
  expect(ran?.bystander).toMatchObject({ ping: { lost: 0 }, udp: { lost: 0 }, broken: undefined });
});
