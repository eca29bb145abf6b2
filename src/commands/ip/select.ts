// commands/ip/select.ts — how the addresses of the spec stand, and those of the network or pool that an operator names.
import type { Locate } from '../../specfile/model.ts';
import { didYouMean } from '../../specfile/suggest.ts';
import { readOrExit } from '../../pipeline/read.ts';
import { readCurrent } from '../../pipeline/current.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { networkOccupancy, poolOccupancy } from '../../pipeline/occupancy/occupancy.ts';
import type { Known, Occupancy } from '../../pipeline/occupancy/occupancy.ts';

/**
 * Reads the spec, the store and the host. Nothing is allotted: what a NIC of the spec will be given is not known before
 * it is.
 */
export async function knownOf(world: World): Promise<Known & { readonly locate: Locate }> {
  const { spec, locate, self } = await readOrExit(world);
  const { facts, requests, before } = await readCurrent(world, spec, self);
  return { spec, locate, facts, requests, stored: before, now: world.now().getTime() };
}

/** `lab`; where a network and a pool share a name, `networks.lab` or `pools.lab`. */
export function select(name: string, known: Known): Occupancy {
  const { networks, pools } = known.spec;
  const found = [
    ...networks
      .filter((network) => network.name === name || `networks.${network.name}` === name)
      .map((network) => networkOccupancy(network, known)),
    ...pools
      .filter((pool) => pool.name === name || `pools.${pool.name}` === name)
      .map((pool) => poolOccupancy(pool, known)),
  ];
  const [only, other] = found;
  if (only === undefined) {
    const names = [...networks, ...pools].map((one) => one.name);
    const hint = didYouMean(
      name,
      names,
      names.length === 0 || names.length > 8 ? undefined : `it has ${names.join(', ')}`,
    );
    throw new Exit(exit.usage, `the spec has no network or pool ${name}${hint === undefined ? '' : `: ${hint}`}`);
  }
  if (other !== undefined)
    throw new Exit(exit.usage, `${name} is a network and a pool: say networks.${name} or pools.${name}`);
  return only;
}
