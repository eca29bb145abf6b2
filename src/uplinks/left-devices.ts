// uplinks/left-devices.ts — what hangs on a bridge as a device: devices that stand on it, queues, multicast MACs,
// entries of its forwarding table.
import { partOf, textOf, textsOf } from '../iproute2/fields.ts';
import type { Fields } from '../iproute2/fields.ts';
import { kindOf } from './elsewhere.ts';
import { deviceFor } from './left-things.ts';
import type { Left, Things } from './left-things.ts';

/** VLANs and macvlans on the bridge, which the kernel removes with it; tunnels by it, which reach nobody then. */
export function ofDevices(left: Left): Things {
  const all = left.snapshot.dependents.filter((device) => !left.isKnown(textOf(device, 'ifname') ?? ''));
  const inside = left.elsewhere
    .filter(({ parent }) => parent === left.snapshot.link['ifindex'])
    .map(({ netns, device }): readonly [string, string] => {
      const [name, kind] = [textOf(device, 'ifname') ?? '', kindOf(device)];
      return [
        `${name} (${kind}) in the network namespace ${netns}`,
        `ip link add link ${deviceFor(left)} netns ${netns} name ${name} type ${kind}, with all that is on it`,
      ];
    });
  return {
    code: 'bridge-device',
    one: 'device',
    many: 'devices',
    all: [
      ...inside,
      ...all.map((device): readonly [string, string] => {
        const [name, info] = [textOf(device, 'ifname') ?? '', partOf(device, 'linkinfo')];
        const [kind, id] = [textOf(info, 'info_kind') ?? 'device', partOf(info, 'info_data')['id']];
        return [
          `${name} (${kind})`,
          `ip link add link ${deviceFor(left)} name ${name} type ${kind}${typeof id === 'number' ? ` id ${id}` : ''}, with all that is on it`,
        ];
      }),
    ],
  };
}

export function ofQueues(left: Left): Things {
  const {
    snapshot: { qdiscs, filters, link },
    bridge,
  } = left;
  const made = qdiscs
    .filter(({ handle, kind }) => handle !== '0:' && kind !== 'clsact' && kind !== 'ingress')
    .map((qdisc) => `qdisc ${textOf(qdisc, 'kind') ?? ''} ${textOf(qdisc, 'handle') ?? ''}`);
  const all = [
    ...made,
    ...new Set(filters.map((filter) => `${textOf(filter, 'place') ?? ''} filters`)),
    ...(link['xdp'] === undefined ? [] : ['XDP program']),
  ];
  return {
    code: 'bridge-queue',
    one: 'queue',
    many: 'queues',
    all: all.map((what) => [
      what,
      `\`tc qdisc show dev ${bridge}\` and \`tc filter show dev ${bridge}\` say them: the same on ${deviceFor(left)}`,
    ]),
  };
}

export function ofJoins(left: Left): Things {
  return {
    code: 'bridge-join',
    one: 'multicast MAC',
    many: 'multicast MACs',
    all: left.snapshot.joins.map((mac) => [mac, `ip maddr add ${mac} dev ${deviceFor(left)}`]),
  };
}

export function ofForwarded(left: Left): Things {
  return {
    code: 'bridge-fdb',
    one: 'forwarding entry',
    many: 'forwarding entries',
    all: left.forwarded.map((entry) => [entry, 'no interface has such entries: they are of a bridge alone']),
  };
}

/** Entries of `bridge -j fdb show` that somebody has put there: not learnt, no device's own MAC, no multicast MAC. */
export function forwardedIn(records: readonly Fields[], bridge: string, macs: ReadonlySet<string>): readonly string[] {
  return records.flatMap((entry) => {
    const [mac = '', port = '', state = ''] = [textOf(entry, 'mac'), textOf(entry, 'ifname'), textOf(entry, 'state')];
    const isIn = textOf(entry, 'master') === bridge || (port === bridge && textsOf(entry, 'flags').includes('self'));
    const isPut = state === 'static' || state === 'permanent' || textsOf(entry, 'flags').includes('extern_learn');
    return isIn && isPut && !macs.has(mac) && !/^.[13579bdf]:/i.test(mac) ? [`${mac} on ${port}`] : [];
  });
}
