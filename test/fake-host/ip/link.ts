// test/fake-host/ip/link.ts — `ip link` and `ip tuntap`, as far as netctl speaks them.
import type { Device, Namespace } from './device.ts';
import type { Kernel } from './kernel.ts';
import { Refused } from './refused.ts';
import type { Words } from './words.ts';

export function runLink(kernel: Kernel, netns: Namespace, words: Words): void {
  const verb = words.next();
  if (verb === 'add') add(kernel, netns, words);
  else if (verb === 'set') set(kernel, netns, words);
  else if (verb === 'del') remove(kernel, netns, words);
  else throw words.unknown();
}

/** One by its name, or all of a group: none is an error. */
function remove(kernel: Kernel, netns: Namespace, words: Words): void {
  const by = words.next();
  const name = words.next();
  if (by === 'dev') kernel.remove(kernel.device(netns, name));
  else if (by !== 'group') throw words.unknown();
  else {
    const members = [...netns.devices.values()].filter((device) => device.group === name);
    if (members.length === 0) throw new Refused('RTNETLINK answers: No such device', 2);
    for (const device of members) if (netns.devices.get(device.name) === device) kernel.remove(device);
  }
}

export function runTuntap(kernel: Kernel, netns: Namespace, words: Words): void {
  const verb = words.next();
  const name = words.after('dev');
  if (words.after('mode') !== 'tap') throw words.unknown();
  if (verb === 'add') {
    if (netns.devices.has(name)) throw new Refused('ioctl(TUNSETIFF): Device or resource busy', 1);
    kernel.addDevice(netns, { name, type: 'tap' });
  } else if (verb === 'del') kernel.remove(kernel.device(netns, name));
  else throw words.unknown();
}

interface Wanted {
  link?: string;
  name?: string;
  group?: string;
  index?: number;
  mac?: string;
  mtu?: number;
  netns?: string;
}

function add(kernel: Kernel, netns: Namespace, words: Words): void {
  const near = readWanted(words, ['type']);
  const type = words.next();
  const name = nameOf(near);
  // `ip` looks for it before it says anything to the kernel.
  const parent = near.link === undefined ? undefined : kernel.device(netns, near.link);
  if (netns.devices.has(name)) throw new Refused('RTNETLINK answers: File exists');
  if (type === 'bridge') addBridge(kernel, netns, near, words);
  else if (type === 'vlan' && parent !== undefined) addVlan(kernel, parent, near, words);
  else if (type === 'veth') addVeth(kernel, netns, near, words);
  else throw words.unknown();
}

function readWanted(words: Words, until: readonly string[]): Wanted {
  const wanted: Wanted = {};
  while (words.more() && !until.includes(words.peek() ?? '')) {
    switch (words.next()) {
      case 'link':
        wanted.link = words.next();
        break;
      case 'name':
        wanted.name = words.next();
        break;
      case 'index':
        wanted.index = Number(words.next());
        break;
      case 'group':
        wanted.group = words.next();
        break;
      case 'address':
        wanted.mac = words.next();
        break;
      case 'mtu':
        wanted.mtu = Number(words.next());
        break;
      case 'netns':
        wanted.netns = words.next();
        break;
      default:
        throw words.unknown();
    }
  }
  if (until.length > 0 && words.more()) words.next();
  return wanted;
}

function nameOf({ name }: Wanted): string {
  if (name === undefined) throw new Error('the fake ip makes no device without a name');
  if (name.length > 15) throw new Refused(`Error: argument "${name}" is wrong: "name" not a valid ifname`, 255);
  return name;
}

function addBridge(kernel: Kernel, netns: Namespace, wanted: Wanted, words: Words): void {
  const bridge = kernel.addDevice(netns, { ...wanted, name: nameOf(wanted), type: 'bridge' });
  bridge.macPinned = wanted.mac !== undefined;
  setBridge(bridge, words);
}

