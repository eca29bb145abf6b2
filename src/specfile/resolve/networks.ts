// specfile/resolve/networks.ts — the networks of a spec, with what they have by default.
import type { Path } from '../../core/resource.ts';
import { hostsOf, rangeOf, toIp } from '../../net/ip.ts';
import * as form from '../forms.ts';
import type { NetworkText } from '../generated/types.ts';
import type { FlatNetwork, Network, RoutedNetwork } from '../model.ts';
import type { Names } from '../names.ts';
import { defined, type Reader } from '../reader.ts';
import type { Defaults } from './defaults.ts';
import { usableIn } from './pools.ts';

/** A network, if its addresses are known; and whether some part of it could not be read. */
export function networkIn(
  name: string,
  text: NetworkText,
  { reader, defaults, names }: { readonly reader: Reader; readonly defaults: Defaults; readonly names: Names },
): { readonly network: Network | undefined; readonly isDoubtful: boolean } {
  const path = ['networks', name];
  const before = reader.problems.length;
  const cidr = reader.read(form.cidr, text.cidr, [...path, 'cidr']);
  const gateway = reader.read(form.address, text.gateway ?? undefined, [...path, 'gateway']);
  const server = reader.read(form.address, text.dhcp?.server, [...path, 'dhcp', 'server']);
  const allocate = reader.each(form.range, text.allocate, [...path, 'allocate']);
  const reserve = reader.each(form.range, text.reserve, [...path, 'reserve']) ?? [];
  const bridge =
    reader.read(form.interfaceName, text.bridge, [...path, 'bridge']) ??
    (text.mode === 'vlan' && text.vlan !== undefined ? names.numbered('br', text.vlan, name) : names.cut('br', name));
  const uplink =
    text.interface === null ? null : reader.read(form.interfaceName, text.interface, [...path, 'interface']);
  const dhcp = dhcpIn(text, path, defaults, reader);
  const domain = reader.read(form.domain, text.domain, [...path, 'domain']) ?? defaults.domain;
  const dns = reader.each(form.address, text.dns, [...path, 'dns']) ?? defaults.dns;
  const cidr6 = reader.read(form.cidr6, text.cidr6, [...path, 'cidr6']);
  const forward = forwardIn(text, path, reader);
  const snat =
    typeof text.snat === 'string'
      ? (usableIn(text.snat, [...path, 'snat'], reader)?.usable ?? true)
      : (text.snat ?? true);
  const snatTo = reader.each(form.cidr, text.snatTo, [...path, 'snatTo']) ?? [];
  const noSnat = reader.each(form.cidr, text.noSnat, [...path, 'noSnat']) ?? defaults.noSnat;
  const isDoubtful = reader.problems.length > before || reader.isCut(text) || reader.isCut(text.dhcp);
  if (cidr === undefined) return { network: undefined, isDoubtful };
  const firstHost = toIp(hostsOf(cidr).first);
  const guestsGateway = gateway ?? (text.gateway === null || isDoubtful ? undefined : firstHost);
  const base = {
    name,
    path,
    bridge,
    cidr,
    reserve,
    domain,
    dns,
    allocate: allocate ?? [rangeOf(cidr)],
    mtu: text.mtu ?? defaults.mtu,
    ...defined('project', text.project),
    ...defined('interface', uplink),
    ...defined('gateway', guestsGateway),
  };
  if (text.mode === 'flat') {
    const network: FlatNetwork = { mode: 'flat', ...base, ...defined('cidr6', cidr6) };
    return { network, isDoubtful };
  }
  const routed = {
    ...base,
    dhcp: { ...dhcp, server: server ?? guestsGateway ?? firstHost },
    forward,
    snat,
    snatTo,
    noSnat,
    metadata: text.metadata ?? true,
  };
  // Without an id, a check says so.
  const vlan = text.vlan ?? 0;
  const network: Network =
    text.mode === 'vlan'
      ? { mode: 'vlan', ...routed, vlan, device: names.numbered('vlan', vlan, name) }
      : { mode: 'flat-dhcp', ...routed };
  return { network, isDoubtful };
}

function dhcpIn(
  { dhcp }: NetworkText,
  path: Path,
  defaults: Defaults,
  reader: Reader,
): Omit<RoutedNetwork['dhcp'], 'server'> {
  const leaseTime = reader.read(form.leaseTime, dhcp?.leaseTime, [...path, 'dhcp', 'leaseTime']) ?? defaults.leaseTime;
  const options = reader.each(form.dhcpOption, dhcp?.options, [...path, 'dhcp', 'options']) ?? [];
  return {
    leaseTime,
    options,
    ...defined('config', reader.read(form.absolutePath, dhcp?.config, [...path, 'dhcp', 'config'])),
  };
}

function forwardIn({ forward }: NetworkText, path: Path, reader: Reader): RoutedNetwork['forward'] {
  if (typeof forward === 'string') return forward === 'none' ? 'none' : 'all';
  return reader.each(form.interfaceName, forward, [...path, 'forward']) ?? 'all';
}
