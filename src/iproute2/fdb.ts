// iproute2/fdb.ts — which MACs bridges have heard behind their ports, by `bridge -j fdb show dynamic`.
import { readRecords, textOf } from './fields.ts';

/** What is permanent or static somebody has put there, and nobody has heard. */
export const READ_FDB = ['bridge', '-j', 'fdb', 'show', 'dynamic'] as const;

/**
 * Port → the MACs that its bridge has heard there, by its name: `br0 tap1`. Each is forgotten five minutes after its
 * last packet.
 */
export function parseFdb(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const heard = new Map<string, Set<string>>();
  for (const entry of readRecords(text)) {
    const [mac, port, bridge] = [textOf(entry, 'mac'), textOf(entry, 'ifname'), textOf(entry, 'master')];
    if (mac === undefined || port === undefined || bridge === undefined || (textOf(entry, 'state') ?? '') !== '')
      continue;
    const key = `${bridge} ${port}`;
    heard.set(key, (heard.get(key) ?? new Set()).add(mac.toLowerCase()));
  }
  return heard;
}
