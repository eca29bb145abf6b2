// test/conflicts/around.ts — a host that holds somebody else's rule sets, as it says them when it is asked, and what
// netctl finds there for a spec.
import { readFileSync } from 'node:fs';
import { offline } from '../../src/pipeline/offline.ts';
import { DriverError } from '../../src/core/resource.ts';
import type { Diagnostic, HostReader } from '../../src/core/resource.ts';
import type { Facts } from '../../src/core/facts.ts';
import { READ_LINKS } from '../../src/iproute2/links.ts';
import { READ_CHAINS } from '../../src/iptables/nft-reads.ts';
import { lookAround } from '../../src/conflicts/look.ts';
import { imagine } from '../../src/parts/imagine.ts';
import { createWhole } from '../fake-host/whole.ts';
import { worldOf } from '../world.ts';

export interface Around {
  /** Of `iptables-save`. */
  readonly rules?: string;
  /** Of `nft -j list table`, by `inet firewalld`. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Lines of files below /proc. */
  readonly settings?: Readonly<Record<string, readonly string[]>>;
  /** Of `ip xfrm policy list` and `getdefault`. */
  readonly ipsec?: string;
  /** Of any other command, by its words. */
  readonly others?: Readonly<Record<string, string>>;
  /** What commands that are there say when they fail. */
  readonly refused?: Readonly<Record<string, DriverError>>;
  /** Of `ip -j -d addr show`. Default: each interface that any spec here names, up and bare. */
  readonly links?: string;
  readonly facts?: (facts: Facts) => Facts;
}

/**
 * As it was recorded: each `.iptables` and `.nft` says where; a `.json` is what `nft -t -j list table` says of the
 * `.nft` of its name.
 */
export function ruleSet(name: string): string {
  return readFileSync(new URL(`rule-sets/${name}`, import.meta.url), 'utf8');
}

export async function found(spec: string, around: Around): Promise<readonly Diagnostic[]> {
  const world = worldOf({ driver: createWhole().host, spec: { 'spec.yaml': spec } });
  const {
    spec: read,
    wanted,
    allocations,
  } = await offline(world).catch((error: unknown) => {
    throw new Error(world.said.err, { cause: error });
  });
  const [self] = read.hosts;
  if (self === undefined) throw new Error('the spec has no host');
  return await lookAround(
    readerOf(around),
    { spec: read, self, facts: (around.facts ?? ((facts) => facts))(imagine(read)), allocations },
    wanted,
  );
}

const BARE = JSON.stringify(
  ['eth0', 'eth1', 'eth2', 'eth3', 'br.5'].map((ifname, i) => ({
    ifindex: i + 2,
    ifname,
    flags: ['UP'],
    mtu: 1500,
    group: 'default',
    addr_info: [],
  })),
);

/** As nft says of what is not there. */
const GONE = new DriverError('nft', { exitCode: 1, stderr: 'Error: No such file or directory\n' });

function readerOf({
  rules = '',
  tables = {},
  settings = {},
  ipsec,
  others = {},
  refused = {},
  links = BARE,
}: Around): HostReader {
  const said = (argv: readonly string[]): string | undefined => {
    const words = argv.join(' ');
    if (words === 'iptables-save') return rules;
    if (words === READ_LINKS.join(' ')) return links;
    if (words === READ_CHAINS.join(' '))
      return Object.keys(tables)
        .map((name) => `table ${name} {\n}\n`)
        .join('');
    const table = /^nft (?:-t )?-j list table (.*)$/.exec(words)?.[1];
    if (table !== undefined) return tables[table];
    if (argv[0] === 'sh')
      return (
        Object.entries(settings)
          .flatMap(([path, lines]) => (argv.includes(path) ? lines.map((line) => `${path} ${line}\n`) : []))
          .join('') + (ipsec === undefined ? '' : `IPsec policies:\n${ipsec}`)
      );
    // Of rules and routes there are none but those that are said.
    return others[words] ?? (argv[0] === 'ip' ? '' : undefined);
  };
  return {
    read: (argv) => {
      const failed = refused[argv.join(' ')];
      if (failed !== undefined) return Promise.reject(failed);
      const text = said(argv);
      return text === undefined ? Promise.reject(GONE) : Promise.resolve(text);
    },
    files: () => Promise.resolve(new Map()),
    processes: () => Promise.resolve([]),
  };
}
