// test/conflicts/way-out-scene.ts — a host with two ways out, its routes and policy rules, and what is told of them.
import { found } from './around.ts';
import type { Around } from './around.ts';
import { READ_ALL_ROUTES } from '../../src/iproute2/route-lines.ts';
import { READ_RULES } from '../../src/iproute2/policy.ts';

export const HEAD = 'apiVersion: netctl/v1\nhosts: { h1: { publicInterface: eth1 } }\n';
export const LAB = 'networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null';
export const spec = (more = ''): string => `${HEAD}${LAB}${more} } }\n`;

export const MAIN = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 32766, src: 'all', table: '254' },
];
export const at = (rule: object): readonly object[] => [...MAIN, { priority: 100, ...rule }];
export const by = (link: string, to = 'default', table = '254', more = ''): string =>
  `1 ${to} via 203.0.113.1 dev ${link} table ${table} proto 3 scope 0${more}`;
export const HERE = by('eth1');
export const THERE = by('eth2');

export async function told(
  text: string,
  routes: readonly string[],
  rules: readonly object[] = MAIN,
  around: Around = {},
): Promise<unknown> {
  const diagnostics = await found(text, {
    ...around,
    others: { [READ_ALL_ROUTES.join(' ')]: routes.join('\n'), [READ_RULES.join(' ')]: JSON.stringify(rules) },
  });
  return diagnostics
    .filter(({ code }) => code === 'other-way-out' || code === 'no-way-out')
    .map(({ message, stops = [] }) => `${stops.length > 0 ? 'stops: ' : ''}${message}`);
}

const unseen = 'where it is not source-NATed: replies come back only if somebody routes 192.168.50.0/24 to this host';
export const elsewhere = (words: string, link = 'eth2', part = 'what'): string =>
  `stops: lab: ${part} instances send to the outside leaves by ${link} (${words}) and not by eth1 (publicInterface), ${unseen}`;
export const nowhere = (words: string, part = 'what'): string =>
  `stops: lab: ${part} instances send to the outside ends at the ${words}`;
export const DEFAULT = 'route 0.0.0.0/0 via 203.0.113.1 dev eth2';
