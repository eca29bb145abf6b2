// test/report/states.ts — states of a watch, for all that speak of them.
import type { Difference, Failure, DriftConflict, WatchState } from '../../src/report/watch-state.ts';

export const failure: Failure = {
  ref: 'link br-lab',
  how: 'missing',
  what: 'br-lab bridge',
  place: 'spec.yaml:31 networks.lab',
  message: 'ip -batch - failed with exit code 1: RTNETLINK answers: File exists\nCommand failed -:1',
  since: '2026-11-21T14:57:00.000Z',
  tries: 5,
  nextTry: '2026-11-21T15:00:30.000Z',
};

export const conflict: DriftConflict = {
  ref: 'chain nat/netctl-snat',
  how: 'differs',
  what: 'nat netctl-snat  +1 rule',
  place: 'spec.yaml:12 networks.blue.snat',
  times: 12,
  since: '2026-11-21T14:50:00.000Z',
  by: 'iptables, process 4711',
  nextTry: '2026-11-21T15:01:00.000Z',
};

/** It has looked at nothing yet. */
export const begun: WatchState = {
  pid: 812,
  since: '2026-11-21T13:05:00.000Z',
  settled: false,
  differs: [],
  failures: [],
  driftConflicts: [],
  monitors: [],
};

/** All that can be said, at once. */
export const full: WatchState = {
  ...begun,
  spec: { revision: '3f2a9c01d2e4', from: '/etc/netctl/spec.d', since: '2026-11-21T13:05:06.000Z' },
  refused: {
    revision: 'aa00bb11cc22',
    since: '2026-11-21T14:30:00.000Z',
    problems: [
      'spec.yaml:14:11: error: red (10.0.0.128/25) overlaps blue (10.0.0.0/24)  [networks-overlap]\n  14 |     cidr: 10.0.0.128/25\n     |           ^\n',
      'spec.yaml:20:3: error: unknown key  [unknown-key]\n',
    ],
  },
  unsettledSince: '2026-11-21T14:50:00.000Z',
  lastFullCheck: '2026-11-21T14:58:00.000Z',
  lastCheck: '2026-11-21T14:59:58.000Z',
  lastApply: { at: '2026-11-21T13:05:07.000Z', cause: 'drift', changes: 3, seconds: 0.0412 },
  differs: [
    {
      ref: 'address br-lab 10.0.0.1/24',
      how: 'missing',
      what: '10.0.0.1/24 on br-lab',
      place: 'spec.yaml:33 networks.lab.gateway',
    },
    alone(failure),
    alone(conflict),
  ],
  failures: [failure],
  driftConflicts: [conflict],
  obstacle: {
    message: 'iptables-save is not installed, or not in PATH (Debian package iptables)',
    since: '2026-11-21T14:55:00.000Z',
    tries: 9,
    nextTry: '2026-11-21T15:00:10.000Z',
  },
  busy: { since: '2026-11-21T14:59:50.000Z', step: 'create link br-lab' },
  monitors: [
    { name: 'ip monitor', state: 'running', since: '2026-11-21T13:05:00.000Z', restarts: 0 },
    {
      name: 'nft monitor',
      state: 'restarting',
      since: '2026-11-21T14:59:00.000Z',
      restarts: 4,
      why: 'ended by SIGKILL',
    },
    { name: 'iptables-save every 1.0 s', state: 'running', since: '2026-11-21T14:59:00.000Z', restarts: 0 },
  ],
};

function alone({ ref, how, what, place = '' }: Difference): Difference {
  return { ref, how, what, place };
}
