// test/fake-host/ip/route.ts — `ip route`, as far as netctl speaks it. The main table only.
import { baseOf } from '../../../src/net/ipv4.ts';
import type { Kernel, Namespace } from './kernel.ts';
import { Refused } from './refused.ts';
import type { HeldRoute } from './routes.ts';
import type { Words } from './words.ts';

export function runRoute(kernel: Kernel, netns: Namespace, words: Words): void {
  const verb = words.next();
  const said = readWords(words);
  const device = kernel.device(netns, said.link);
  if (verb === 'del') {
    netns.routes.remove(said);
    return;
  }
  if (verb !== 'add' && verb !== 'replace') throw words.unknown();
  const { family, to, via, source, link } = said;
  if (family === 4 && to.includes('/') && baseOf(to) !== to) throw new Refused('Error: Invalid prefix for given prefix length.');
  if (source !== undefined && !isLocal(netns, source)) throw new Refused('Error: Invalid prefsrc address.');
  if (!device.up) throw new Refused(via === undefined ? 'Error: Device for nexthop is not up.' : 'Error: Nexthop has invalid gateway.');
  const route: HeldRoute = {
    family, to, link, protocol: said.protocol ?? '3', metric: said.metric ?? (family === 6 ? 1024 : 0), onlink: said.onlink ?? false,
    ...(via === undefined ? {} : { via }), ...(source === undefined ? {} : { source }),
    ...(family === 6 ? {} : { scope: said.scope ?? (via === undefined ? '253' : '0') }),
  };
  netns.routes.add(route, verb === 'replace');
}

type Said = Partial<Omit<HeldRoute, 'family' | 'to' | 'link'>> & Pick<HeldRoute, 'family' | 'to' | 'link'>;

function readWords(words: Words): Said {
  const first = words.next();
  let [via, link, source, scope, protocol, metric, onlink]: [string?, string?, string?, string?, string?, number?, boolean?] = [];
  while (words.more()) {
    switch (words.next()) {
      case 'via': via = words.next(); break;
      case 'dev': link = words.next(); break;
      case 'src': source = words.next(); break;
      case 'scope': scope = words.next(); break;
      case 'proto': protocol = words.next(); break;
      case 'metric': metric = Number(words.next()); break;
      case 'onlink': onlink = true; break;
      default: throw words.unknown();
    }
  }
  if (link === undefined) throw new Error(`the fake ip wants the dev of a route: ${first}`);
  return {
    family: [first, via].some((word) => word?.includes(':')) ? 6 : 4, to: first === '::/0' ? 'default' : first, link,
    ...(via === undefined ? {} : { via }), ...(source === undefined ? {} : { source }), ...(scope === undefined ? {} : { scope }),
    ...(protocol === undefined ? {} : { protocol }), ...(metric === undefined ? {} : { metric }), ...(onlink === undefined ? {} : { onlink }),
  };
}

function isLocal(netns: Namespace, ip: string): boolean {
  return [...netns.devices.values()].some((device) => device.addresses.all().some((held) => held.cidr.startsWith(`${ip}/`)));
}
