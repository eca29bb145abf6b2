// conflicts/bridge-ports.ts — ports of netctl's bridges that somebody has told to let through less (`bridge link set`).
import type { Diagnostic } from '../core/resource.ts';
import type { LinkRecord } from '../iproute2/links.ts';
import type { Network } from '../specfile/model.ts';
import { MOST_NAMED } from './judge.ts';
import type { Site } from './traffic.ts';

const CODE = 'port-barred';

/** Of one that is down or without a carrier nothing is lost by it. */
export function* barredPorts({ spec }: Pick<Site, 'spec'>, links: readonly LinkRecord[]): Iterable<Diagnostic> {
  for (const network of spec.networks) {
    const ports = links.filter(({ master, up, noCarrier }) => master === network.bridge && up && noCarrier !== true);
    for (const port of ports) yield* locked(port, network);
    yield* isolated(ports.filter(({ barred }) => barred?.includes('isolated') === true), network, spec.instances.flatMap(({ nics }) => nics));
  }
}

function* locked({ name, barred = [] }: LinkRecord, { bridge, path }: Network): Iterable<Diagnostic> {
  if (!barred.includes('locked')) return;
  yield {
    severity: 'warning', code: CODE, stops: [path], at: [path],
    message: `port ${name} of ${bridge} is locked: what comes by it is dropped, unless \`bridge fdb\` has its sender there`, hint: `bridge link set dev ${name} locked off`,
  };
}

/** One alone is isolated from nobody. That of a device which somebody else makes may be so on purpose, as libvirt's `<port isolated='yes'/>`. */
function* isolated(ports: readonly LinkRecord[], { name, bridge, path }: Network, nics: Site['spec']['instances'][number]['nics']): Iterable<Diagnostic> {
  if (ports.length < 2) return;
  const external = new Set(nics.flatMap(({ network, device }) => (network === name && device.type === 'external' ? [device.name] : [])));
  const isMeant = ports.every((port) => external.has(port.name));
  yield {
    severity: 'warning', code: CODE, at: [path], ...(isMeant ? {} : { stops: [path] }),
    message: `ports ${named(ports)} of ${bridge} are isolated from each other: what instances there send one another is dropped`,
    hint: ports.slice(0, MOST_NAMED).map((port) => `bridge link set dev ${port.name} isolated off`).join('; '),
  };
}

function named(ports: readonly LinkRecord[]): string {
  const names = ports.slice(0, MOST_NAMED).map(({ name }) => name);
  return `${names.join(', ')}${ports.length > MOST_NAMED ? ` and ${ports.length - MOST_NAMED} more` : ''}`;
}
