// test/fake-host/ip/kernel.ts — network namespaces in memory: devices, addresses and routes, with the side effects that
// a kernel has.
import { Addresses } from './addresses.ts';
import { Neighbours } from './neigh.ts';
import { Refused } from './refused.ts';
import { Routes } from './routes.ts';
import { checkMtu, hasCarrier, portsOf, uppersOf } from './device.ts';
import type { Device, DeviceType, Namespace } from './device.ts';

export class Kernel {
  private readonly namespaces = new Map<string, Namespace>();
  private made = 0;
  /** What new devices are told of forwarding. */
  private forwards = '0';

  constructor() {
    this.addNamespace('');
  }

  /** As writing net.ipv4.ip_forward does: every device is told, and those to come. */
  forwardAll(value: string, netns = ''): void {
    if (netns === '') this.forwards = value;
    for (const device of this.namespace(netns).devices.values()) device.settings.set('ipv4.forwarding', value);
  }

  names(): readonly string[] {
    return [...this.namespaces.keys()].filter((name) => name !== '');
  }

  has(name: string): boolean {
    return this.namespaces.has(name);
  }

  namespace(name: string): Namespace {
    const found = this.namespaces.get(name);
    if (found === undefined) throw new Refused(`Cannot open network namespace "${name}": No such file or directory`, 1);
    return found;
  }

  addNamespace(name: string): Namespace {
    const netns: Namespace = {
      name,
      devices: new Map(),
      routes: new Routes(),
      neighbours: new Neighbours(),
      numbers: [],
      nextIndex: 1,
    };
    this.namespaces.set(name, netns);
    this.addDevice(netns, { name: 'lo', type: 'loopback', mac: '00:00:00:00:00:00', mtu: 65536 });
    return netns;
  }

  /** With it go its devices, and with those their other ends. */
  removeNamespace(name: string): void {
    const netns = this.namespace(name);
    for (const device of [...netns.devices.values()]) if (device.type !== 'loopback') this.remove(device);
    this.namespaces.delete(name);
    for (const other of this.namespaces.values())
      other.numbers.splice(0, other.numbers.length, ...other.numbers.filter((n) => n !== netns));
  }

  device(netns: Namespace, name: string): Device {
    const found = netns.devices.get(name);
    if (found === undefined) throw new Refused(`Cannot find device "${name}"`, 1);
    return found;
  }

  addDevice(
    netns: Namespace,
    given: {
      readonly name: string;
      readonly type: DeviceType;
      readonly index?: number;
      readonly mac?: string;
      readonly mtu?: number;
      readonly group?: string;
      readonly vlan?: Device['vlan'];
    },
  ): Device {
    if (netns.devices.has(given.name)) throw new Refused('RTNETLINK answers: File exists');
    if ([...netns.devices.values()].some(({ index }) => index === given.index))
      throw new Refused('RTNETLINK answers: Device or resource busy');
    this.made += 1;
    const device: Device = {
      index: given.index ?? netns.nextIndex,
      name: given.name,
      type: given.type,
      netns,
      mac: given.mac ?? given.vlan?.parent.mac ?? `0e:00:00:00:${hex(this.made >> 8)}:${hex(this.made & 255)}`,
      mtu: given.vlan?.parent.mtu ?? 1500,
      group: given.group ?? 'default',
      alias: '',
      up: false,
      promiscuous: false,
      master: undefined,
      hairpin: false,
      forwardDelay: 1500,
      stp: 0,
      netfilter: false,
      macPinned: given.mac !== undefined,
      mtuPinned: false,
      peer: undefined,
      vlan: given.vlan,
      promotes: false,
      settings: new Map([
        ['ipv4.arp_notify', '0'],
        ['ipv4.forwarding', this.forwards],
        ['ipv6.accept_ra', '1'],
        ['ipv6.autoconf', '1'],
        ['ipv6.proxy_ndp', '0'],
        ['ipv6.addr_gen_mode', '0'],
      ]),
      addresses: new Addresses(),
    };
    if (given.mtu !== undefined) {
      checkMtu(device, given.mtu);
      device.mtu = given.mtu;
    }
    if (given.index === undefined) netns.nextIndex += 1;
    netns.devices.set(given.name, device);
    return device;
  }

