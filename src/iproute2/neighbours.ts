// iproute2/neighbours.ts — neighbours that somebody has put on a device, and those that it answers for.
import type { HostReader } from '../core/resource.ts';
import { readRecords, required, textOf, textsOf } from './fields.ts';
import type { Fields } from './fields.ts';

/** In numbers: the name of protocol 117 depends on a file of the host's. */
export const READ_NEIGHBOURS: readonly string[] = ['ip', '-d', '-N', '-j', 'neigh', 'show', 'nud', 'permanent'];
/** With those that the kernel has learnt. */
export const READ_ALL_NEIGHBOURS: readonly string[] = ['ip', '-d', '-N', '-j', 'neigh', 'show', 'nud', 'all'];
export const READ_PROXIES: readonly string[] = ['ip', '-d', '-N', '-j', 'neigh', 'show', 'proxy'];

export interface NeighbourRecord {
  readonly ip: string;
  readonly link: string;
  readonly state: 'permanent' | 'proxy';
  /** Absent of a proxy. */
  readonly mac?: string;
  /** Of an IPv6 one: it forwards. */
  readonly router: boolean;
  /** Whoever put it there, as a number; absent: nobody said. */
  readonly protocol?: string;
}

/** Those that somebody has put there, on all devices, and the proxies. */
export async function readNeighbours(host: HostReader): Promise<readonly NeighbourRecord[]> {
  const texts = await Promise.all([host.read(READ_NEIGHBOURS), host.read(READ_PROXIES)]);
  return texts.flatMap(readRecords).flatMap((fields) => neighbourIn(fields) ?? []);
}

/** The line of `ip -batch` that puts it there. */
export function neighbourLine({
  ip,
  link,
  state,
  mac,
  router,
  protocol,
}: Omit<NeighbourRecord, 'router'> & { readonly router?: boolean }): string {
  return [
    `neigh replace ${neighbourPlace({ ip, state })}`,
    ...(mac === undefined ? [] : [`lladdr ${mac}`]),
    ...(state === 'proxy' ? [] : [`nud ${state}`]),
    ...(router ? ['router'] : []),
    ...(protocol === undefined ? [] : [`protocol ${protocol}`]),
    `dev ${link}`,
  ].join(' ');
}

/** As `ip neigh` takes it: `203.0.113.9`, `proxy 203.0.113.9`. */
export function neighbourPlace({ ip, state }: Pick<NeighbourRecord, 'ip' | 'state'>): string {
  return state === 'proxy' ? `proxy ${ip}` : ip;
}

/** Undefined: what the kernel has learnt, or forgets with the carrier (NOARP). */
export function neighbourIn(fields: Fields): NeighbourRecord | undefined {
  const [mac, protocol] = [textOf(fields, 'lladdr'), textOf(fields, 'protocol')];
  const states = textsOf(fields, 'state');
  const state = 'proxy' in fields ? 'proxy' : states.includes('PERMANENT') ? 'permanent' : undefined;
  if (state === undefined || (state !== 'proxy' && mac === undefined)) return undefined;
  return {
    ip: required(textOf(fields, 'dst'), 'dst'),
    link: required(textOf(fields, 'dev'), 'dev'),
    state,
    router: 'router' in fields,
    ...(mac === undefined ? {} : { mac }),
    ...(protocol === undefined ? {} : { protocol }),
  };
}
