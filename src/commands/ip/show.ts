// commands/ip/show.ts — what one address is: whose, of which network or pool, and which line of the spec says so.
import { holds, parseIp, toNumber } from '../../net/ip.ts';
import type { Ip } from '../../net/ip.ts';
import { columns } from '../../report/columns.ts';
import { printData } from '../../report/print.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { knownOf } from './select.ts';
import { networkOccupancy, poolOccupancy } from '../../pipeline/occupancy/occupancy.ts';
import type { Known, Occupancy, Use } from '../../pipeline/occupancy/occupancy.ts';
import { meaningOf, placeOf, useAsData } from '../../pipeline/occupancy/format.ts';

export async function show(world: World, text: string): Promise<ExitCode> {
  const ip = parseIp(text, 4);
  if (ip === undefined) throw new Exit(exit.usage, `${text} is not an IPv4 address`);
  const known = await knownOf(world);
  const { locate } = known;
  const findings = findingsOf(ip, known);
  if (world.output !== 'text') {
    printData(world, {
      apiVersion: 'netctl/v1',
      kind: 'Address',
      address: ip,
      uses: findings.map(({ realm, use }) => ({ of: realm.of, name: realm.name, ...useAsData(use, locate) })),
    });
  } else if (findings.length === 0) world.print.out(`${ip}: in no network or pool of the spec\n`);
  else
    world.print.out(
      `${ip}\n${columns(findings.map(({ realm, use }) => [`${realm.of} ${realm.name}`, meaningOf(use), placeOf(use, locate)]))}`,
    );
  return exit.ok;
}

interface Finding {
  readonly realm: Occupancy;
  readonly use: Use;
}

/** In each network and pool that has it among its addresses. */
function findingsOf(ip: Ip<4>, known: Known): readonly Finding[] {
  const realms = [
    ...known.spec.networks.map((network) => networkOccupancy(network, known)),
    ...known.spec.pools.map((pool) => poolOccupancy(pool, known)),
  ];
  return realms
    .filter(({ whole }) => whole.some((range) => holds(range, ip)))
    .flatMap((realm) => {
      const all = realm.uses.filter(({ range }) => holds(range, ip));
      // Who has one that is reserved has asked for it by name.
      const uses = all.length > 1 ? all.filter(({ is }) => is !== 'reserved') : all;
      return (uses.length === 0 ? [unused(ip, realm)] : uses).map((use) => ({ realm, use }));
    });
}

function unused(ip: Ip<4>, { path, usable, free }: Occupancy): Use {
  const is = free.some((range) => holds(range, ip))
    ? 'free'
    : usable.some((range) => holds(range, ip))
      ? 'by-name'
      : 'edge';
  return { range: { first: toNumber(ip), last: toNumber(ip) }, is, because: path };
}
