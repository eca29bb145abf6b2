// test/fake-host/ip/route.ts — `ip route`, as far as netctl speaks it.
import { baseOf } from '../../../src/net/ip.ts';
import type { Namespace } from './device.ts';
import type { Kernel } from './kernel.ts';
import { Refused } from './refused.ts';
import type { HeldRoute, RoutePattern } from './routes.ts';
import type { Words } from './words.ts';

export function runRoute(kernel: Kernel, netns: Namespace, words: Words): void {
  const verb = words.next();
  if (verb === 'flush') {
    const said = readFilter(words);
    netns.routes.flush(said);
    return;
  }
  const said = readWords(words);
  const device = kernel.device(netns, said.link);
  if (verb === 'del') {
    netns.routes.remove(said);
    return;
  }
  if (verb !== 'add' && verb !== 'replace' && verb !== 'prepend') throw words.unknown();
  const { family, to, via, source, link, table, type, tos, attributes } = said;
  if (family === 4 && to.includes('/') && baseOf(to) !== to)
    throw new Refused('Error: Invalid prefix for given prefix length.');
  if (source !== undefined && !isLocal(netns, source)) throw new Refused('Error: Invalid prefsrc address.');
  if (!device.up)
    throw new Refused(
      via === undefined ? 'Error: Device for nexthop is not up.' : 'Error: Nexthop has invalid gateway.',
    );
  const route: HeldRoute = {
    family,
    to,
    link,
    protocol: said.protocol ?? '3',
    metric: said.metric ?? (family === 6 ? 1024 : 0),
    onlink: said.onlink ?? false,
    ...(via === undefined ? {} : { via }),
    ...(source === undefined ? {} : { source }),
    ...(family === 6 ? {} : { scope: said.scope ?? (via === undefined ? '253' : '0') }),
    ...(table === undefined ? {} : { table }),
    ...(type === undefined ? {} : { type }),
    ...(tos === undefined ? {} : { tos }),
    ...(attributes === undefined ? {} : { attributes }),
  };
  if (verb === 'prepend') netns.routes.prepend(route);
  else netns.routes.add(route, verb === 'replace');
}

/** `flush [type broadcast] exact 203.0.113.0/24 dev eth1 table 254 proto 2 src 203.0.113.11` */
function readFilter(words: Words): RoutePattern {
  let pattern: RoutePattern = { family: 4, to: '' };
  while (words.more()) {
    const word = words.next();
    const value = words.next();
    switch (word) {
      case 'type':
        pattern = { ...pattern, type: value };
        break;
      case 'exact':
        pattern = { ...pattern, to: value };
        break;
      case 'dev':
        pattern = { ...pattern, link: value };
        break;
      case 'table':
        if (value !== '254') pattern = { ...pattern, table: value };
        break;
      case 'proto':
        pattern = { ...pattern, protocol: value };
        break;
      case 'src':
        pattern = { ...pattern, source: value };
        break;
      default:
        throw words.unknown();
    }
  }
  return pattern;
}

const TYPES: readonly string[] = ['local', 'multicast', 'broadcast'];
const METRICS: readonly string[] = ['mtu', 'advmss', 'initcwnd', 'pref'];

type Said = Partial<Omit<HeldRoute, 'family' | 'to' | 'link'>> & Pick<HeldRoute, 'family' | 'to' | 'link'>;

function readWords(words: Words): Said {
  const head = words.next();
  const type = TYPES.includes(head) ? head : undefined;
  const first = type === undefined ? head : words.next();
  const attributes: string[] = [];
  let [via, link, source, scope, protocol, metric, onlink, table, tos]: [
    string?,
    string?,
    string?,
    string?,
    string?,
    number?,
    boolean?,
    string?,
    string?,
  ] = [];
  while (words.more()) {
    const word = words.next();
    switch (word) {
      case 'via':
        via = words.next();
        break;
      case 'dev':
        link = words.next();
        break;
      case 'src':
        source = words.next();
        break;
      case 'scope':
        scope = words.next();
        break;
      case 'proto':
        protocol = words.next();
        break;
      case 'metric':
        metric = Number(words.next());
        break;
      case 'onlink':
        onlink = true;
        break;
      case 'table':
        table = words.next();
        break;
      case 'tos':
        tos = words.next();
        break;
      default:
        if (!METRICS.includes(word)) throw words.unknown();
        attributes.push(`${word} ${words.next()}`);
    }
  }
  if (link === undefined) throw new Error(`the fake ip wants the dev of a route: ${first}`);
  return {
    family: [first, via].some((word) => word?.includes(':')) ? 6 : 4,
    to: first === '::/0' ? 'default' : first,
    link,
    ...(via === undefined ? {} : { via }),
    ...(source === undefined ? {} : { source }),
    ...(scope === undefined ? {} : { scope }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(metric === undefined ? {} : { metric }),
    ...(onlink === undefined ? {} : { onlink }),
    ...(type === undefined ? {} : { type }),
    ...(table === undefined ? {} : { table }),
    ...(tos === undefined ? {} : { tos }),
    ...(attributes.length === 0 ? {} : { attributes: attributes.join(' ') }),
  };
}

function isLocal(netns: Namespace, ip: string): boolean {
  return [...netns.devices.values()].some((device) =>
    device.addresses.all().some((held) => held.cidr.startsWith(`${ip}/`)),
  );
}
