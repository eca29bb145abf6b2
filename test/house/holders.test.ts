// test/house/holders.test.ts — what is allotted to something else than an instance's NIC is shown, kept and gathered
// again as theirs is: whoever requests it is a holder.
import { expect, test } from 'vitest';
import type { World } from '../../src/pipeline/world.ts';
import { features } from '../../src/features/index.ts';
import type { Feature } from '../../src/features/feature.ts';
import type { Tap } from '../../src/kinds/link/model.ts';
import { macPool, networkPool } from '../../src/parts/fixed-ip.ts';
import { Bench } from '../commands/bench.ts';

/** Each network has a port for a router, with an address of the network's. */
const routerPorts: Feature = {
  name: 'router-ports',
  *want({ spec, allocations }) {
    for (const { name, path, bridge: master, mtu } of spec.networks) {
      const ip = allocations[`network ${name}`]?.[`router/${name}`] ?? '';
      const mac = allocations['mac']?.[`router/${name}`] ?? '';
      const alias = `router/${name} ${ip} ${mac}`;
      const port: Tap = { kind: 'link', type: 'tap', name: `rt-${name}`, master, mtu, alias };
      yield { resource: port, because: [path] };
    }
  },
  *requests(spec, facts) {
    for (const network of spec.networks) {
      const [holder, because] = [`router/${network.name}`, network.path];
      yield { pool: networkPool(network, facts), holder, because };
      yield { pool: macPool(spec, true), holder, because };
    }
  },
};

const NETWORK = `apiVersion: netctl/v1
networks:
  lab: { mode: flat, interface: null, cidr: 10.0.0.0/24, gateway: null }
`;
const SPEC = `${NETWORK}instances:
  vm-1: { nics: [{ network: lab }] }
`;
const WITH: Partial<World> = { features: [...features, routerPorts] };

test('it is shown as held, by whoever requests it', async () => {
  const bench = new Bench();
  const used = async (): Promise<readonly string[]> =>
    (await bench.ip('used', SPEC, 'lab', WITH)).out.split('\n').filter((line) => line.includes('router'));
  expect((await bench.ip('free', SPEC, 'lab', WITH)).out).toContain('2 to be given out by the next apply');
  expect(await bench.apply(SPEC, {}, WITH)).toMatchObject({ code: 0 });
  expect(await used()).toEqual(['  10.0.0.2  fixed address of router/lab  spec.yaml:3 networks.lab']);
});

test('a store that has lost it learns it from the host', async () => {
  const bench = new Bench();
  expect(await bench.apply(SPEC, {}, WITH)).toMatchObject({ code: 0 });
  expect(await bench.apply(NETWORK, {}, WITH)).toMatchObject({ code: 0 });
  const kept = await bench.kept();
  expect(kept.allocations['network lab']).toEqual({ 'router/lab': expect.any(String) as string });
  await bench.restore({ ...kept, allocations: { 'network lab': { 'vm-7/lab': '10.0.0.9' } } });
  expect(await bench.apply(NETWORK, {}, WITH)).toMatchObject({ code: 0 });
  expect((await bench.kept()).allocations).toEqual(kept.allocations);
});
