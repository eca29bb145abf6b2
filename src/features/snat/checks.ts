// features/snat/checks.ts — the addresses that networks are seen by from outside.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { overlap, rangeOf, toIp, toNumber, type Ip, type Range } from '../../net/ip.ts';
import { unusableIn } from '../../specfile/checks/networks.ts';
import type { Draft } from '../../specfile/draft.ts';
import { noEffect } from '../../specfile/no-effect.ts';
import { wrong } from '../../specfile/problem.ts';

export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* noEffect(draft, ['flat'], ['snat', 'snatTo', 'noSnat']);
  yield* snatRanges(draft);
  yield* snatWithoutEffect(draft);
  yield* sourceAddresses(draft);
}

/** Each is bound to the public interface. */
const MOST_SOURCES = 256;

/** A network's own source addresses are no guest's; those that lie in a pool it does not give out. */
function* snatRanges({ spec }: Draft): Iterable<Diagnostic> {
  for (const network of spec.networks) {
    if (network.mode === 'flat' || typeof network.snat === 'boolean') continue;
    const { snat } = network;
    const at: Path = [...network.path, 'snat'];
    const size = snat.last - snat.first + 1;
    if (size > MOST_SOURCES)
      yield wrong(
        'snat-too-large',
        `the source addresses of ${network.name} are ${size}`,
        [at],
        `name ${MOST_SOURCES} at most`,
      );
    const unusable = unusableIn(snat);
    if (unusable !== undefined)
      yield wrong(
        'snat-unusable',
        `${written(snat)} lies in ${unusable.cidr}, which is for ${unusable.what}`,
        [at],
        'take addresses that the outside has a route to',
      );
    for (const other of spec.networks) {
      if (overlap(rangeOf(other.cidr), snat))
        yield wrong(
          'snat-in-network',
          `the source addresses of ${network.name} (${written(snat)}) lie in ${other.name} (${other.cidr}), where instances could have them`,
          [at, [...other.path, 'cidr']],
          'take addresses of the outside',
        );
    }
  }
}

/**
 * What is written and does nothing. That a network is source-NATed by default, and this host has no way out, is no
 * mistake.
 */
function* snatWithoutEffect({ spec, text }: Draft): Iterable<Diagnostic> {
  const wayOut = spec.hosts.some(
    ({ publicInterface, sourceAddress }) => publicInterface !== undefined || sourceAddress !== undefined,
  );
  for (const network of spec.networks) {
    if (network.mode === 'flat') continue;
    const asked = text.networks?.[network.name];
    const outside = network.gateway !== undefined && network.gateway !== network.dhcp.server;
    if (asked?.snatTo !== undefined && asked.snatTo.length > 0 && !outside)
      yield warning(
        'snat-to-unused',
        `snatTo of ${network.name} has no effect: its gateway is the host itself`,
        [...network.path, 'snatTo'],
        'for what is not to be source-NATed, write noSnat',
      );
    if (asked?.snat === undefined || asked.snat === false) continue;
    if (outside && network.snatTo.length === 0)
      yield warning(
        'snat-unused',
        `snat of ${network.name} has no effect: its gateway ${network.gateway ?? ''} is an outside router`,
        [...network.path, 'snat'],
        'name the destinations that are to be source-NATed with snatTo',
      );
    else if (asked.snat === true && !wayOut)
      yield wrong(
        'snat-without-source',
        `${network.name} asks for source NAT, and no host has a publicInterface or a sourceAddress`,
        [[...network.path, 'snat']],
        'write hosts: { NAME: { publicInterface: eth1 } }, or give the network an address: snat: 203.0.113.8',
      );
  }
}

function* sourceAddresses({ spec }: Draft): Iterable<Diagnostic> {
  for (const { name, sourceAddress } of spec.hosts) {
    if (sourceAddress !== undefined && unusableIn(one(sourceAddress)) !== undefined)
      yield wrong(
        'source-unusable',
        `${sourceAddress} is no address that the outside could reply to`,
        [['hosts', name, 'sourceAddress']],
        'take an address of the host, or leave it out for the first of its publicInterface',
      );
  }
}

function one(address: Ip<4>): Range<4> {
  return { first: toNumber(address), last: toNumber(address) };
}

function warning(code: string, message: string, path: Path, hint: string): Diagnostic {
  return { severity: 'warning', code, message, at: [path], hint };
}

function written({ first, last }: Range<4>): string {
  return first === last ? toIp(first) : `${toIp(first)}-${toIp(last)}`;
}
