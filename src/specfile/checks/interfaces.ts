// specfile/checks/interfaces.ts — one name, one interface: bridges, uplinks and devices of each host.
import type { Diagnostic, Path } from '../../core/resource.ts';
import type { Host, Network } from '../model.ts';
import { wrong } from '../problem.ts';
import type { Draft } from '../draft.ts';
import { grouped } from './group.ts';

interface Claim {
  readonly name: string;
  readonly what: 'bridge' | 'uplink' | 'parent' | 'VLAN device' | 'device';
  readonly of: string;
  readonly path: Path;
}

const CODE = {
  bridge: 'bridge-twice',
  uplink: 'uplink-twice',
  parent: 'interface-twice',
  'VLAN device': 'device-twice',
  device: 'device-twice',
} as const;

/** On each host: what the networks have there, and the devices of its own instances. */
export function* interfaceTwice({ spec }: Draft): Iterable<Diagnostic> {
  const everywhere = spec.networks.flatMap((network) => claimsOf(network));
  const byHost = grouped(spec.instances, (instance) => instance.host);
  const said = new Set<string>();
  // Instances whose host is not known are looked at as if they had one of their own.
  const hosts = [
    ...spec.hosts,
    ...[...byHost.keys()].filter((name) => !spec.hosts.some((host) => host.name === name)).map((name) => ({ name })),
  ];
  for (const host of hosts) {
    const defaults = spec.networks.flatMap((network) => defaultInterface(network, host));
    const devices = (byHost.get(host.name) ?? []).flatMap(({ nics }) =>
      nics.map((nic): Claim => ({
        name: nic.device.name,
        what: 'device',
        of: nic.holder,
        path: [...nic.path, 'device', 'name'],
      })),
    );
    for (const problem of clashes([...everywhere, ...defaults, ...devices])) {
      // Two networks meet in the same way on every host.
      const key = JSON.stringify(problem.at);
      if (!said.has(key)) yield problem;
      said.add(key);
    }
  }
}

function claimsOf(network: Network): readonly Claim[] {
  const bridge: Claim = { name: network.bridge, what: 'bridge', of: network.name, path: [...network.path, 'bridge'] };
  const device: readonly Claim[] =
    network.mode === 'vlan'
      ? [{ name: network.device, what: 'VLAN device', of: network.name, path: [...network.path, 'vlan'] }]
      : [];
  if (typeof network.interface !== 'string') return [bridge, ...device];
  return [
    bridge,
    ...device,
    {
      name: network.interface,
      what: network.mode === 'vlan' ? 'parent' : 'uplink',
      of: network.name,
      path: [...network.path, 'interface'],
    },
  ];
}

/** A network that says nothing of an interface gets the host's; of the uplink, only one of them can. */
function defaultInterface(
  network: Network,
  { name, flatInterface, vlanInterface }: Pick<Host, 'name' | 'flatInterface' | 'vlanInterface'>,
): readonly Claim[] {
  if (network.interface !== undefined) return [];
  if (network.mode === 'vlan')
    return vlanInterface === undefined
      ? []
      : [{ name: vlanInterface, what: 'parent', of: network.name, path: ['hosts', name, 'vlanInterface'] }];
  return flatInterface === undefined
    ? []
    : [
        {
          name: flatInterface,
          what: 'uplink',
          of: `${network.name} (as flatInterface of ${name})`,
          path: [...network.path, 'interface'],
        },
      ];
}

function* clashes(claims: readonly Claim[]): Iterable<Diagnostic> {
  const holders = new Map<string, Claim>();
  for (const claim of claims) {
    const other = holders.get(claim.name);
    // Tagged beside untagged: what is somebody's parent may be another's too, and one's uplink.
    if (other === undefined || (other.what === 'parent' && claim.what === 'uplink')) holders.set(claim.name, claim);
    else if (claim.what === 'parent' && (other.what === 'parent' || other.what === 'uplink')) continue;
    else if (other.what === claim.what)
      yield wrong(
        CODE[claim.what],
        `${claim.name} is the ${claim.what} of both ${other.of} and ${claim.of}`,
        [claim.path, other.path],
        claim.what === 'uplink'
          ? 'an interface can be in one bridge only: give one of them another, or interface: null'
          : 'give one of them another name',
      );
    else
      yield wrong(
        'interface-twice',
        `${claim.name} is the ${claim.what} of ${claim.of} and the ${other.what} of ${other.of}`,
        [claim.path, other.path],
        'give one of them another name',
      );
  }
}
