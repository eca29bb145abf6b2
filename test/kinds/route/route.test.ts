// test/kinds/route/route.test.ts — routes: what `ip` is told, when two are equal, what they claim.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/core/resource.ts';
import { route } from '../../../src/kinds/route/index.ts';
import type { Route } from '../../../src/kinds/route/model.ts';
import { back, moved, there } from './routes.ts';

describe('ip is told', () => {
  for (const [name, change, line] of [
    [
      'to add ours, and not in another’s place',
      { verb: 'create', ref: 'route x', after: moved },
      'route add default via 192.0.2.1 dev br-lab proto 117 metric 100',
    ],
    [
      'to put one of somebody’s on a bridge of ours again',
      { verb: 'create', ref: 'route x', after: { ...moved, protocol: '3', ofOthers: true } },
      'route add default via 192.0.2.1 dev br-lab proto 3 metric 100',
    ],
    [
      'to give one back',
      { verb: 'create', ref: 'route x', after: { ...back, source: '192.0.2.5', onlink: true } },
      'route add default via 192.0.2.1 dev eth1 proto 16 src 192.0.2.5 metric 100 onlink',
    ],
    [
      'to lead it elsewhere',
      { verb: 'update', ref: 'route x', before: moved, after: { ...moved, via: '192.0.2.2' } },
      'route replace default via 192.0.2.2 dev br-lab proto 117 metric 100',
    ],
    [
      'to remove from a bridge what somebody else has put there',
      { verb: 'delete', ref: 'route x', before: { ...there, link: 'br-lab' } },
      'route del default via 192.0.2.1 dev br-lab proto 16 metric 100',
    ],
    [
      'to remove just that',
      { verb: 'delete', ref: 'route x', before: { ...there, borrowed: true } },
      'route del default via 192.0.2.1 dev eth1 proto 16 metric 100',
    ],
    [
      'IPv6’s default by its number',
      {
        verb: 'create',
        ref: 'route x',
        after: { kind: 'route', family: 6, to: 'default', via: 'fd00::1', link: 'br-lab', protocol: '117' },
      },
      'route add ::/0 via fd00::1 dev br-lab proto 117',
    ],
  ] as const satisfies readonly (readonly [string, Change<Route>, string])[]) {
    test(name, () => {
      expect(route.steps([change]).flatMap((step) => step.ops)).toEqual([
        { op: 'batch', tool: ['ip', '-batch', '-'], lines: [line] },
      ]);
    });
  }
});

describe('as wanted', () => {
  for (const [name, observed, wanted, equal] of [
    [
      'with what only the observed one says',
      { ...there, link: 'br-lab', protocol: '117', dependsOn: ['address br-lab 192.0.2.5/24'] },
      moved,
      true,
    ],
    ['by another gateway', { ...there, protocol: '117', via: '192.0.2.2' }, moved, false],
    ['of another’s protocol', there, moved, false],
    ['borrowed, of its own protocol', there, back, true],
  ] as const satisfies readonly (readonly [string, Route, Route, boolean])[]) {
    test(`${name}: ${equal ? 'yes' : 'no'}`, () => {
      expect(route.same?.(observed, wanted)).toBe(equal);
    });
  }

  test('without a gateway, of the link’s scope, said or not: yes', () => {
    const onLink: Route = { kind: 'route', family: 4, to: '10.7.0.0/16', link: 'br-lab', protocol: '117' };
    expect(route.same?.({ ...onLink, scope: '253' }, onLink)).toBe(true);
  });
});

test('one of several ways excludes that its interfaces are taken', () => {
  expect(route.claims?.({ ...there, hops: [{ link: 'eth1' }] })).toEqual([
    'route 4 default metric 100',
    'link name eth1',
  ]);
});

test('a person reads', () => {
  expect(route.describe(moved)).toBe('default via 192.0.2.1 on br-lab metric 100');
});
