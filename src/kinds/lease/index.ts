// kinds/lease/index.ts — DHCP leases: one that is held and not allowed any more is released, so that its address can go to another.
import { dirname } from 'node:path';
import type { HostReader, Kind } from '../../core/resource.ts';
import type { Lease } from './model.ts';

export const lease: Kind<Lease> = {
  kind: 'lease',
  key: ({ link, ip, mac }) => `${link} ${ip} ${mac}`,
  // After its server has read its files again: a lease released before could be taken anew at once.
  needs: ({ process }) => [`process ${process}`],
  observe: async (host, wanted) => [...wanted, ...await held(host, wanted)],
  spares: () => true,
  describe: ({ ip, mac, link }) => `${ip} of ${mac} on ${link}`,
  steps: (changes) => changes.map((change) => ({
    changes: [change], ops: change.verb === 'delete' ? [{ op: 'run', argv: ['dhcp_release', change.before.link, change.before.ip, change.before.mac] }] : [],
  })),
};

/** What servers that are still wanted have given out. A server that goes takes its leases along. */
async function held(host: HostReader, wanted: readonly Lease[]): Promise<readonly Lease[]> {
  const servers = new Map(wanted.map((one) => [one.file, one]));
  const texts = await Promise.all([...servers].map(async ([file, server]) => ({ server, text: (await host.files(dirname(file))).get(file) ?? '' })));
  const allowed = new Set(wanted.map(lease.key));
  return texts.flatMap(({ server, text }) => parseLeases(text).map(({ ip, mac }): Lease => ({ ...server, ip, mac }))).filter((one) => !allowed.has(lease.key(one)));
}

/** dnsmasq's lease file: `expiry MAC IP hostname client-id`; what follows `duid` is DHCPv6. */
function parseLeases(text: string): readonly { readonly ip: string; readonly mac: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, mac, ip] = /^\d+ ([0-9a-f:]{17}) (\d+\.\d+\.\d+\.\d+) \S+ \S+$/.exec(line) ?? [];
    return mac === undefined || ip === undefined ? [] : [{ ip, mac }];
  });
}
