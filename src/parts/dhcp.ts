// parts/dhcp.ts — the dnsmasq of a network: its files, its process, the leases it may have given.
import { createHash } from 'node:crypto';
import { sortedLines } from '../core/lines.ts';
import type { Path, Ref, Want } from '../core/resource.ts';
import type { Context, Paths } from './context.ts';
import { chain } from '../kinds/chain/model.ts';
import type { Chain, Match, Rule } from '../kinds/chain/model.ts';
import type { File } from '../kinds/file/model.ts';
import type { Lease } from '../kinds/lease/model.ts';
import type { Process } from '../kinds/process/model.ts';
import { rangeOf, toIp } from '../net/ip.ts';
import type { Ip } from '../net/ip.ts';
import { maskOf } from '../net/ipv4.ts';
import type { RoutedNetwork } from '../specfile/model.ts';
import { fixedOn } from './fixed-ip.ts';
import type { Fixed } from './fixed-ip.ts';
import { ownAddress } from './gateway.ts';
import { looksLikeOther, patternsOfOthers } from './nic-mac.ts';
import { nameLines, ownZones } from './own-names.ts';
import { rank } from './rank.ts';

/**
 * A NIC that must not carry the default route has this tag; one that only looks so, the other as well. No network,
 * whose name is a tag, is called like them.
 */
const NO_ROUTER = '_no-router';
const ROUTER = '_router';

/**
 * Host names that dnsmasq takes for a lease time, or for a refusal, in the line of a host. Behind a `#` it is for us
 * alone (parts/rebuild.ts): a host without one in its line has that of its address in the file of names.
 */
const WORD = /^(\d+[smhdw]?|ignore|infinite)$/i;

/** DHCP and DNS for the instances of this host. Without any of them there is nothing to serve, and no process. */
export function* dhcp(network: RoutedNetwork, context: Context): Iterable<Want<Chain | File | Process | Lease>> {
  const guests = fixedOn(network, context.spec, context.allocations).filter(
    ({ instance }) => instance.host === context.self.name,
  );
  if (guests.length === 0) return;
  const because: readonly Path[] = [[...network.path, 'mode']];
  yield { resource: chain('filter', 'netctl-INPUT', inputRules(network)), because };
  yield { resource: chain('mangle', 'netctl-POSTROUTING', [checksumFill(network)]), because };
  const odd = oddOf(guests, context.spec.macPrefix);
  const files = filesOf(network, guests, context.paths);
  const text = [files.hosts, files.names, files.servers, files.options];
  for (const resource of [...text, files.leases]) yield { resource, because };
  const startedWith = context.configs?.get(network.dhcp.config ?? '');
  const process = {
    ...processOf(network, odd, files, context),
    ...(startedWith === undefined ? {} : { startedWith }),
    on: [`link ${network.bridge}`, `address ${network.bridge} ${ownAddress(network)}`] as const,
    config: hashOf(text),
  };
  yield { resource: process, because, after: [...text, files.leases].map((file): Ref => `file ${file.path}`) };
  for (const { ip, mac, nic } of guests) {
    yield {
      resource: {
        kind: 'lease',
        link: network.bridge,
        ip,
        mac,
        file: files.leases.path,
        cidr: network.cidr,
        server: process.name,
      },
      because: [nic.path],
    };
  }
}

interface Files {
  readonly hosts: File;
  readonly names: File;
  readonly servers: File;
  readonly options: File;
  readonly leases: File;
}

function filesOf(network: RoutedNetwork, guests: readonly Fixed[], paths: Paths): Files {
  const at = (name: string): Pick<File, 'kind' | 'path'> => ({
    kind: 'file',
    path: `${paths.state}/networks/${network.name}/${name}`,
  });
  // The order means nothing to dnsmasq; sorted, one instance more is one line more.
  const lines = (name: string, all: readonly string[]): File => ({ ...at(name), text: sortedLines(all), sorted: true });
  return {
    hosts: lines(
      'hosts',
      guests.map(
        ({ mac, ip, instance: { hostname } }) => `${mac},${ip}${WORD.test(hostname) ? ' # ' : ','}${hostname}`,
      ),
    ),
    // Names come from the spec, not from leases: they hold before a guest has asked, and after a restart.
    names: lines(
      'names',
      nameLines(
        guests.map(({ ip, instance: { name, hostname } }) => ({ ip, name, hostname })),
        network,
      ),
    ),
    servers: lines('servers', ownZones(network)),
    options: {
      ...at('options'),
      text: [...routerOptions(network.gateway), `option:mtu,${network.mtu}`, ...network.dhcp.options]
        .map((line) => `${line}\n`)
        .join(''),
    },
    leases: at('leases'),
  };
}

