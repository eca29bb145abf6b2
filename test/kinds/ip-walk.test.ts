// test/kinds/ip-walk.test.ts — the walk of the kinds that speak `ip`, on the fake host.
import { expect, test } from 'vitest';
import type { Resource, Want } from '../../src/core/resource.ts';
import type { Address } from '../../src/kinds/address/model.ts';
import { FakeHost, PowerCut } from '../fake-host/index.ts';
import { createIp } from '../fake-host/ip.ts';
import { createSysctl } from '../fake-host/sysctl.ts';
import type { FakeIp } from '../fake-host/ip.ts';
import { DRIFT, FOREIGN, Keeper, randomOf, randomWants, UPLINK } from './ip-walk.ts';

const WALKS = 25;
const STEPS = 12;

for (const promotes of [false, true]) {
  test(`from any wanted set to any other, killed anywhere, then settled; secondaries of the uplink ${promotes ? 'promoted' : 'not promoted'}`, async () => {
    for (let seed = 1; seed <= WALKS; seed++) {
      const random = randomOf(seed);
      const ip = createIp({ interfaces: ['eth1', 'eth2'], namespaces: ['g1', 'g2', 'g3'] });
      ip.kernel.device(ip.kernel.namespace(''), 'eth1').promotes = promotes;
      ip.do(...UPLINK, ...FOREIGN);
      const untouched = ip.snapshot();
      const host = new FakeHost({ tools: { ip, sysctl: createSysctl(ip.kernel) } });
      const keeper = new Keeper(host);
      for (let step = 0; step < STEPS; step++) {
        const wants = randomWants(random, ['g1', 'g2', 'g3']);
        if (random(2) === 0) {
          host.killAfter(random(20));
          await keeper.apply(wants).catch(ignorePowerCut);
          host.killAfter(Infinity);
        }
        // A crash may have left the uplink's own address to be added by hand: then somebody waits for the next run.
        for (let i = random(4); i > 0; i--) drift(ip, DRIFT[random(DRIFT.length)]);
        expect(await keeper.apply(wants), `seed ${seed}, step ${step}`).toEqual([]);
        expect(firstAddresses(ip), `seed ${seed}, step ${step}`).toMatchObject(firstWanted(wants));
        const effects = host.effects;
        expect(await keeper.apply(wants)).toEqual([]);
        expect(host.effects, 'the second apply sends nothing').toBe(effects);
      }
      expect(await keeper.apply([]), `seed ${seed}, the end`).toEqual([]);
      expect(ip.snapshot(), `seed ${seed}`).toBe(untouched);
      expect(keeper.originals.size).toBe(0);
    }
  });
}

function drift(ip: FakeIp, done: (typeof DRIFT)[number] | undefined): void {
  if (done === undefined) return;
  const [line, netns] = done;
  ip.run({ argv: ['ip', ...line.split(' ')], ...(netns === undefined ? {} : { netns }) });
}

function firstAddresses(ip: FakeIp): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    [...ip.kernel.namespace('').devices.values()].map((device) => [
      device.name,
      device.addresses.all().find((held) => held.family === 4)?.cidr,
    ]),
  );
}

function firstWanted(wants: readonly Want[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    wants.flatMap(({ resource }) => (isFirst(resource) ? [[resource.link, resource.cidr]] : [])),
  );
}

function isFirst(resource: Resource): resource is Address {
  return resource.kind === 'address' && 'first' in resource;
}

function ignorePowerCut(error: unknown): void {
  if (!(error instanceof PowerCut)) throw error;
}
