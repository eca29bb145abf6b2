// specfile/model.ts — the spec as the rest of the house sees it: defaults applied, addresses parsed, names resolved.
import type { Diagnostic, Path } from '../core/resource.ts';
import type { Cidr, Ip, Range } from '../net/ip.ts';
import type { Mac } from '../net/mac.ts';

export interface Spec {
  readonly hosts: readonly Host[];
  readonly networks: readonly Network[];
  readonly pools: readonly Pool[];
  readonly instances: readonly Instance[];
  /** First octets of derived MACs: `fa:16:3e`. */
  readonly macPrefix: string;
  /** What is read by keys that only their feature knows, by these (specfile/extension.ts). */
  readonly own?: ReadonlyMap<object, unknown>;
}

export interface Host {
  readonly name: string;
  /** The spec names no host: it is for whichever one reads it. */
  readonly implied?: true;
  /**
   * Where floating addresses are bound and SNAT leaves. It may be the uplink of a network: then its addresses are on
   * that bridge.
   */
  readonly publicInterface?: string;
  /** Parent of VLAN devices. */
  readonly vlanInterface?: string;
  readonly flatInterface?: string;
  /** Source of SNAT; absent: the public interface's first global address. */
  readonly sourceAddress?: Ip<4>;
  /** The metadata service; absent: there is none. */
  readonly metadata?: { readonly address: Ip<4>; readonly port: number };
}

/** One variant a mode; they share what every network has. */
export type Network = FlatNetwork | RoutedNetwork;
/** Networks on which the host has an address, serves DHCP and does NAT. */
export type RoutedNetwork = FlatDhcpNetwork | VlanNetwork;

interface NetworkBase {
  readonly name: string;
  /** Where it stands in the spec. */
  readonly path: Path;
  readonly project?: string;
  /** The operator's, or `br<vlan>`, or `br-<name>` cut to 15 characters. */
  readonly bridge: string;
  /**
   * What goes into the bridge on a host, or what its VLAN device depends on; `null`: no uplink; absent: the host's
   * `flatInterface` or `vlanInterface`, if it has one.
   */
  readonly interface?: string | null;
  readonly cidr: Cidr<4>;
  /** Where automatic addresses come from. */
  readonly allocate: readonly Range<4>[];
  readonly reserve: readonly Range<4>[];
  /** Where guests send what is not for their network; absent: nowhere, and nothing is forwarded. */
  readonly gateway?: Ip<4>;
  readonly mtu: number;
  readonly domain: string;
  /** Resolvers: of a flat network's guests, or upstream of the network's dnsmasq; none there: those of the host. */
  readonly dns: readonly Ip<4>[];
}

/** The guests configure themselves from what is injected into them; the host has no address there. */
export interface FlatNetwork extends NetworkBase {
  readonly mode: 'flat';
  /** A /64 by its base address, as RFC 5952 writes it. */
  readonly cidr6?: Cidr<6>;
}

interface RoutedBase extends NetworkBase {
  readonly dhcp: {
    /**
     * The host's own address on the bridge; the gateway's unless an outside router is the gateway. With no gateway and
     * none named: the first host address.
     */
    readonly server: Ip<4>;
    /** Seconds. */
    readonly leaseTime: number;
    /** dnsmasq's words: `option:ntp-server,192.168.50.1`. */
    readonly options: readonly string[];
    /** A dnsmasq configuration file of the operator's. */
    readonly config?: string;
  };
  readonly forward: 'all' | 'none' | readonly string[];
  /** true: to the host's source address; a range: to that. Of a network written as such, its usable addresses. */
  readonly snat: boolean | Range<4>;
  /** With an outside router: the only destinations that are source-NATed. */
  readonly snatTo: readonly Cidr<4>[];
  readonly noSnat: readonly Cidr<4>[];
  /** Whether the guests' requests for the metadata service are redirected. */
  readonly metadata: boolean;
}

export interface FlatDhcpNetwork extends RoutedBase {
  readonly mode: 'flat-dhcp';
}

export interface VlanNetwork extends RoutedBase {
  readonly mode: 'vlan';
  /** 802.1Q id, 1 to 4094. */
  readonly vlan: number;
  /** Name of the VLAN device: `vlan100`. */
  readonly device: string;
}

/** Floating addresses. */
export interface Pool {
  readonly name: string;
  readonly path: Path;
  /** As written; of a network also its base and broadcast address, which are not given out (net/ipv4.ts `hostsOf`). */
  readonly ranges: readonly PoolRange[];
  /** Where they are bound; absent: the host's `publicInterface`. */
  readonly interface?: string;
}
export interface PoolRange {
  readonly path: Path;
  /** Written as a network. */
  readonly network?: Cidr<4>;
  readonly written: Range<4>;
  /** What of it is given out. */
  readonly usable: Range<4>;
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
  /**
   * Who holds its addresses, whatever its place among the NICs: `vm-1/lab`, `vm-1/lab#2` for the second on one network.
   */
  readonly holder: string;
  readonly path: Path;
  readonly index: number;
  /** Name of a network that the spec defines. */
  readonly network: string;
  readonly address?: Ip<4>;
  readonly mac?: Mac;
  readonly device: Device;
  /** In order: from outside, the guest is seen by the first. */
  readonly floating: readonly Floating[];
}

/** A floating address that a NIC asks for. */
export interface Floating {
  /**
   * Who holds it, whatever else the NIC asks for: `vm-1/blue 198.51.100.17` by name, `vm-1/blue public`, `vm-1/blue
   * public#2` of a pool.
   */
  readonly holder: string;
  readonly path: Path;
  /** Name of the pool; of an address that lies in no pool, or in two: none. */
  readonly pool?: string;
  /** Absent: whichever is free. */
  readonly address?: Ip<4>;
}

/** The host's end of a NIC. Names are at most 15 characters. */
export type Device =
  | { readonly type: 'tap'; readonly name: string }
  /** `peer` is the far end's name in the namespace: `eth0`. */
  | { readonly type: 'veth'; readonly name: string; readonly netns: string; readonly peer: string }
  | { readonly type: 'external'; readonly name: string };

/** Where a path of the merged spec stands in the files. A missing key is located at its nearest parent. */
export type Locate = (path: Path, on?: 'key' | 'value') => Position;
export interface Position {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The line itself. */
  readonly text: string;
}

/** What a spec file can be wrong about, already located: YAML's own errors have no path. */
export interface LocatedDiagnostic extends Omit<Diagnostic, 'at'> {
  readonly at: readonly Position[];
}
