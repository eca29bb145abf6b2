// test/uplinks/leaving.test.ts — which bridges are about to be left.
import { describe, expect, test } from 'vitest';
import type { Ref, Resource } from '../../src/core/resource.ts';
import { guardsFor } from '../../src/guards/index.ts';
import type { Bridge, Port } from '../../src/kinds/link/model.ts';
import { aboutToLeave, leavingIn } from '../../src/uplinks/leaving.ts';

describe('left are', () => {
  const bridge = (name: string): Bridge => ({
    kind: 'link',
    type: 'bridge',
    name,
    mac: '02:00:00:00:00:01',
    mtu: 1500,
    netfilter: false,
  });
  const port = (rest: Partial<Port>): Port => ({
    kind: 'link',
    type: 'port',
    borrowed: true,
    name: 'eth1',
    promiscuous: true,
    hairpin: false,
    up: true,
    ...rest,
  });
  const state = (...all: readonly (Bridge | Port)[]): ReadonlyMap<Ref, Resource> =>
    new Map(all.map((one) => [`link ${one.name}`, one]));
  const before = state(bridge('br-lab'), port({ master: 'br-lab' }));
  test.each([
    [
      'one that goes with its uplink',
      state(port({})),
      [{ bridge: 'br-lab', ref: 'link br-lab', goes: true, uplink: 'eth1', to: 'eth1' }],
    ],
    [
      'one whose uplink has another bridge',
      state(port({ master: 'br-new' }), bridge('br-new')),
      [{ bridge: 'br-lab', ref: 'link br-lab', goes: true, uplink: 'eth1', to: 'br-new' }],
    ],
    [
      'one that stays, and whose uplink leaves',
      state(bridge('br-lab'), port({})),
      [{ bridge: 'br-lab', ref: 'link eth1', goes: false, uplink: 'eth1', to: 'eth1' }],
    ],
    ['none where nothing changes', before, []],
  ] as const)('%s', (_name, wanted, expected) => {
    expect(leavingIn(wanted, before)).toEqual(expected);
  });
  test('none that is to wait', () => expect(leavingIn(state(port({})), before, () => true)).toEqual([]));
  test('looked at with their uplinks', () =>
    expect(aboutToLeave(leavingIn(state(port({})), before))).toEqual(['br-lab', 'eth1']));
  test('not spoken of where they were not looked at', () =>
    expect(
      guardsFor({ links: new Map() }).flatMap((guard) => [
        ...guard(
          { changes: [], steps: [] },
          before,
          { state: state(port({})), because: new Map(), after: new Map(), waiting: [] },
          [],
        ),
      ]),
    ).toEqual([]));
});