  pair(near: Device, far: Device): void {
    near.peer = far;
    far.peer = near;
    for (const [a, b] of [
      [near, far],
      [far, near],
    ] as const) {
      if (a.netns !== b.netns && !a.netns.numbers.includes(b.netns)) a.netns.numbers.push(b.netns);
    }
  }

  remove(device: Device): void {
    if (device.type === 'loopback' || device.type === 'physical')
      throw new Refused('RTNETLINK answers: Operation not supported');
    for (const port of portsOf(device)) this.enslave(port, undefined);
    const both = device.peer === undefined ? [device] : [device, device.peer];
    for (const upper of both.flatMap(uppersOf)) this.remove(upper);
    for (const end of both) {
      this.enslave(end, undefined);
      end.netns.routes.dropLink(end.name);
      end.netns.neighbours.dropLink(end.name);
      end.netns.devices.delete(end.name);
    }
  }

  enslave(device: Device, master: Device | undefined): void {
    if (device.master === master) return;
    if (master !== undefined && master.type !== 'bridge')
      throw new Refused('RTNETLINK answers: Operation not supported');
    if (master !== undefined && device.type === 'bridge')
      throw new Refused('Error: Can not enslave a bridge to a bridge.');
    if (master !== undefined && device.type === 'loopback') throw new Refused('RTNETLINK answers: Invalid argument');
    const former = device.master;
    device.master = master;
    device.hairpin = false;
    for (const bridge of [former, master]) if (bridge !== undefined) this.followPorts(bridge);
  }

  /** A bridge that was told neither has the lowest MTU and MAC of its ports. */
  private followPorts(bridge: Device): void {
    const ports = portsOf(bridge);
    if (ports.length === 0) return;
    if (!bridge.mtuPinned) bridge.mtu = Math.min(...ports.map((port) => port.mtu));
    if (!bridge.macPinned) bridge.mac = ports.map((port) => port.mac).sort()[0] ?? bridge.mac;
  }

  setMtu(device: Device, mtu: number): void {
    checkMtu(device, mtu);
    if (mtu === device.mtu) return;
    if (mtu > (device.vlan?.parent.mtu ?? Infinity))
      throw new Refused('RTNETLINK answers: Numerical result out of range');
    device.mtu = mtu;
    for (const upper of uppersOf(device)) if (upper.mtu > mtu) this.setMtu(upper, mtu);
    // Only a change tells the bridge that somebody chose.
    if (device.type === 'bridge') device.mtuPinned = true;
    else if (device.master !== undefined) this.followPorts(device.master);
    if (mtu < 1280) this.dropIpv6(device);
  }

  setMac(device: Device, mac: string): void {
    // Those whose MAC is still their parent's follow.
    for (const upper of uppersOf(device)) if (upper.mac === device.mac) this.setMac(upper, mac);
    device.mac = mac;
  }

  /** VLAN devices go down with their parent, and come up with it. */
  setUp(device: Device, up: boolean): void {
    if (device.up === up) return;
    if (up && device.vlan?.parent.up === false) throw new Refused('RTNETLINK answers: Network is down');
    device.up = up;
    for (const upper of uppersOf(device)) this.setUp(upper, up);
    if (up) {
      for (const route of device.addresses.connected()) device.netns.routes.connect({ ...route, link: device.name });
      return;
    }
    device.netns.routes.dropLink(device.name);
    device.netns.neighbours.dropLink(device.name);
    this.dropIpv6(device);
  }

  /** After every command: link-local addresses come by themselves with a carrier. */
  settle(): void {
    for (const netns of this.namespaces.values())
      for (const device of netns.devices.values()) {
        if (
          device.type !== 'loopback' &&
          device.settings.get('ipv6.addr_gen_mode') === '0' &&
          device.mtu >= 1280 &&
          hasCarrier(device) &&
          !device.addresses.hasLinkLocal()
        ) {
          device.addresses.addLinkLocal(device.mac);
          for (const route of device.addresses.connected())
            if (route.to === 'fe80::/64') device.netns.routes.connect({ ...route, link: device.name });
        }
      }
  }

  private dropIpv6(device: Device): void {
    device.addresses.dropIpv6();
    device.netns.routes.dropLink(device.name, 6);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
