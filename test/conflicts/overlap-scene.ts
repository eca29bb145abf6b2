// test/conflicts/overlap-scene.ts — a network and what the host has of its range: links, routes, rules; and what is
// told of it.
import { found } from './around.ts';
import type { Around } from './around.ts';

export const spec = (more = ''): string =>
  `apiVersion: netctl/v1\nnetworks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null${more} } }\n`;

export interface Link {
  readonly name: string;
  readonly has?: string;
  readonly more?: object;
  readonly address?: object;
}

export function linksOf(...all: readonly Link[]): string {
  return JSON.stringify(
    all.map(({ name, has, more = {}, address = {} }, i) => {
      const [local, prefixlen] = has?.split('/') ?? [];
      return {
        ifindex: i + 2,
        ifname: name,
        flags: ['UP'],
        mtu: 1500,
        group: 'default',
        addr_info:
          local === undefined
            ? []
            : [{ family: 'inet', local, prefixlen: Number(prefixlen), scope: 'global', ...address }],
        ...more,
      };
    }),
  );
}

export async function told(text: string, around: Around): Promise<unknown> {
  return (await found(text, around))
    .filter(({ code }) => code === 'network-overlap')
    .map(({ severity, asks, message }) => `${asks === true ? 'asks' : severity}: ${message}`);
}
export const MAIN = [
  { priority: 0, src: 'all', table: '255' },
  { priority: 32766, src: 'all', table: '254' },
];
