// spec/model.ts — the spec as the rest of the house sees it: defaults applied, addresses parsed, names resolved.
import type { Diagnostic, Path } from '../core/resource.ts';
import type { Cidr, Ip, Range } from '../net/ipv4.ts';
import type { Mac } from '../net/mac.ts';

export interface Spec {
  readonly hosts: readonly Host[];
  readonly networks: readonly Network[];
  readonly instances: readonly Instance[];
  /** First octets of derived MACs: `fa:16:3e`. */
  readonly macPrefix: string;
}

export interface Host {
  readonly name: string;
  /** The spec names no host: it is for whichever one reads it. */
  readonly implied?: true;
  readonly flatInterface?: string;
}

/** One variant a mode; they share what every network has. */
export type Network = FlatDhcpNetwork;

interface NetworkBase {
  readonly name: string;
  /** Where it stands in the spec. */
  readonly path: Path;
  readonly project?: string;
  /** The operator's, or `br-<name>` cut to 15 characters. */
  readonly bridge: string;
  /** What goes into the bridge on a host; `null`: no uplink; absent: the host's `flatInterface`, if it has one. */
  readonly interface?: string | null;
  readonly cidr: Cidr;
  /** Where automatic addresses come from. */
  readonly allocate: readonly Range[];
  readonly reserve: readonly Range[];
  /** Where guests send what is not for their network; absent: nowhere, and nothing is forwarded. */
  readonly gateway?: Ip;
  readonly mtu: number;
}

export interface FlatDhcpNetwork extends NetworkBase {
  readonly mode: 'flat-dhcp';
  readonly domain: string;
  /** Upstream resolvers of the network's dnsmasq; none: those of the host. */
  readonly dns: readonly Ip[];
  readonly dhcp: {
    /** The host's own address on the bridge; the gateway's unless an outside router is the gateway. With no gateway and none named: the first host address. */
    readonly server: Ip;
    /** Seconds. */
    readonly leaseTime: number;
    /** dnsmasq's words: `option:ntp-server,192.168.50.1`. */
    readonly options: readonly string[];
    /** A dnsmasq configuration file of the operator's. */
    readonly config?: string;
  };
  readonly forward: 'all' | 'none' | readonly string[];
}

export interface Instance {
  readonly name: string;
  readonly path: Path;
  /** The host it runs on. */
  readonly host: string;
  readonly project?: string;
  /** A DNS label: the operator's, or the name made into one. */
  readonly hostname: string;
  readonly nics: readonly Nic[];
}

export interface Nic {
  /** Who holds its addresses, whatever its place among the NICs: `vm-1/lab`, `vm-1/lab#2` for the second on one network. */
  readonly holder: string;
  readonly path: Path;
  readonly index: number;
  /** Name of a network that the spec defines. */
  readonly network: string;
  readonly address?: Ip;
  readonly mac?: Mac;
  readonly device: Device;
}

/** The host's end of a NIC. Names are at most 15 characters. */
export type Device =
  | { readonly type: 'tap'; readonly name: string }
  /** `peer` is the far end's name in the namespace: `eth0`. */
  | { readonly type: 'veth'; readonly name: string; readonly netns: string; readonly peer: string }
  | { readonly type: 'external'; readonly name: string };

/** Where a path of the merged spec stands in the files. A missing key is located at its nearest parent. */
export type Locate = (path: Path, on?: 'key' | 'value') => Place;
export interface Place {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The line itself. */
  readonly text: string;
}

/** What a spec file can be wrong about, already placed: YAML's own errors have no path. */
export interface Placed extends Omit<Diagnostic, 'at'> {
  readonly at: readonly Place[];
}
