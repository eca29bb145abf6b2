// pipeline/remnants.ts — what a host tells a store that is lost, or lacks something: who had which address.
import type { Facts } from '../core/facts.ts';
import type { Holdings } from '../core/stored.ts';
import { pairsOf } from '../kinds/chain/pairs.ts';
import { firewall } from '../kinds/index.ts';
import { lacksFloating } from '../parts/floating.ts';
import type { Remnants } from '../parts/rebuild.ts';
import type { Spec } from '../specfile/model.ts';
import type { World } from './world.ts';

export async function remnantsOn(
  world: World,
  spec: Spec,
  { links }: Facts,
  kept: Holdings | undefined,
): Promise<Remnants> {
  // A host without a link of ours has no NIC whose floating addresses its rules could tell.
  const asksRules = lacksFloating(spec, kept?.allocations ?? {}) && [...links.values()].some(({ ours }) => ours);
  const translated = asksRules ? await pairsOf(firewall).firstAsSeen(world.driver) : [];
  return {
    ...(await filesOn(world)),
    translated: translated.map((pair) => ({ kind: 'flow', ...pair })),
  };
}

/** Our files. */
async function filesOn({ driver, paths }: World): Promise<Pick<Remnants, 'hosts' | 'guests'>> {
  const [networks, guests] = [`${paths.state}/networks`, `${paths.state}/guests`];
  const hosts = [...(await driver.files(networks))].flatMap(([path, text]) => {
    const [network, name] = path.slice(networks.length + 1).split('/');
    return network !== undefined && name === 'hosts' ? [[network, text] as const] : [];
  });
  const injected = [...(await driver.files(guests))].flatMap(([path, text]) =>
    path.endsWith('/network_data.json') ? [text] : [],
  );
  return { hosts: new Map(hosts), guests: injected };
}
