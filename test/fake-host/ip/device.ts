// test/fake-host/ip/device.ts — a device and a network namespace in memory, and what follows from how they stand to
// each other.
import { Addresses } from './addresses.ts';
import { Neighbours } from './neigh.ts';
import { Refused } from './refused.ts';
import { Routes } from './routes.ts';

export type DeviceType = 'loopback' | 'physical' | 'bridge' | 'vlan' | 'tap' | 'veth';

export interface Device {
  readonly index: number;
  name: string;
  readonly type: DeviceType;
  readonly netns: Namespace;
  mac: string;
  mtu: number;
  group: string;
  alias: string;
  up: boolean;
  promiscuous: boolean;
  master: Device | undefined;
  hairpin: boolean;
  /** Of a bridge. Delay in hundredths of a second. */
  forwardDelay: number;
  stp: number;
  netfilter: boolean;
  macPinned: boolean;
  mtuPinned: boolean;
  peer: Device | undefined;
  /** Of a VLAN device: what it depends on. */
  readonly vlan: { readonly parent: Device; readonly id: number } | undefined;
  /** `net.ipv4.conf.NAME.promote_secondaries` */
  promotes: boolean;
  /** By `ipv6.accept_ra`; nobody hears what `ipv4.arp_notify` has announced. */
  readonly settings: Map<string, string>;
  readonly addresses: Addresses;
}

export interface Namespace {
  /** '' is the host's own. */
  readonly name: string;
  readonly devices: Map<string, Device>;
  readonly routes: Routes;
  readonly neighbours: Neighbours;
  /** Our numbers for other namespaces, in the order in which our devices came to refer to them. */
  readonly numbers: Namespace[];
  nextIndex: number;
}

/** The VLAN devices that stand on it. */
export function uppersOf(device: Device): readonly Device[] {
  return [...device.netns.devices.values()].filter(({ vlan }) => vlan?.parent === device);
}

export function portsOf(bridge: Device): readonly Device[] {
  return [...bridge.netns.devices.values()].filter((device) => device.master === bridge);
}

export function hasCarrier(device: Device): boolean {
  if (!device.up) return false;
  switch (device.type) {
    case 'loopback':
    case 'physical':
      return true;
    // Nobody has it open.
    case 'tap':
      return false;
    case 'veth':
      return device.peer?.up === true;
    case 'vlan':
      return device.vlan !== undefined && hasCarrier(device.vlan.parent);
    case 'bridge':
      return portsOf(device).some(hasCarrier);
  }
}

export function checkMtu(device: Device, mtu: number): void {
  const limits = {
    loopback: [0, Infinity],
    physical: [68, 9000],
    bridge: [68, 65535],
    vlan: [0, 65535],
    tap: [68, 65521],
    veth: [68, 65535],
  } as const;
  const [least, most] = limits[device.type];
  if (mtu < least) throw new Refused('Error: mtu less than device minimum.');
  if (mtu > most) throw new Refused('Error: mtu greater than device maximum.');
}
