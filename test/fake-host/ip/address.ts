// test/fake-host/ip/address.ts — `ip address`, as far as netctl speaks it.
import { connectedOf } from './addresses.ts';
import type { HeldAddress } from './addresses.ts';
import type { Device, Namespace } from './device.ts';
import type { Kernel } from './kernel.ts';
import { Refused } from './refused.ts';
import type { Words } from './words.ts';

export function runAddress(kernel: Kernel, netns: Namespace, words: Words): void {
  const verb = words.next();
  if (verb === 'flush') {
    flush(kernel.device(netns, words.after('dev')), words.after('scope'));
    return;
  }
  const { link, ...wanted } = readWanted(words);
  const device = kernel.device(netns, link);
  if (verb === 'add' || verb === 'replace') put(device, { ...wanted, label: wanted.label ?? link }, verb === 'replace');
  else if (verb === 'del') remove(device, wanted.cidr);
  else throw words.unknown();
}

type Wanted = Omit<HeldAddress, 'label'> & { readonly label?: string; readonly link: string };

function readWanted(words: Words): Wanted {
  let cidr = words.next();
  let [broadcast, label, link, scope, metric, noPrefixRoute, peer, deprecated]: [
    string?,
    string?,
    string?,
    string?,
    number?,
    boolean?,
    string?,
    boolean?,
  ] = [];
  while (words.more()) {
    switch (words.next()) {
      case 'brd':
        broadcast = words.next();
        break;
      case 'metric':
        metric = Number(words.next());
        break;
      case 'label':
        label = words.next();
        break;
      case 'scope':
        scope = words.next();
        break;
      case 'dev':
        link = words.next();
        break;
      case 'noprefixroute':
        noPrefixRoute = true;
        break;
      case 'peer': {
        const [ip = '', bits = '32'] = words.next().split('/');
        cidr = `${cidr}/${bits}`;
        peer = ip;
        break;
      }
      case 'preferred_lft':
        deprecated = words.next() === '0';
        break;
      case 'nodad':
        break;
      default:
        throw words.unknown();
    }
  }
  if (link === undefined || !/\/\d+$/.test(cidr))
    throw new Error(`the fake ip wants an address with its length and its dev: ${cidr}`);
  return {
    family: cidr.includes(':') ? 6 : 4,
    cidr,
    link,
    scope: scope ?? 'global',
    metric: metric ?? 0,
    noPrefixRoute: noPrefixRoute ?? false,
    secondary: false,
    ...(broadcast === undefined ? {} : { broadcast }),
    ...(label === undefined ? {} : { label }),
    ...(peer === undefined ? {} : { peer }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** None there is no error. */
function flush(device: Device, scope: string): void {
  for (const held of device.addresses.all()) if (held.scope === scope) remove(device, held.cidr);
}

function put(device: Device, held: HeldAddress, replace: boolean): void {
  if (held.family === 6 && device.mtu < 1280) throw new Refused('Error: ipv6: IPv6 is disabled on this device.');
  const there = device.addresses.find(held.cidr);
  if (there === undefined) {
    device.addresses.insert(held);
    connect(device, held);
    return;
  }
  if (!replace)
    throw new Refused(held.family === 4 ? 'Error: ipv4: Address already assigned.' : 'RTNETLINK answers: File exists');
  there.deprecated = held.deprecated ?? false;
  // Nothing else of it is changed in place; and IPv6 keeps its metric where none is said.
  if (there.metric === held.metric || (held.family === 6 && held.metric === 0)) return;
  disconnect(device, there);
  there.metric = held.metric;
  connect(device, there);
}

function remove(device: Device, cidr: string): void {
  const held = device.addresses.find(cidr);
  if (held === undefined)
    throw new Refused(
      cidr.includes(':') ? 'RTNETLINK answers: Cannot assign requested address' : 'Error: ipv4: Address not found.',
    );
  const { routes } = device.netns;
  const gone = device.addresses.remove(held, device.promotes);
  for (const other of gone) {
    disconnect(device, other);
    const [ip = ''] = other.cidr.split('/');
    if (!isLocal(device.netns, ip)) routes.dropSource(ip);
  }
  // What was promoted leads the way to its network now.
  for (const other of device.addresses.all()) if (other.family === held.family) connect(device, other);
  if (held.family === 4 && !device.addresses.all().some((other) => other.family === 4)) {
    routes.dropLink(device.name, 4);
    device.netns.neighbours.dropLink(device.name, 4);
  }
}

function isLocal(netns: Namespace, ip: string): boolean {
  return [...netns.devices.values()].some((device) =>
    device.addresses.all().some((held) => held.cidr.startsWith(`${ip}/`)),
  );
}

function connect(device: Device, held: HeldAddress): void {
  const route = connectedOf(held);
  if (device.up && route !== undefined) device.netns.routes.connect({ ...route, link: device.name });
}

function disconnect(device: Device, held: HeldAddress): void {
  const route = connectedOf(held);
  if (route !== undefined) device.netns.routes.disconnect({ ...route, link: device.name });
}
