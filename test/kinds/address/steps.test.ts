// test/kinds/address/steps.test.ts — what `ip` is told for each change of an address.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/core/resource.ts';
import { address } from '../../../src/kinds/address/index.ts';
import type { Address } from '../../../src/kinds/address/model.ts';
import { back, gateway, moved, service } from './addresses.ts';

describe('ip is told', () => {
  for (const [name, change, lines] of [
    [
      'to add ours',
      { verb: 'create', ref: 'address x', after: gateway },
      ['address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
    ],
    [
      'to add a moved one, without a mark',
      { verb: 'create', ref: 'address x', after: moved },
      ['address replace 192.0.2.5/24 dev br-lab'],
    ],
    [
      'to give one back as it was',
      { verb: 'create', ref: 'address x', after: { ...back, metric: 100, noPrefixRoute: true } },
      ['address replace 192.0.2.5/24 metric 100 dev eth1 label eth1:0 noprefixroute'],
    ],
    [
      'to add IPv6 at once',
      { verb: 'create', ref: 'address x', after: { ...moved, cidr: '2001:db8::5/64' } },
      ['address replace 2001:db8::5/64 dev br-lab nodad'],
    ],
    [
      'to add one of the link only',
      { verb: 'create', ref: 'address x', after: service },
      ['address replace 169.254.169.254/32 scope link metric 117 dev lo'],
    ],
    [
      'to recreate for its scope',
      {
        verb: 'update',
        ref: 'address x',
        before: { kind: 'address', link: 'lo', cidr: '169.254.169.254/32', metric: 117 },
        after: service,
      },
      ['address del 169.254.169.254/32 dev lo', 'address replace 169.254.169.254/32 scope link metric 117 dev lo'],
    ],
    ['to remove', { verb: 'delete', ref: 'address x', before: gateway }, ['address del 10.0.0.1/24 dev br-lab']],
    [
      'to remove what others stand behind',
      { verb: 'delete', ref: 'address x', before: { ...gateway, promotes: true } },
      ['sysctl -q -w net/ipv4/conf/br-lab/promote_secondaries=1', 'address del 10.0.0.1/24 dev br-lab'],
    ],
    [
      'to mark',
      { verb: 'update', ref: 'address x', before: { ...gateway, broadcast: '10.0.0.255' }, after: gateway },
      ['address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab'],
    ],
    [
      'to put first',
      {
        verb: 'update',
        ref: 'address x',
        before: {
          ...gateway,
          metric: 117,
          behind: [{ cidr: '192.0.2.5/24' }, { cidr: '192.0.2.6/24' }],
          restores: ['route replace default via 192.0.2.1 dev br-lab'],
        },
        after: gateway,
      },
      [
        'sysctl -q -w net/ipv4/conf/br-lab/promote_secondaries=1',
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
        'address del 192.0.2.6/24 dev br-lab',
        'address del 192.0.2.5/24 dev br-lab',
        'address replace 192.0.2.5/24 dev br-lab',
        'address replace 192.0.2.6/24 dev br-lab',
        'route replace default via 192.0.2.1 dev br-lab',
      ],
    ],
    [
      'to recreate for a broadcast address',
      {
        verb: 'update',
        ref: 'address x',
        before: { ...gateway, broadcast: '10.0.0.127', metric: 117, behind: [] },
        after: gateway,
      },
      [
        'sysctl -q -w net/ipv4/conf/br-lab/promote_secondaries=1',
        'address del 10.0.0.1/24 dev br-lab',
        'address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br-lab',
      ],
    ],
  ] as const satisfies readonly (readonly [string, Change<Address>, readonly string[]])[]) {
    test(name, () => {
      const ops = address.steps([change]).flatMap((step) => step.ops);
      expect(ops.flatMap((op) => (op.op === 'batch' ? op.lines : op.op === 'run' ? [op.argv.join(' ')] : []))).toEqual(
        lines,
      );
    });
  }

  test('of several to remove, the last first', () => {
    const removal = (cidr: string): Change<Address> => ({
      verb: 'delete',
      ref: `address ${cidr}`,
      before: { ...gateway, cidr },
    });
    expect(
      address
        .steps([removal('10.0.0.1/24'), removal('10.0.0.2/24')])
        .flatMap((step) => step.changes.map((change) => change.ref)),
    ).toEqual(['address 10.0.0.2/24', 'address 10.0.0.1/24']);
  });
});
