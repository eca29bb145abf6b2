// specfile/resolve.ts — a valid text made into the spec that the rest of the house sees: defaults applied, forms read,
// names made.
import type { Diagnostic, Path } from '../core/resource.ts';
import { holds, hostsOf, parseCidr, rangeOf, toIp } from '../net/ipv4.ts';
import type { Ip } from '../net/ipv4.ts';
import * as form from './forms.ts';
import type { Form } from './forms.ts';
import type { InstanceText, NetworkText, NicText, PoolText, ProbeText, SpecFile } from './generated/types.ts';
import { spell, type Mark } from './locate.ts';
import type {
  AskedFor,
  Device,
  FlatNetwork,
  Floating,
  Host,
  Instance,
  Network,
  Nic,
  Pool,
  PoolRange,
  RoutedNetwork,
  Spec,
  Target,
} from './model.ts';
import { hostnameFrom, Names } from './names.ts';
import * as probeForm from './probe-forms.ts';
import type { Kept } from './tree.ts';

/** A spec that may be wrong: what could be read of it, for checks to go on with. */
export interface Draft {
  /** Only of use when nothing is wrong. An instance whose host is not known has '' for it. */
  readonly spec: Spec;
  readonly text: SpecFile;
  /**
   * Networks, instances and probes of which some part could not be read: what they would have by default, or ask, is
   * not known.
   */
  readonly doubtful: {
    readonly networks: ReadonlySet<string>;
    readonly instances: ReadonlySet<string>;
    readonly probes: ReadonlySet<number>;
  };
  /** Items of a list of the text with the index that each has in the file. */
  readonly indexed: <T>(items: readonly T[]) => readonly (readonly [number, T])[];
  /** Names that are written, also of what could not be read. */
  readonly known: {
    readonly hosts: ReadonlySet<string>;
    readonly networks: ReadonlySet<string>;
    readonly pools: ReadonlySet<string>;
    readonly whole: boolean;
  };
}

export interface Resolving {
  readonly text: SpecFile;
  readonly mark: Mark;
  readonly kept: Kept;
  /** Maps and lists from which something was cut as wrong. */
  readonly cut: ReadonlySet<unknown>;
  readonly whole: boolean;
}

type Defaults = Pick<RoutedNetwork, 'domain' | 'dns' | 'mtu' | 'noSnat'> & {
  readonly leaseTime: number;
  readonly macPrefix: string;
  readonly floatingPool?: string;
};
/** What NICs are made from beside their own text. */
type Around = {
  readonly names: Names;
  readonly networks: readonly Network[];
  readonly pools: readonly Pool[];
  readonly defaults: Defaults;
  readonly onlyHost: string;
};

/** The host of a spec that names none. */
const ONLY_HOST = 'localhost';
const LOOPBACK = '127.0.0.1' as Ip;
/** Milliseconds. */
const PROBE_TIMEOUT = 2_000;
/** nova's metadata_port. */
const METADATA_PORT = 8775;

export function resolve(resolving: Resolving): { readonly draft: Draft; readonly problems: readonly Diagnostic[] } {
  const resolver = new Resolver(resolving);
  return { draft: resolver.resolve(), problems: resolver.problems };
}

class Resolver {
  readonly problems: Diagnostic[] = [];
  readonly #in: Resolving;
  readonly #doubtful = { networks: new Set<string>(), instances: new Set<string>(), probes: new Set<number>() };

  constructor(resolving: Resolving) {
    this.#in = resolving;
  }

