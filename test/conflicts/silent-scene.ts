// test/conflicts/silent-scene.ts — a host with one network, chains of others in nftables, and what is told of them.
import { found } from './around.ts';
import type { Around } from './around.ts';

export const SPEC = `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, cidr: 192.168.50.0/24, interface: null }
  plain: { mode: flat, cidr: 192.168.52.0/24, interface: null }
instances:
  vm-1: { nics: [{ network: lab, device: { type: tap } }] }
  p-1: { nics: [{ network: plain }] }
  p-2: { nics: [{ network: plain }] }
`;
export const told = async (around: Around, spec = SPEC): Promise<readonly string[]> =>
  (await found(spec, around)).map(
    ({ message, hint = '' }) =>
      `${message.replace(/ by (?:a rule in|the policy drop of) chain c of table.*$/, '')} | ${hint}`,
  );

export interface Held {
  readonly rules?: readonly (readonly object[])[];
  readonly policy?: 'accept' | 'drop';
  readonly hook: string;
  readonly family: string;
  /** As nft 1.0.6 says it, in its text alone; or a later one, in its JSON. */
  readonly text?: string;
  readonly dev?: unknown;
}

export const nft = ({ rules = [], policy = 'accept', hook, family, text = '', dev }: Held): Around => {
  const of = { family, table: 't' };
  return {
    tables: {
      [`${family} t`]: JSON.stringify({
        nftables: [
          { table: { family, name: 't' } },
          { chain: { ...of, name: 'c', type: 'filter', hook, prio: 0, policy, ...(dev === undefined ? {} : { dev }) } },
          ...rules.map((expr, i) => ({ rule: { ...of, chain: 'c', handle: i + 10, expr } })),
        ],
      }),
    },
    others: {
      [`nft -t list table ${family} t`]: `table ${family} t {\n\tchain c {\n\t\ttype filter hook ${hook} ${text}priority filter; policy ${policy};\n\t}\n}\n`,
    },
  };
};
export const match = (left: object, right: unknown, op = '=='): object => ({ match: { op, left, right } });
export const payload = (protocol: string, field: string): object => ({ payload: { protocol, field } });
export const meta = (key: string): object => ({ meta: { key } });
export const [drop, accept] = [{ drop: null }, { accept: null }];
