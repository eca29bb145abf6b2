// uplinks/left.ts — what others have put on a bridge of netctl's that is about to go, or to lose its uplink: each thing
// that netctl does not take along is said.
import { textOf } from '../iproute2/fields.ts';
import { KERNEL } from '../iproute2/routes.ts';
import { PROTOCOL } from '../core/marks.ts';
import { isOwnAddress } from './claimed.ts';
import { listed, said } from './finding.ts';
import type { Finding } from './finding.ts';
import { leftRules } from './left-rules.ts';
import { leftSettings } from './left-settings.ts';
import { unknownOfAddress, unknownOfRoute } from './known.ts';
import { nameWords } from './tokens-and-labels.ts';
import { addressWords, neighbourWords } from './format.ts';
import { found, deviceFor } from './left-things.ts';
import type { Left, Things } from './left-things.ts';
import { ofAddresses, ofChanged, isConfigured } from './left-addresses.ts';
import { ofRoutes, ofNexthops, ofSources, isBy } from './left-routes.ts';
import { ofDevices, ofQueues, ofJoins, ofForwarded } from './left-devices.ts';

export function* whatIsLeft(left: Left): Iterable<Finding> {
  for (const things of [
    ofAddresses(left),
    ofRoutes(left),
    ofNexthops(left),
    ofNeighbours(left),
    ofDevices(left),
    ofQueues(left),
    ofJoins(left),
    ofNamed(left),
    ofForwarded(left),
  ])
    yield* found(left, things);
  yield* ofChanged(left);
  yield* ofUnknown(left);
  yield* leftSettings(left);
  yield* leftRules(left);
  yield* ofSources(left);
  yield* ofStrangers(left);
  yield* ofBound(left);
  for (const what of left.snapshot.unread)
    yield said(
      'bridge-unread',
      `not all that others have put on ${left.bridge} could be read: ${what}`,
      'what that would have shown is lost, and nobody would say so',
    );
}

/** Fields of a newer `ip` on what goes along to the uplink: netctl could not set them there. */
function* ofUnknown(left: Left): Iterable<Finding> {
  const { snapshot, bridge, to = 'INTERFACE' } = left;
  const all = [
    ...snapshot.addresses
      .filter((address) => isConfigured(address, left) && !isOwnAddress(address))
      .map((address) => [`address ${addressWords(address, bridge)}`, unknownOfAddress(address)] as const),
    ...snapshot.routes
      .filter((route) => isBy(route, bridge) && ![PROTOCOL, KERNEL].includes(textOf(route.fields, 'protocol') ?? ''))
      .map(({ words, fields }) => [`route ${words}`, unknownOfRoute(fields)] as const),
  ];
  for (const [what, fields] of all)
    for (const field of fields)
      yield said(
        'bridge-unknown',
        `ip prints \`${field}\` of ${what}, which netctl does not know: ${to} does not get it`,
        'see what it is for, and say yes where the host can do without it',
      );
}

function ofNeighbours(left: Left): Things {
  const all = left.snapshot.neighbours.filter((neighbour) => !left.claimed.hasNeighbour(neighbour));
  return {
    code: 'bridge-neighbour',
    one: 'neighbour',
    many: 'neighbours',
    // What netctl has moved has its protocol, also where netctl remembers nothing of it any more.
    all: all
      .map(({ protocol, ...rest }) => (protocol === undefined || protocol === PROTOCOL ? rest : { ...rest, protocol }))
      .map((neighbour) => [
        neighbourWords(neighbour, left.bridge).replace(` dev ${left.bridge}`, ''),
        `ip neigh replace ${neighbourWords(neighbour, deviceFor(left))}`,
      ]),
  };
}

/** Tokens, labels, endpoints; not those that the uplink has too: an operator has made them on netctl's advice. */
function ofNamed(left: Left): Things {
  const there = new Set((left.ofUplink?.named ?? []).map(nameWords));
  const all = (left.snapshot.named ?? []).map(nameWords).filter((words) => !there.has(words));
  return {
    code: 'bridge-named',
    one: 'entry',
    many: 'entries',
    all: all.map((words) => [words.replace(/^ip (.*) dev LINK/, '$1'), words.replaceAll('LINK', deviceFor(left))]),
  };
}

function* ofStrangers({ strangers, bridge, goes }: Left): Iterable<Finding> {
  if (goes && strangers.length > 0)
    yield said(
      'bridge-port',
      `not netctl's, and in no bridge any more when ${bridge} is deleted: ${listed(strangers)}`,
      listed(strangers.map((name) => `ip link set dev ${name} master BRIDGE`)),
    );
}

/** Sockets that are bound to the bridge, but for those of netctl's own DHCP server. */
function* ofBound({ bound, bridge, goes, uplink = '', to = 'INTERFACE' }: Left): Iterable<Finding> {
  const own = [
    ...new Set(
      bound
        .filter(({ link, what }) => link === bridge && !/^socket udp \S+:(67|547)$/.test(what))
        .map(({ what }) => what),
    ),
  ];
  if (own.length > 0)
    yield said(
      'bridge-bound',
      `bound to ${bridge}, ${goes ? 'which is deleted' : `which ${uplink} leaves`}: ${listed(own)}`,
      `bind it to ${to} when it is done`,
    );
}
