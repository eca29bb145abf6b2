// test/conflicts/nft-scene.ts — one chain of somebody's in nftables, as `nft -j` prints it, and what is told of it.
import { found } from './around.ts';

const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks: { lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null } }
instances: { vm-1: { nics: [{ network: lab, device: { type: tap } }] } }
`;
export const [out, back] = ['packets of instances to the outside', 'replies from outside'];

export interface Held {
  readonly rules: readonly (readonly object[])[];
  readonly policy?: 'accept' | 'drop';
  readonly hook?: string;
  readonly type?: string;
  readonly family?: string;
  readonly sets?: readonly object[];
  readonly table?: string;
}

export async function told({
  rules,
  policy = 'accept',
  hook = 'forward',
  type = 'filter',
  family = 'inet',
  sets = [],
  table = 't',
}: Held): Promise<readonly string[]> {
  const of = { family, table };
  const text = JSON.stringify({
    nftables: [
      { metainfo: { json_schema_version: 1 } },
      { table: { family, name: table } },
      ...sets,
      { chain: { ...of, name: 'theirs' } },
      { chain: { ...of, name: 'base', type, hook, prio: 0, policy } },
      { rule: { ...of, chain: 'theirs', handle: 1, expr: [{ drop: null }] } },
      ...rules.map((expr, i) => ({ rule: { ...of, chain: 'base', handle: i + 10, expr } })),
    ],
  });
  const diagnostics = await found(SPEC, { tables: { [`${family} ${table}`]: text } });
  return diagnostics.map(({ message }) =>
    message.replace(/ by (?:a rule in|the policy drop of) .*$/, '').replace('lab: ', ''),
  );
}

export const match = (left: object, right: unknown, op = '=='): object => ({ match: { op, left, right } });
export const meta = (key: string): object => ({ meta: { key } });
export const payload = (protocol: string, field: string): object => ({ payload: { protocol, field } });
export const ct = (key: string): object => ({ ct: { key } });
export const drop = { drop: null };
export const accept = { accept: null };