function processOf(
  network: RoutedNetwork,
  odd: Odd,
  files: Files,
  { paths, spec: { macPrefix } }: Pick<Context, 'paths' | 'spec'>,
): Omit<Process, 'config' | 'on'> {
  const { dhcp, dns } = network;
  const name = `dnsmasq-${network.name}`;
  const { first, last } = rangeOf(network.cidr);
  return {
    kind: 'process',
    name,
    argv: [
      'dnsmasq',
      // An empty value reads no configuration of the system's own dnsmasq.
      `--conf-file=${dhcp.config ?? ''}`,
      `--pid-file=${paths.run}/${name}.pid`,
      // The state directory is root's alone, and dnsmasq reads its files again at each SIGHUP.
      '--user=root',
      '--bind-interfaces',
      // Names for the bridge as that of DHCP, so that its socket takes what comes by it and nothing else: unicast
      // renewals would go to whichever dnsmasq of the host was started last. Excepted at once, it gives DNS none of its
      // addresses (the uplink's are there, too) but the one named.
      `--interface=${network.bridge}`,
      `--except-interface=${network.bridge}`,
      `--listen-address=${dhcp.server}`,
      '--except-interface=lo',
      `--dhcp-range=set:${network.name},${toIp(first)},static,${maskOf(network.cidr)},${dhcp.leaseTime}s`,
      `--dhcp-lease-max=${Math.min(last - first + 1, 2 ** 24)}`,
      `--dhcp-hostsfile=${files.hosts.path}`,
      ...routerTags(odd, macPrefix),
      `--dhcp-optsfile=${files.options.path}`,
      `--dhcp-leasefile=${files.leases.path}`,
      // The host's own /etc/hosts is not for guests.
      '--no-hosts',
      `--addn-hosts=${files.names.path}`,
      ...(network.domain === '' ? [] : [`--domain=${network.domain}`]),
      `--servers-file=${files.servers.path}`,
      '--strict-order',
      ...(dns.length === 0 ? [] : ['--no-resolv', ...dns.map((server) => `--server=${server}`)]),
    ],
  };
}

/**
 * MACs whose looks say nothing of whether they are of an instance's first NIC: the spec gives them, or they are older
 * than the patterns (parts/nic-mac.ts).
 */
interface Odd {
  readonly firsts: readonly string[];
  readonly others: readonly string[];
}

function oddOf(guests: readonly Fixed[], prefix: string): Odd {
  const odd = (isFirst: boolean): readonly string[] =>
    guests
      .filter(({ mac, nic }) => (nic.index === 0) === isFirst && looksLikeOther(prefix, mac) === isFirst)
      .map(({ mac }) => mac)
      .sort();
  return { firsts: odd(true), others: odd(false) };
}

/** By patterns, so that one NIC more needs no other process. */
function routerTags({ firsts, others }: Odd, prefix: string): readonly string[] {
  return [
    ...[...patternsOfOthers(prefix), ...others].map((mac) => `--dhcp-mac=set:${NO_ROUTER},${mac}`),
    ...firsts.map((mac) => `--dhcp-mac=set:${ROUTER},${mac}`),
  ];
}

/**
 * An empty one is "send none": without it dnsmasq would name itself. What first NICs are told has no tag: of two such
 * lines the last holds, the operator's, and a tag of his comes before both.
 */
function routerOptions(gateway: Ip<4> | undefined): readonly string[] {
  return [
    gateway === undefined ? 'option:router' : `option:router,${gateway}`,
    `tag:${NO_ROUTER},tag:!${ROUTER},option:router`,
  ];
}

/**
 * For a host that lets nothing in by itself: what a DHCP client says to everybody on its link or, renewing, to this
 * server; and what the network's own ask this server.
 * For one that lets everything in: nobody else asks it, by whatever interface, but the host itself.
 */
function inputRules({ bridge, cidr, dhcp: { server }, name }: RoutedNetwork): readonly Rule[] {
  const from: readonly Match[] = [{ match: 'in', link: bridge }];
  const to: Match = { match: 'destination', cidr: `${server}/32` };
  const toServer: readonly Match[] = [...from, { match: 'source', cidr }, to];
  const asks: Match = { match: 'protocol', protocol: 'udp', sourcePort: 68, destinationPort: 67 };
  const dns = (['udp', 'tcp'] as const).map((protocol): Match => ({
    match: 'protocol',
    protocol,
    destinationPort: 53,
  }));
  const why = `networks.${name}.dhcp`;
  const accepted: readonly (readonly Match[])[] = [
    [...from, { match: 'destination', cidr: '255.255.255.255/32' }, asks],
    [...toServer, asks],
    ...dns.map((protocol) => [...toServer, protocol]),
  ];
  return [
    ...accepted.map((match): Rule => ({ rank: rank.dhcp, match, then: { target: 'accept' }, why })),
    ...dns.map((protocol): Rule => ({
      rank: rank.dnsOfOthers,
      match: [{ match: 'in', link: 'lo', not: true }, to, protocol],
      then: { target: 'drop' },
      why,
    })),
  ];
}

/** A reply that never leaves the host has no checksum yet, and some DHCP clients (udhcpc, old dhclient) drop it. */
function checksumFill(network: RoutedNetwork): Rule {
  return {
    rank: rank.checksum,
    match: [
      { match: 'out', link: network.bridge },
      { match: 'protocol', protocol: 'udp', destinationPort: 68 },
    ],
    then: { target: 'checksum-fill' },
    why: `networks.${network.name}.dhcp`,
  };
}

function hashOf(files: readonly File[]): string {
  return createHash('sha256')
    .update(files.map((file) => file.text ?? '').join('\0'))
    .digest('hex')
    .slice(0, 16);
}
