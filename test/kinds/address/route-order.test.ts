// test/kinds/address/route-order.test.ts — the kernel's routes to networks of several addresses: which comes first.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/core/resource.ts';
import { parseLinks, READ_LINKS } from '../../../src/iproute2/links.ts';
import { parseRouteLines, READ_ALL_ROUTES } from '../../../src/iproute2/route-lines.ts';
import { address } from '../../../src/kinds/address/index.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { addressesOf } from '../../../src/kinds/address/observe.ts';
import { createIp } from '../../fake-host/ip.ts';
import { back, gateway, moved } from './addresses.ts';

describe('of the kernel’s routes to the same', () => {
  const leads = ['192.0.2.0/24'];
  const found = (...lines: readonly string[]): readonly (readonly string[] | undefined)[] => {
    const ip = createIp({ interfaces: ['eth1', 'eth2'] });
    ip.do('link add name br-lab group 117 address 02:00:00:00:00:01 type bridge', 'link set dev br-lab up', ...lines);
    const [links, routes] = [
      parseLinks(ip.run({ argv: READ_LINKS }).stdout),
      parseRouteLines(ip.run({ argv: READ_ALL_ROUTES }).stdout),
    ];
    return addressesOf(links, routes, [moved]).map((one) => one.leads);
  };
  const [one, other] = ['address replace 192.0.2.5/24 dev eth1', 'address replace 192.0.2.9/24 dev eth2'];
  test('those that come before others are known', () => {
    expect(found(one, 'address replace 192.0.2.6/24 dev eth1', other)).toEqual([leads, undefined]);
    expect(found(other, one)).toEqual([undefined]);
    expect(found(one)).toEqual([undefined]);
    expect(found(one, 'address replace 192.0.2.9/24 metric 5 dev eth2')).toEqual([undefined]);
    expect(found(one.replace('eth1', 'br-lab'), other)).toEqual([leads]);
  });

  const lines = (link: string): readonly string[] => [
    `route flush exact 192.0.2.0/24 dev ${link} table 254 proto 2 src 192.0.2.5`,
    `route prepend 192.0.2.0/24 dev ${link} proto 2 scope 253 src 192.0.2.5`,
  ];
  const told = (...changes: readonly Change<Address>[]): readonly (readonly string[])[] =>
    address.steps(changes).map(({ ops }) => ops.flatMap((op) => (op.op === 'batch' ? op.lines : [])));
  const here: Address = { kind: 'address', link: 'eth1', cidr: '192.0.2.5/24', borrowed: true, goes: true, leads };
  test('they are put first where the address goes, before it leaves where it was', () => {
    expect(
      told({ verb: 'create', ref: 'address x', after: moved }, { verb: 'delete', ref: 'address y', before: here }),
    ).toEqual([['address replace 192.0.2.5/24 dev br-lab', ...lines('br-lab'), 'address del 192.0.2.5/24 dev eth1']]);
  });
  test('they are put first where it is restored, whatever became of them', () => {
    expect(
      told({
        verb: 'create',
        ref: 'address x',
        after: { ...back, leads: [...leads, 'broadcast 192.0.2.255'], metric: 5 },
      }),
    ).toEqual([
      [
        'address replace 192.0.2.5/24 metric 5 dev eth1 label eth1:0',
        'route flush exact 192.0.2.0/24 dev eth1 table 254 proto 2 src 192.0.2.5',
        'route prepend 192.0.2.0/24 dev eth1 proto 2 scope 253 src 192.0.2.5 metric 5',
        'route flush type broadcast exact 192.0.2.255 dev eth1 table 255 proto 2 src 192.0.2.5',
        'route prepend broadcast 192.0.2.255 dev eth1 table 255 proto 2 scope 253 src 192.0.2.5',
      ],
    ]);
  });
  test('they are put first again where it is made again for another', () => {
    expect(
      told({
        verb: 'update',
        ref: 'address x',
        before: { ...gateway, missing: true, behind: [{ cidr: moved.cidr, leads }] },
        after: gateway,
      }),
    ).toEqual([
      [
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
        'address del 192.0.2.5/24 dev br-lab',
        'address replace 192.0.2.5/24 dev br-lab',
        ...lines('br-lab'),
      ],
    ]);
  });
  test('as found they are wanted again', () =>
    expect(address.asFound?.(here, [])).toEqual({
      kind: 'address',
      link: 'eth1',
      cidr: '192.0.2.5/24',
      borrowed: true,
      leads,
    }));
});
