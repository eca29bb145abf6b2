// specfile/resolve/instances.ts — the instances of a spec and their NICs: who holds what, the devices' names, and the
// floating addresses that they ask for.
import type { Path } from '../../core/resource.ts';
import { holds } from '../../net/ip.ts';
import * as form from '../forms.ts';
import type { InstanceText, NicText } from '../generated/types.ts';
import type { Device, Floating, Instance, Network, Nic, Pool } from '../model.ts';
import { hostnameFrom, type Names } from '../names.ts';
import { defined, type Reader } from '../reader.ts';
import type { Defaults } from './defaults.ts';

/** What instances are made from beside their own text. */
export interface Around {
  readonly reader: Reader;
  readonly names: Names;
  readonly networks: readonly Network[];
  readonly pools: readonly Pool[];
  readonly defaults: Defaults;
  readonly onlyHost: string;
}

export function instanceIn(name: string, text: InstanceText, around: Around): Instance {
  const { reader } = around;
  const path = ['instances', name];
  const hostname = reader.read(form.hostname, text.hostname, [...path, 'hostname']) ?? hostnameFrom(name);
  const seen = new Map<string, number>();
  const nics = reader.indexed(text.nics ?? []).map(([index, nic]) => {
    const nth = (seen.get(nic.network) ?? 0) + 1;
    seen.set(nic.network, nth);
    return nicIn(name, nic, index, nth, around);
  });
  return {
    name,
    path,
    host: text.host ?? around.onlyHost,
    hostname,
    nics: withDefaultPool(text, nics, path, around),
    ...defined('project', text.project),
  };
}

function nicIn(instance: string, text: NicText, index: number, nth: number, around: Around): Nic {
  const { reader } = around;
  const path = ['instances', instance, 'nics', index];
  const holder = `${instance}/${text.network}${nth === 1 ? '' : `#${nth}`}`;
  const owner = index === 0 ? instance : `${instance}-${index}`;
  return {
    holder,
    path,
    index,
    network: text.network,
    device: deviceIn(text.device, owner, index, [...path, 'device'], around),
    floating: floatingIn(text, holder, path, around),
    ...defined('address', reader.read(form.address, text.address, [...path, 'address'])),
    ...defined('mac', reader.read(form.mac, text.mac, [...path, 'mac'])),
  };
}

function floatingIn(text: NicText, nic: string, path: Path, { reader, pools }: Around): readonly Floating[] {
  const seen = new Map<string, number>();
  return reader.indexed(text.floating ?? []).flatMap(([i, one]): Floating[] => {
    const at = [...path, 'floating', i];
    if (typeof one !== 'string') {
      const nth = (seen.get(one.pool) ?? 0) + 1;
      seen.set(one.pool, nth);
      return [{ holder: `${nic} ${one.pool}${nth === 1 ? '' : `#${nth}`}`, path: at, pool: one.pool }];
    }
    const address = reader.read(form.address, one, at);
    if (address === undefined) return [];
    const within = pools.filter(({ ranges }) => ranges.some(({ usable }) => holds(usable, address)));
    return [
      {
        holder: `${nic} ${address}`,
        path: at,
        address,
        ...defined('pool', within.length === 1 ? within[0]?.name : undefined),
      },
    ];
  });
}

/** The instance's own wish, or that of all; unless one of its NICs speaks of floating addresses itself. */
function withDefaultPool(
  text: InstanceText,
  nics: readonly Nic[],
  path: Path,
  { networks, defaults }: Around,
): readonly Nic[] {
  const pool = text.floatingPool === undefined ? defaults.floatingPool : (text.floatingPool ?? undefined);
  if (pool === undefined || text.nics?.some(({ floating }) => floating !== undefined) === true) return nics;
  const from = text.floatingPool === undefined ? ['defaults', 'floatingPool'] : [...path, 'floatingPool'];
  const first = nics.find((nic) =>
    networks.some(({ name, mode, gateway }) => name === nic.network && mode !== 'flat' && gateway !== undefined),
  );
  return nics.map((nic) =>
    nic === first ? { ...nic, floating: [{ holder: `${nic.holder} ${pool}`, path: from, pool }] } : nic,
  );
}

function deviceIn(
  text: NicText['device'],
  owner: string,
  index: number,
  path: Path,
  { reader, names }: Around,
): Device {
  const type = text?.type ?? 'tap';
  const name =
    reader.read(form.interfaceName, text?.name, [...path, 'name']) ??
    names.shortened(type === 'veth' ? 'veth' : 'tap', owner);
  if (text?.type !== 'veth') return type === 'external' ? { type, name } : { type: 'tap', name };
  const netns = reader.read(form.netnsName, text.netns, [...path, 'netns']) ?? text.netns;
  return {
    type: 'veth',
    name,
    netns,
    peer: reader.read(form.interfaceName, text.peer, [...path, 'peer']) ?? `eth${index}`,
  };
}
