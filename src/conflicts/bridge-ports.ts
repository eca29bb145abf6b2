// conflicts/bridge-ports.ts — ports of netctl's bridges that somebody has told to let through less (`bridge link set`).
import type { Diagnostic } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import type { Network } from '../specfile/model.ts';
import { MOST_NAMED } from './diagnostics.ts';
import type { Site } from './required-traffic.ts';

const CODE = 'port-barred';

/** Of one that is down or without a carrier nothing is lost by it. */
export function* barredPorts({ spec }: Pick<Site, 'spec'>, links: readonly LinkRecord[]): Iterable<Diagnostic> {
  for (const network of spec.networks) {
    const ports = links.filter(({ master, up, noCarrier }) => master === network.bridge && up && noCarrier !== true);
    const external = new Set(
      spec.instances
        .flatMap(({ nics }) => nics)
        .flatMap(({ network: name, device }) =>
          name === network.name && device.type === 'external' ? [device.name] : [],
        ),
    );
    // The kernel itself disables the ports of a bridge that is down, and those on which spanning tree finds a circle.
    const keepsStates = links.some(
      ({ name, up, bridge }) => name === network.bridge && (!up || (bridge?.stp ?? 0) !== 0),
    );
    for (const port of ports) yield* barred(port, network, keepsStates, external.has(port.name));
    yield* isolated(
      ports.filter((port) => port.barred?.includes('isolated') === true),
      network,
      external,
    );
  }
}

/**
 * Who makes a device may want some of it, as libvirt does by `macTableManager='libvirt'`: it puts the MACs of its
 * guests there.
 */
function* barred(
  { name, barred: words = [] }: LinkRecord,
  { bridge, path }: Network,
  keepsStates: boolean,
  isExternal: boolean,
): Iterable<Diagnostic> {
  const said = (is: string, set: string, stops = true): Diagnostic => ({
    severity: 'warning',
    code: CODE,
    at: [path],
    ...(stops ? { stops: [path] } : {}),
    message: `port ${name} of ${bridge} ${is}`,
    hint: `bridge link set dev ${name} ${set}`,
  });
  if (words.includes('state') && !keepsStates)
    yield said('does not forward: what comes by it is dropped, and nothing is sent by it', 'state 3');
  if (words.includes('locked'))
    yield said('is locked: what comes by it is dropped, unless `bridge fdb` has its sender there', 'locked off');
  // One of both is enough: what is learnt need not be flooded.
  if (words.includes('learning') && words.includes('flood'))
    yield said(
      'neither learns nor floods: what is for who is behind it is not sent there, unless `bridge fdb` has its MAC',
      'learning on flood on',
      !isExternal,
    );
  // Who asks first is answered all the same.
  if (words.includes('bcast_flood'))
    yield said('floods no broadcasts: who is behind it hears no ARP requests', 'bcast_flood on', false);
}

/**
 * One alone is isolated from nobody. That of a device which somebody else makes may be so on purpose, as libvirt's
 * `<port isolated='yes'/>`.
 */
function* isolated(
  ports: readonly LinkRecord[],
  { bridge, path }: Network,
  external: ReadonlySet<string>,
): Iterable<Diagnostic> {
  if (ports.length < 2) return;
  const isMeant = ports.every((port) => external.has(port.name));
  yield {
    severity: 'warning',
    code: CODE,
    at: [path],
    ...(isMeant ? {} : { stops: [path] }),
    message: `ports ${named(ports)} of ${bridge} are isolated from each other: what instances there send one another is dropped`,
    hint: ports
      .slice(0, MOST_NAMED)
      .map((port) => `bridge link set dev ${port.name} isolated off`)
      .join('; '),
  };
}

function named(ports: readonly LinkRecord[]): string {
  const names = ports.slice(0, MOST_NAMED).map(({ name }) => name);
  return `${names.join(', ')}${ports.length > MOST_NAMED ? ` and ${ports.length - MOST_NAMED} more` : ''}`;
}