function addVlan(kernel: Kernel, parent: Device, wanted: Wanted, words: Words): void {
  const id = Number(words.after('id'));
  if (id > 4094) throw new Refused('Error: 8021q: Invalid VLAN id.');
  if ([...parent.netns.devices.values()].some(({ vlan }) => vlan?.parent === parent && vlan.id === id))
    throw new Refused('Error: 8021q: VLAN device already exists.');
  if ((wanted.mtu ?? 0) > parent.mtu) throw new Refused('RTNETLINK answers: Invalid argument');
  const { mtu, group, index } = wanted;
  kernel.addDevice(parent.netns, {
    name: nameOf(wanted),
    type: 'vlan',
    vlan: { parent, id },
    ...(index === undefined ? {} : { index }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(group === undefined ? {} : { group }),
  });
}

function addVeth(kernel: Kernel, netns: Namespace, near: Wanted, words: Words): void {
  if (words.next() !== 'peer') throw words.unknown();
  const far = readWanted(words, []);
  if (far.netns !== undefined && !kernel.has(far.netns))
    throw new Refused(`Error: argument "${far.netns}" is wrong: Invalid "netns" value`, 255);
  const inside = far.netns === undefined ? netns : kernel.namespace(far.netns);
  if (inside.devices.has(nameOf(far))) throw new Refused('RTNETLINK answers: File exists');
  const peer = kernel.addDevice(inside, { ...far, name: nameOf(far), type: 'veth' });
  kernel.pair(kernel.addDevice(netns, { ...near, name: nameOf(near), type: 'veth' }), peer);
}

function set(kernel: Kernel, netns: Namespace, words: Words): void {
  const name = words.after('dev');
  if (words.peek() === 'type') {
    words.next();
    const device = kernel.device(netns, name);
    setType(device, words);
    return;
  }
  apply(kernel, netns, name, readSettings(words));
}

function setType(device: Device, words: Words): void {
  const type = words.next();
  if (type === 'bridge') {
    if (device.type !== 'bridge') throw new Refused('RTNETLINK answers: Operation not supported');
    setBridge(device, words);
  } else if (type === 'bridge_slave') {
    if (words.next() !== 'hairpin') throw words.unknown();
    const on = onOff(words);
    if (device.master === undefined) throw new Refused('RTNETLINK answers: Operation not supported');
    device.hairpin = on;
  } else throw words.unknown();
}

/** Forward delay before STP, in whatever order they are said. */
function setBridge(bridge: Device, words: Words): void {
  let [delay, stp]: (number | undefined)[] = [];
  while (words.more()) {
    const word = words.next();
    if (word === 'forward_delay') delay = Number(words.next());
    else if (word === 'stp_state') stp = Number(words.next());
    else if (word === 'nf_call_iptables') bridge.netfilter = words.next() === '1';
    else throw words.unknown();
  }
  if (delay !== undefined) {
    if (bridge.stp !== 0 && (delay < 200 || delay > 3000))
      throw new Refused('RTNETLINK answers: Numerical result out of range');
    bridge.forwardDelay = delay;
  }
  if (stp === undefined) return;
  if (bridge.stp === 0 && stp !== 0) bridge.forwardDelay = Math.max(200, bridge.forwardDelay);
  bridge.stp = stp;
}

interface Settings {
  mode?: string;
  mac?: string;
  mtu?: number;
  group?: string;
  name?: string;
  alias?: string;
  /** '': none. */
  master?: string;
  promiscuous?: boolean;
  up?: boolean;
}

function readSettings(words: Words): Settings {
  const settings: Settings = {};
  while (words.more()) {
    switch (words.next()) {
      case 'address':
        settings.mac = words.next();
        break;
      case 'mtu':
        settings.mtu = Number(words.next());
        break;
      case 'addrgenmode':
        settings.mode = words.next();
        break;
      case 'group':
        settings.group = words.next();
        break;
      case 'name':
        settings.name = words.next();
        break;
      case 'alias':
        settings.alias = words.next();
        break;
      case 'master':
        settings.master = words.next();
        break;
      case 'nomaster':
        settings.master = '';
        break;
      case 'promisc':
        settings.promiscuous = onOff(words);
        break;
      case 'up':
        settings.up = true;
        break;
      case 'down':
        settings.up = false;
        break;
      default:
        throw words.unknown();
    }
  }
  return settings;
}

/** In the kernel's order: what comes before a refusal stays. */
function apply(kernel: Kernel, netns: Namespace, name: string, settings: Settings): void {
  const { mac, mtu, group, alias, master, promiscuous, up } = settings;
  // `ip` looks for these before it says anything to the kernel, and for the master before the device.
  if (alias !== undefined && Buffer.byteLength(alias) > 255)
    throw new Refused(`Error: argument "${alias}" is wrong: alias too long`, 255);
  if (master !== undefined && master !== '' && !netns.devices.has(master))
    throw new Refused(`Error: argument "${master}" is wrong: Device does not exist`, 255);
  const device = kernel.device(netns, name);
  if (mac !== undefined) {
    if (Number.parseInt(mac.slice(0, 2), 16) % 2 === 1)
      throw new Refused('RTNETLINK answers: Cannot assign requested address');
    kernel.setMac(device, mac);
    device.macPinned = true;
  }
  if (mtu !== undefined) kernel.setMtu(device, mtu);
  if (group !== undefined) device.group = group;
  if (settings.name !== undefined) rename(netns, device, settings.name);
  if (alias !== undefined) device.alias = alias;
  if (master !== undefined) kernel.enslave(device, master === '' ? undefined : kernel.device(netns, master));
  if (promiscuous !== undefined) device.promiscuous = promiscuous;
  if (settings.mode !== undefined) device.settings.set('ipv6.addr_gen_mode', settings.mode === 'none' ? '1' : '0');
  if (up !== undefined) kernel.setUp(device, up);
}

function rename(netns: Namespace, device: Device, name: string): void {
  if (netns.devices.has(name)) throw new Refused('RTNETLINK answers: File exists');
  netns.devices.delete(device.name);
  netns.routes.rename(device.name, name);
  netns.neighbours.rename(device.name, name);
  device.name = name;
  netns.devices.set(name, device);
}

function onOff(words: Words): boolean {
  const word = words.next();
  if (word !== 'on' && word !== 'off') throw words.unknown();
  return word === 'on';
}
