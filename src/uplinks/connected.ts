// uplinks/connected.ts — the routes that the kernel makes of an interface's addresses: moved with those, they become what the kernel makes of them.
import { recordsOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { contains } from '../net/contains.ts';
import { refused } from './finding.ts';
import type { Finding } from './finding.ts';
import { unknownOfRoute } from './known.ts';
import type { Picture } from './picture.ts';
import { wordsToSay } from './routes.ts';
import type { SeenRoute } from './routes.ts';

/** Somebody has changed or removed one: on the bridge, and again on the interface, it would be as the kernel makes it. */
export function* ofConnected({ name, link, addresses, routes }: Picture): Iterable<Finding> {
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
  // A device that is down has none.
  if (!textsOf(link, 'flags').includes('UP')) return;
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

/** Neither for a limited time, nor one of those that stand behind another of their network. */
function makesRoute(address: Fields): boolean {
  const [isV6, bits] = [address['family'] === 'inet6', Number(bitsOf(address))];
  const isLimited = address['dynamic'] === true || address['temporary'] === true;
  const isAlone = bits === (isV6 ? 128 : 32) && address['address'] === undefined;
  return !isLimited && !isAlone && address['noprefixroute'] !== true && address['secondary'] !== true && !(textOf(address, 'local') ?? '').startsWith('fe80:');
}

function isConnected(fields: Fields, name: string): boolean {
  const isUnicast = (textOf(fields, 'type') ?? '1') === '1';
  return fields['dev'] === name && fields['protocol'] === KERNEL && isUnicast && (textOf(fields, 'table') ?? MAIN) === MAIN && fields['gateway'] === undefined;
}

const MAIN = '254';

function isNetworkOf(route: Fields, address: Fields): boolean {
  const [dst = '', bits = address['family'] === 'inet6' ? '128' : '32'] = (textOf(route, 'dst') ?? '').split('/');
  const metric = route['metric'] ?? 0;
  const usual = address['metric'] ?? (address['family'] === 'inet6' ? 256 : 0);
  return bits === bitsOf(address) && metric === usual && contains(`${dst}/${bits}`, textOf(address, 'address') ?? textOf(address, 'local') ?? '');
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
