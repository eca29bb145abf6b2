// test/kinds/ip-walk.test.ts — the walk of the kinds that speak `ip`, on the fake host.
import { expect, test } from 'vitest';
import { FakeHost, PowerCut } from '../fake-host/index.ts';
import { createIp } from '../fake-host/ip.ts';
import { createSysctl } from '../fake-host/sysctl.ts';
import { Keeper, randomOf, randomWants, UPLINK } from './ip-walk.ts';

const WALKS = 40;
const STEPS = 12;

for (const promotes of [false, true]) {
  test(`from any wanted set to any other, killed anywhere, then settled; secondaries of the uplink ${promotes ? 'promoted' : 'not promoted'}`, async () => {
    for (let seed = 1; seed <= WALKS; seed++) {
      const random = randomOf(seed);
      const ip = createIp({ interfaces: ['eth1', 'eth2'], namespaces: ['g1', 'g2', 'g3'] });
      ip.kernel.device(ip.kernel.namespace(''), 'eth1').promotes = promotes;
      ip.do(...UPLINK);
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
        expect(await keeper.apply(wants), `seed ${seed}, step ${step}`).toEqual([]);
        const effects = host.effects;
        expect(await keeper.apply(wants)).toEqual([]);
        expect(host.effects, 'the second apply sends nothing').toBe(effects);
      }
      expect(await keeper.apply([]), `seed ${seed}, the end`).toEqual([]);
      expect(ip.snapshot()).toBe(untouched);
      expect(keeper.ledger.size).toBe(0);
    }
  });
}

function ignorePowerCut(error: unknown): void {
  if (!(error instanceof PowerCut)) throw error;
}