  resolve(): Draft {
    const { text, mark, whole } = this.#in;
    const hosts = this.#hosts();
    const networkTexts = Object.entries(text.networks ?? {});
    const names = this.#names(hosts, networkTexts);
    const defaults = this.#defaults();
    const networks = networkTexts.flatMap(([name, network]) => this.#network(name, network, defaults, names) ?? []);
    const pools = Object.entries(text.pools ?? {}).map(([name, pool]) => this.#pool(name, pool));
    const written = (section: string): string[] => [...(mark.items.get(section)?.items.keys() ?? [])].map(String);
    const known = {
      hosts: new Set(written('hosts')),
      networks: new Set(written('networks')),
      pools: new Set(written('pools')),
      whole,
    };
    if (known.hosts.size === 0) known.hosts.add(ONLY_HOST);
    const onlyHost = (known.hosts.size === 1 ? [...known.hosts][0] : undefined) ?? '';
    const instances = Object.entries(text.instances ?? {}).map(([name, instance]) =>
      this.#instance(name, instance, { names, networks, pools, defaults, onlyHost }),
    );
    return {
      spec: { hosts, networks, pools, instances, probes: this.#probes(), macPrefix: defaults.macPrefix },
      text,
      doubtful: this.#doubtful,
      known,
      indexed: (items) => this.#indexed(items),
    };
  }

  #defaults(): Defaults {
    const { defaults = {} } = this.#in.text;
    return {
      domain: this.#read(form.domain, defaults.domain, ['defaults', 'domain']) ?? 'novalocal',
      dns: this.#each(form.address, defaults.dns, ['defaults', 'dns']) ?? [],
      leaseTime: this.#read(form.leaseTime, defaults.leaseTime, ['defaults', 'leaseTime']) ?? 120,
      mtu: defaults.mtu ?? 1500,
      noSnat: this.#each(form.cidr, defaults.noSnat, ['defaults', 'noSnat']) ?? [],
      ...defined('floatingPool', defaults.floatingPool),
      macPrefix: this.#read(form.macPrefix, defaults.macPrefix, ['defaults', 'macPrefix']) ?? 'fa:16:3e',
    };
  }

  #hosts(): readonly Host[] {
    const { text } = this.#in;
    const hosts = Object.entries(text.hosts ?? {}).map(([name, host]): Host => {
      const at = ['hosts', name];
      return {
        name,
        ...defined('publicInterface', this.#read(form.interfaceName, host.publicInterface, [...at, 'publicInterface'])),
        ...defined('vlanInterface', this.#read(form.interfaceName, host.vlanInterface, [...at, 'vlanInterface'])),
        ...defined('flatInterface', this.#read(form.interfaceName, host.flatInterface, [...at, 'flatInterface'])),
        ...defined('sourceAddress', this.#read(form.address, host.sourceAddress, [...at, 'sourceAddress'])),
        ...defined(
          'metadata',
          host.metadata === undefined
            ? undefined
            : {
                address: this.#read(form.address, host.metadata.address, [...at, 'metadata', 'address']) ?? LOOPBACK,
                port: host.metadata.port ?? METADATA_PORT,
              },
        ),
      };
    });
    return hosts.length > 0 ? hosts : [{ name: ONLY_HOST, implied: true }];
  }

  /** The names that the operator gave are nobody else's. */
  #names(hosts: readonly Host[], networks: readonly (readonly [string, NetworkText])[]): Names {
    const given = [
      ...hosts.flatMap((host) => [host.flatInterface, host.vlanInterface, host.publicInterface]),
      ...Object.values(this.#in.text.pools ?? {}).map((pool) => pool.interface),
      ...networks.flatMap(([, network]) => [network.bridge, network.interface]),
      ...Object.values(this.#in.text.instances ?? {}).flatMap(({ nics = [] }) =>
        nics.map(({ device }) => device?.name),
      ),
    ];
    return new Names(given.filter((name) => typeof name === 'string'));
  }

  #network(name: string, text: NetworkText, defaults: Defaults, names: Names): Network | undefined {
    const path = ['networks', name];
    const before = this.problems.length;
    const cidr = this.#read(form.cidr, text.cidr, [...path, 'cidr']);
    const gateway = this.#read(form.address, text.gateway ?? undefined, [...path, 'gateway']);
    const server = this.#read(form.address, text.dhcp?.server, [...path, 'dhcp', 'server']);
    const allocate = this.#each(form.range, text.allocate, [...path, 'allocate']);
    const reserve = this.#each(form.range, text.reserve, [...path, 'reserve']) ?? [];
    const bridge =
      this.#read(form.interfaceName, text.bridge, [...path, 'bridge']) ??
      (text.mode === 'vlan' && text.vlan !== undefined ? names.numbered('br', text.vlan, name) : names.cut('br', name));
    const uplink =
      text.interface === null ? null : this.#read(form.interfaceName, text.interface, [...path, 'interface']);
    const dhcp = this.#dhcp(text, path, defaults);
    const domain = this.#read(form.domain, text.domain, [...path, 'domain']) ?? defaults.domain;
    const dns = this.#each(form.address, text.dns, [...path, 'dns']) ?? defaults.dns;
    const cidr6 = this.#read(form.cidr6, text.cidr6, [...path, 'cidr6']);
    const forward: RoutedNetwork['forward'] =
      typeof text.forward === 'string'
        ? text.forward === 'none'
          ? 'none'
          : 'all'
        : (this.#each(form.interfaceName, text.forward, [...path, 'forward']) ?? 'all');
    const snat =
      typeof text.snat === 'string'
        ? (this.#usable(text.snat, [...path, 'snat'])?.usable ?? true)
        : (text.snat ?? true);
    const snatTo = this.#each(form.cidr, text.snatTo, [...path, 'snatTo']) ?? [];
    const noSnat = this.#each(form.cidr, text.noSnat, [...path, 'noSnat']) ?? defaults.noSnat;
    const doubtful = this.problems.length > before || this.#in.cut.has(text) || this.#in.cut.has(text.dhcp);
    if (doubtful) this.#doubtful.networks.add(name);
    if (cidr === undefined) return undefined;
    const firstHost = toIp(hostsOf(cidr).first);
    const guestsGateway = gateway ?? (text.gateway === null || doubtful ? undefined : firstHost);
    const base = {
      name,
      path,
      bridge,
      cidr,
      reserve,
      domain,
      dns,
      allocate: allocate ?? [rangeOf(cidr)],
      mtu: text.mtu ?? defaults.mtu,
      ...defined('project', text.project),
      ...defined('interface', uplink),
      ...defined('gateway', guestsGateway),
    };
    if (text.mode === 'flat') return { mode: 'flat', ...base, ...defined('cidr6', cidr6) } satisfies FlatNetwork;
    const routed = {
      ...base,
      dhcp: { ...dhcp, server: server ?? guestsGateway ?? firstHost },
      forward,
      snat,
      snatTo,
      noSnat,
      metadata: text.metadata ?? true,
    };
    // Without an id, a check says so.
    if (text.mode === 'vlan')
      return { mode: 'vlan', ...routed, vlan: text.vlan ?? 0, device: names.numbered('vlan', text.vlan ?? 0, name) };
    return { mode: 'flat-dhcp', ...routed };
  }

  #pool(name: string, text: PoolText): Pool {
    const path = ['pools', name];
    const ranges = this.#indexed(text.ranges).flatMap(([i, written]) => {
      const at = [...path, 'ranges', i];
      const range = this.#usable(written, at);
      return range === undefined ? [] : [{ path: at, ...range }];
    });
    return {
      name,
      path,
      ranges,
      ...defined('interface', this.#read(form.interfaceName, text.interface, [...path, 'interface'])),
    };
  }

  /** Of a network, all but its own and its broadcast address. */
  #usable(text: string, path: Path): Omit<PoolRange, 'path'> | undefined {
    const written = this.#read(form.range, text, path);
    const network = parseCidr(text);
    return written === undefined
      ? undefined
      : { written, usable: network === undefined ? written : hostsOf(network), ...defined('network', network) };
  }

  #dhcp({ dhcp }: NetworkText, path: Path, defaults: Defaults): Omit<RoutedNetwork['dhcp'], 'server'> {
    const leaseTime = this.#read(form.leaseTime, dhcp?.leaseTime, [...path, 'dhcp', 'leaseTime']) ?? defaults.leaseTime;
    const options = this.#each(form.dhcpOption, dhcp?.options, [...path, 'dhcp', 'options']) ?? [];
    return {
      leaseTime,
      options,
      ...defined('config', this.#read(form.absolutePath, dhcp?.config, [...path, 'dhcp', 'config'])),
    };
  }

  #instance(name: string, text: InstanceText, around: Around): Instance {
    const path = ['instances', name];
    if (this.#in.cut.has(text)) this.#doubtful.instances.add(name);
    const hostname = this.#read(form.hostname, text.hostname, [...path, 'hostname']) ?? hostnameFrom(name);
    const seen = new Map<string, number>();
    const nics = this.#indexed(text.nics ?? []).map(([index, nic]) => {
      const nth = (seen.get(nic.network) ?? 0) + 1;
      seen.set(nic.network, nth);
      return this.#nic(name, nic, index, nth, around);
    });
    return {
      name,
      path,
      host: text.host ?? around.onlyHost,
      hostname,
      nics: this.#withDefaultPool(text, nics, path, around),
      ...defined('project', text.project),
    };
  }

  #nic(instance: string, text: NicText, index: number, nth: number, around: Around): Nic {
    const path = ['instances', instance, 'nics', index];
    const holder = `${instance}/${text.network}${nth === 1 ? '' : `#${nth}`}`;
    return {
      holder,
      path,
      index,
      network: text.network,
      device: this.#device(
        text.device,
        index === 0 ? instance : `${instance}-${index}`,
        index,
        [...path, 'device'],
        around.names,
      ),
      floating: this.#floating(text, holder, path, around),
      ...defined('address', this.#read(form.address, text.address, [...path, 'address'])),
      ...defined('mac', this.#read(form.mac, text.mac, [...path, 'mac'])),
    };
  }

  #floating(text: NicText, nic: string, path: Path, { pools }: Around): readonly Floating[] {
    const seen = new Map<string, number>();
    return this.#indexed(text.floating ?? []).flatMap(([i, one]): Floating[] => {
      const at = [...path, 'floating', i];
      if (typeof one !== 'string') {
        const nth = (seen.get(one.pool) ?? 0) + 1;
        seen.set(one.pool, nth);
        return [{ holder: `${nic} ${one.pool}${nth === 1 ? '' : `#${nth}`}`, path: at, pool: one.pool }];
      }
      const address = this.#read(form.address, one, at);
      if (address === undefined) return [];
      const within = pools.filter(({ ranges }) => ranges.some(({ usable }) => holds(usable, address)));
      return [
        {
          holder: `${nic} ${address}`,
          path: at,
          address,
          ...defined('pool', within.length === 1 ? within[0]?.name : undefined),
        },
      ];
    });
  }

