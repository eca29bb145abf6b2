// pipeline/preflight/behind.ts — who is behind the devices that somebody else makes: the bridge has heard their guest's
// MAC, or another one's.
import { DriverError } from '../../core/resource.ts';
import type { HostReader } from '../../core/resource.ts';
import { parseFdb, READ_FDB } from '../../iproute2/fdb.ts';
import { fixedOf } from '../../parts/fixed-ip.ts';
import type { Prepared } from '../plan-from.ts';

/** NIC → the MACs that were heard behind its device, where its own is not among them. */
export type Strangers = ReadonlyMap<string, readonly string[]>;

/** One command where there is such a device, and none where there is not. `warn` hears why it could not be known. */
export async function strangersBehind(
  host: HostReader,
  { spec, self, stored, observed }: Pick<Prepared, 'spec' | 'self' | 'stored' | 'observed'>,
  warn: (why: string) => void,
): Promise<Strangers> {
  const bridges = new Map(spec.networks.map(({ name, bridge }) => [name, bridge]));
  const ports = spec.instances
    .filter((instance) => instance.host === self)
    .flatMap((instance) =>
      instance.nics.flatMap((nic) => {
        const [{ mac }, bridge] = [fixedOf(instance, nic, stored.allocations), bridges.get(nic.network)];
        return nic.device.type === 'external' && bridge !== undefined && observed.has(`link ${nic.device.name}`)
          ? [{ holder: nic.holder, port: `${bridge} ${nic.device.name}`, mac }]
          : [];
      }),
    );
  if (ports.length === 0) return new Map();
  try {
    const heard = parseFdb(await host.read(READ_FDB));
    return new Map(
      ports.flatMap(({ holder, port, mac }) => {
        const macs = heard.get(port) ?? new Set();
        return macs.size === 0 || macs.has(mac) ? [] : [[holder, [...macs].sort()] as const];
      }),
    );
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    warn(`whose MAC is behind external devices could not be looked at: ${error.message}`);
    return new Map();
  }
}
