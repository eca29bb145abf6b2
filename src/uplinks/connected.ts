// uplinks/connected.ts — the routes that the kernel makes of an interface's addresses: moved with those, they become
// what the kernel makes of them.
import { recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { contains } from '../net/ip.ts';
import { listed, refused, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { unknownOfRoute } from './known.ts';
import type { Snapshot } from './snapshot.ts';
import { isIpv6, routeKeyOf, wordsOf, wordsToSay } from './routes.ts';
import type { Ahead, SeenRoute } from './routes.ts';
import { addressWords } from './format.ts';

/**
 * Somebody has changed or removed one: on the bridge, and again on the interface, it would be as the kernel makes it.
 */
export function* ofConnected({ name, link, addresses, routes, rivals = [], ahead = {} }: Snapshot): Iterable<Finding> {
  const own = routes.filter(({ fields }) => isConnected(fields, name));
  const made = addresses.filter(makesRoute);
  for (const route of own) {
    const added = additionsTo(route);
    if (added.length > 0 && made.some((address) => isNetworkOf(route.fields, address)))
      yield refused(
        'uplink-route',
        `route ${route.words} is the kernel's for an address of ${name}, and somebody has given it ${added.join(', ')}: it would come back without that`,
        `give the address \`noprefixroute\`, and then the route: \`ip route add ${wordsToSay(route)}\``,
      );
  }
  for (const address of addresses.filter(
    (one) => one['family'] === 'inet6' && one['address'] !== undefined && bitsOf(one) !== '128',
  ))
    yield refused(
      'uplink-route',
      `${textOf(address, 'local') ?? ''}/${bitsOf(address)} on ${name} is a point-to-point address of a network: the kernel makes other routes of one that is changed than of one that is added`,
      'give it a length of 128, and its network a route',
    );
  for (const [one, other] of unequal(made))
    yield refused(
      'uplink-route',
      `${one} and ${other} on ${name} are of one network and have different metrics: the kernel would make other routes of them on the bridge`,
      'give both the same metric',
    );
  // The first one is put first again (kinds/address/route-order.ts), and the last one is last anyway.
  const beside = rivals.filter(
    (rival) =>
      rival.fields['protocol'] === KERNEL &&
      made.some((address) => isNetworkOf(rival.fields, address)) &&
      own.some(
        (route) =>
          ahead[wordsOf(route)]?.includes(wordsOf(rival)) === true &&
          (isIpv6(route) || isBetween(route, rivals, ahead)),
      ),
  );
  if (beside.length > 0)
    yield said(
      'uplink-order',
      `another device is in the same network, and the kernel, which sent by ${name} what goes there, may send it by that one afterwards: ${listed(beside.map(({ words }) => words))}`,
      'give the addresses metrics of their own',
    );
  // A device that is down has none.
  if (!textsOf(link, 'flags').includes('UP')) return;
  yield* ofLocal(name, addresses, routes);
  for (const address of made) {
    if (own.some(({ fields }) => isNetworkOf(fields, address))) continue;
    const cidr = `${textOf(address, 'local') ?? ''}/${bitsOf(address)}`;
    yield refused(
      'uplink-route',
      `${cidr} on ${name} has no route to its network, which the kernel makes with such an address: it would come with it on the bridge, and again on ${name}`,
      `give the address \`noprefixroute\`: \`ip address del ${cidr} dev ${name}\`, \`ip address add ${cidr} dev ${name} noprefixroute\`, and then its routes`,
    );
  }
}

/** Some of others come before it, some behind. */
function isBetween(route: SeenRoute, rivals: readonly SeenRoute[], ahead: Ahead): boolean {
  const same = rivals.filter((rival) => routeKeyOf(rival) === routeKeyOf(route));
  return same.length > (ahead[wordsOf(route)]?.length ?? 0);
}

/** By table local the host knows an address for its own, and a broadcast. */
function* ofLocal(name: string, addresses: readonly Fields[], routes: readonly SeenRoute[]): Iterable<Finding> {
  const held = new Set(
    routes.flatMap(({ fields }) =>
      fields['dev'] === name && textOf(fields, 'table') === LOCAL
        ? [`${textOf(fields, 'type') ?? ''} ${textOf(fields, 'dst') ?? ''}`]
        : [],
    ),
  );
  for (const address of addresses.filter(
    (one) => !isLimited(one) && one['dadfailed'] !== true && one['tentative'] !== true,
  )) {
    const [local = '', broadcast] = [textOf(address, 'local'), textOf(address, 'broadcast')];
    const made = [
      `${LOCALLY} ${local}`,
      ...(broadcast === undefined || broadcast === EVERYBODY ? [] : [`${TO_ALL} ${broadcast}`]),
    ];
    for (const one of made.filter((each) => !held.has(each)))
      yield refused(
        'uplink-route',
        `${local} on ${name} has no route \`${one.replace(/^\S+/, (type) => (type === LOCALLY ? 'local' : 'broadcast'))}\` in table local, which the kernel makes with such an address: it would come with it on the bridge, and again on ${name}`,
        `take the address away and give it again: \`ip address del ${local}/${bitsOf(address)} dev ${name}\`, \`ip address add ${addressWords(address, name)}\`, and then its routes`,
      );
  }
}

/** Table local, and of what type its routes are, by the kernel's numbers. */
const [LOCAL, LOCALLY, TO_ALL] = ['255', '2', '3'] as const;
/** Needs no route. */
const EVERYBODY = '255.255.255.255';

/** Of IPv6: of IPv4 the second of a network makes no route. */
function unequal(addresses: readonly Fields[]): readonly (readonly [string, string])[] {
  const six = addresses.filter(({ family, address }) => family === 'inet6' && address === undefined);
  const text = (address: Fields): string => `${textOf(address, 'local') ?? ''}/${bitsOf(address)}`;
  return six.flatMap((one, i) =>
    six
      .slice(i + 1)
      .filter(
        (other) =>
          bitsOf(one) === bitsOf(other) &&
          (one['metric'] ?? 256) !== (other['metric'] ?? 256) &&
          contains(text(one), textOf(other, 'local') ?? ''),
      )
      .map((other) => [text(one), text(other)] as const),
  );
}

/** Neither for a limited time, nor one of those that stand behind another of their network. */
function makesRoute(address: Fields): boolean {
  const [isV6, bits] = [address['family'] === 'inet6', Number(bitsOf(address))];
  const isAlone = bits === (isV6 ? 128 : 32) && address['address'] === undefined;
  return (
    !isLimited(address) &&
    !isAlone &&
    address['noprefixroute'] !== true &&
    address['secondary'] !== true &&
    !(textOf(address, 'local') ?? '').startsWith('fe80:')
  );
}

/** A router's, or a client's of DHCPv6: neither is moved. */
export function isLimited(address: Fields): boolean {
  return address['dynamic'] === true || address['temporary'] === true;
}

function isConnected(fields: Fields, name: string): boolean {
  const isUnicast = (textOf(fields, 'type') ?? '1') === '1';
  return (
    fields['dev'] === name &&
    fields['protocol'] === KERNEL &&
    isUnicast &&
    (textOf(fields, 'table') ?? MAIN) === MAIN &&
    fields['gateway'] === undefined
  );
}

const MAIN = '254';

function isNetworkOf(route: Fields, address: Fields): boolean {
  const [dst = '', bits = address['family'] === 'inet6' ? '128' : '32'] = (textOf(route, 'dst') ?? '').split('/');
  const metric = route['metric'] ?? 0;
  const usual = address['metric'] ?? (address['family'] === 'inet6' ? 256 : 0);
  const [local = '', peer = local] = [textOf(address, 'local'), textOf(address, 'address')];
  const holds = (ip: string): boolean => contains(`${dst}/${bits}`, ip);
  // Of a point-to-point address IPv6 has the network of its own end.
  return (
    bits === bitsOf(address) && metric === usual && (holds(peer) || (address['family'] === 'inet6' && holds(local)))
  );
}

function bitsOf(address: Fields): string {
  return String(typeof address['prefixlen'] === 'number' ? address['prefixlen'] : '');
}

/** What the kernel gives none of its own. */
function additionsTo({ fields, words }: SeenRoute): readonly string[] {
  const metrics = recordsOf(fields, 'metrics').flatMap((each) => Object.keys(each));
  const others = ['tos', 'flow', 'encap', 'nexthops', 'via'].filter((word) => fields[word] !== undefined);
  const preference = / pref (high|low)\b/.test(words) ? ['pref'] : [];
  return [...metrics, ...others, ...preference, ...unknownOfRoute(fields)];
}