  /** The instance's own wish, or that of all; unless one of its NICs speaks of floating addresses itself. */
  #withDefaultPool(
    text: InstanceText,
    nics: readonly Nic[],
    path: Path,
    { networks, defaults }: Around,
  ): readonly Nic[] {
    const pool = text.floatingPool === undefined ? defaults.floatingPool : (text.floatingPool ?? undefined);
    if (pool === undefined || text.nics?.some(({ floating }) => floating !== undefined) === true) return nics;
    const from = text.floatingPool === undefined ? ['defaults', 'floatingPool'] : [...path, 'floatingPool'];
    const first = nics.find((nic) =>
      networks.some(({ name, mode, gateway }) => name === nic.network && mode !== 'flat' && gateway !== undefined),
    );
    return nics.map((nic) =>
      nic === first ? { ...nic, floating: [{ holder: `${nic.holder} ${pool}`, path: from, pool }] } : nic,
    );
  }

  #device(text: NicText['device'], owner: string, index: number, path: Path, names: Names): Device {
    const type = text?.type ?? 'tap';
    const name =
      this.#read(form.interfaceName, text?.name, [...path, 'name']) ??
      names.shortened(type === 'veth' ? 'veth' : 'tap', owner);
    if (text?.type !== 'veth') return type === 'external' ? { type, name } : { type: 'tap', name };
    const netns = this.#read(form.netnsName, text.netns, [...path, 'netns']) ?? text.netns;
    return {
      type: 'veth',
      name,
      netns,
      peer: this.#read(form.interfaceName, text.peer, [...path, 'peer']) ?? `eth${index}`,
    };
  }

  #probes(): readonly AskedFor[] {
    return this.#indexed(this.#in.text.probes ?? []).flatMap(([i, text]): AskedFor[] => {
      if (this.#in.cut.has(text)) this.#doubtful.probes.add(i);
      const path = ['probes', i];
      const target = this.#target(text, path);
      const timeout = this.#read(probeForm.timeout, text.timeout, [...path, 'timeout']) ?? PROBE_TIMEOUT;
      return target === undefined ? [] : [{ path, target, timeout, ...defined('host', text.host) }];
    });
  }

  /** Where a probe says several, or none, a check says so. */
  #target(text: ProbeText, path: Path): Target | undefined {
    const host = this.#read(probeForm.host, text.ping, [...path, 'ping']);
    const endpoint = this.#read(probeForm.endpoint, text.tcp, [...path, 'tcp']);
    const name = this.#read(probeForm.name, text.dns, [...path, 'dns']);
    const server = this.#read(probeForm.server, text.server, [...path, 'server']);
    const url = this.#read(probeForm.url, text.http, [...path, 'http']);
    if (host !== undefined) return { kind: 'ping', host };
    if (endpoint !== undefined) return { kind: 'tcp', ...endpoint };
    if (name !== undefined) return { kind: 'dns', name, ...defined('server', server) };
    return url === undefined ? undefined : { kind: 'http', url, ...defined('status', text.status) };
  }

  #read<T>(read: Form<T>, text: string | undefined, path: Path): T | undefined {
    if (text === undefined) return undefined;
    const result = read(text);
    if ('value' in result) return result.value;
    const { code, message, hint } = result;
    this.problems.push({ severity: 'error', code, message: `${spell(path)}: ${message}`, at: [path], hint });
    return undefined;
  }

  #each<T>(read: Form<T>, texts: readonly string[] | undefined, path: Path): readonly T[] | undefined {
    return texts === undefined
      ? undefined
      : this.#indexed(texts).flatMap(([i, text]) => this.#read(read, text, [...path, i]) ?? []);
  }

  #indexed<T>(items: readonly T[]): readonly (readonly [number, T])[] {
    const kept = this.#in.kept.get(items);
    return items.map((item, i) => [kept?.[i] ?? i, item]);
  }
}

function defined<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } | Record<string, never> {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: T });
}
