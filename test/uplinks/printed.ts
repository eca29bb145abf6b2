// test/uplinks/printed.ts — what iproute2 6.1 prints of an eth1 on which hangs about everything that can:
// test/uplinks/printed holds it as it came.
import { readFileSync } from 'node:fs';
import type { Fields } from '../../src/iproute2/fields.ts';
import { snapshotOf } from '../../src/uplinks/snapshot.ts';
import type { Snapshot, Printed, PrintedOfOne } from '../../src/uplinks/snapshot.ts';

const read = (name: string): string => readFileSync(new URL(`printed/${name}`, import.meta.url), 'utf8');

export const PRINTED: Printed = {
  links: read('links.json'),
  routes: read('routes.json'),
  routeWords: read('routeWords.txt'),
  rules: { 4: read('rules-4.json'), 6: read('rules-6.json') },
  neighbours: read('neighbours.json'),
  proxies: read('proxies.json'),
  nexthops: read('nexthops.json'),
  joins: read('joins.json'),
  settings: read('settings.txt'),
  tokens: '[{"token":"::","ifname":"eth1"},{"token":"::5","ifname":"eth2"}]',
  labels: '[{"address":"2001:db8::","prefixlen":32,"ifname":"eth2","label":7}]',
  endpoints: '',
};

export const QUEUES: PrintedOfOne = {
  qdiscs: JSON.parse(read('qdiscs.json')) as readonly Fields[],
  filters: [],
  managers: [],
  unread: [],
};

/** Of a tool that printed other than it did: `edit` works on the records, by the name of their file. */
export function printedWith(name: keyof Omit<Printed, 'rules'>, edit: (text: string) => string): Printed {
  return { ...PRINTED, [name]: edit(PRINTED[name]) };
}

export function snapshotTaken(printed: Printed = PRINTED, own: Partial<PrintedOfOne> = {}): Snapshot {
  const snapshot = snapshotOf('eth1', printed, { ...QUEUES, ...own });
  if (snapshot === undefined) throw new Error('there is no eth1');
  return snapshot;
}
