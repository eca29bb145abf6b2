// test/kernel/safe/ways.ts — the ways in which an operator is cut off, and in which those who would bring him back are
// kept from it.
import type { By, Moment } from './dared.ts';

export interface Way {
  readonly name: string;
  readonly spec?: keyof typeof specs;
  readonly by?: By;
  readonly when?: Moment;
  /** Words of deeds.pl, or what the tool does that is run at that moment. */
  readonly deed?: readonly string[] | 'the tool hangs' | 'the tool is stopped';
  /** Whoever was stopped goes on in the end; one that had the lock still is killed. */
  readonly goesOn?: true;
  /** Exit code of netctl, or what ended it; of the shell that ran it, where one did. */
  readonly code: number | string | readonly (number | string)[];
  /** As the history tells it. */
  readonly why?:
    | 'not confirmed in time'
    | 'netctl was ended in the middle of it'
    | 'a step failed'
    | 'no longer answers'
    | 'default gateway 203.0.113.1 and default route of IPv4 no longer answer'
    | '';
  /** The host has a default gateway that answers, or the operator says where he comes from. */
  readonly notices?: 'gateway' | 'session';
  /** Asked in the night: another moment, spec or half of a pair of what is asked by day. */
  readonly nightly?: true;
}

const bridged = 'office: { mode: flat, bridge: br0, interface: eth1, cidr: 203.0.113.0/24, gateway: 203.0.113.1 }';
const guests = (network: string): string =>
  `instances:\n  vm-1: { nics: [{ network: ${network} }] }\n  vm-2: { nics: [{ network: ${network} }] }\n`;
const spec = (networks: string, instances = ''): string => `apiVersion: netctl/v1\nnetworks:\n${networks}${instances}`;

/** Each of them is a mistake that somebody has made, and cuts the operator off. */
export const specs = {
  'the uplink in a bridge, and a network of its own where the operator is': spec(
    `  ${bridged}\n  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 198.51.100.0/24 }\n`,
    guests('lab'),
  ),
  'a network of its own where the operator is': spec(
    '  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 198.51.100.0/24 }\n',
    guests('lab'),
  ),
  'a smaller one': spec(
    '  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 198.51.100.0/29, gateway: 198.51.100.1 }\n',
    guests('lab'),
  ),
  'a network of its own where the operator is, and the gateway as a floating address': spec(
    '  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 198.51.100.0/29 }\n',
    'pools: { cut: { ranges: [203.0.113.1], interface: eth1 } }\ninstances:\n  vm-1: { nics: [{ network: lab, floating: [203.0.113.1] }] }\n',
  ),
  'the gateway as an address of its own': spec(
    '  lab: { mode: flat-dhcp, bridge: br0, interface: eth1, cidr: 203.0.113.0/24, reserve: [203.0.113.11] }\n',
    guests('lab'),
  ),
} as const;

const PLAIN = 'a network of its own where the operator is';
export const MAIN = 'the uplink in a bridge, and a network of its own where the operator is';

const [FIRST, MIDDLE, LAST]: readonly [Moment, Moment, Moment] = [
  { phase: 'applying', tool: 1, side: 'before' },
  { phase: 'applying', tool: 3, side: 'after' },
  { phase: 'applying', tool: 4, side: 'after' },
];
const [BACK, DEEP]: readonly [Moment, Moment] = [
  { phase: 'rolling back', tool: 1, side: 'before' },
  { phase: 'rolling back', tool: 1, side: 'after' },
];
const ENDED = 'netctl was ended in the middle of it';

export const ways: readonly Way[] = [
  // The spec alone, and nobody is disturbed. By day those with the gateway are asked where it answers.
  ...(Object.keys(specs) as (keyof typeof specs)[]).map((name): Way => ({
    name,
    spec: name,
    code: 5,
    ...(name === MAIN || name === PLAIN ? {} : { nightly: true }),
  })),
  {
    name: 'a gateway is asked',
    spec: 'a network of its own where the operator is, and the gateway as a floating address',
    notices: 'gateway',
    code: 3,
    why: 'no longer answers',
  },
  {
    name: 'a gateway is asked that the host has become itself',
    spec: 'the gateway as an address of its own',
    notices: 'gateway',
    code: 3,
    why: 'default gateway 203.0.113.1 and default route of IPv4 no longer answer',
  },
  { name: 'the operator is asked for', notices: 'session', code: 3, why: 'no longer answers' },
  { name: 'out of a shell', by: 'shell', code: 5, nightly: true },
  { name: 'nobody reads what it says', by: 'pipes that close', code: 5 },
  { name: 'there is no room for what it says', by: '/dev/full', code: 5 },
  { name: 'in a terminal', by: 'terminal', code: 5, nightly: true },
  // netctl
  { name: 'netctl killed before its first step', when: FIRST, deed: ['netctl'], code: 'SIGKILL', why: ENDED },
  { name: 'netctl killed in the middle', when: MIDDLE, deed: ['netctl'], code: 'SIGKILL', why: ENDED },
  {
    name: 'netctl killed behind its last step',
    when: LAST,
    deed: ['netctl'],
    code: 'SIGKILL',
    why: ENDED,
  },
  { name: 'netctl killed while it waits', when: 'waiting', deed: ['netctl'], code: 'SIGKILL' },
  { name: 'netctl killed as it begins to roll back', when: BACK, deed: ['netctl'], code: 'SIGKILL', nightly: true },
  { name: 'netctl killed in the middle of rolling back', when: DEEP, deed: ['netctl'], code: 'SIGKILL' },
  {
    name: 'its process group killed in the middle',
    when: MIDDLE,
    deed: ['group'],
    code: 'SIGKILL',
    why: ENDED,
    nightly: true,
  },
  { name: 'its process group killed while it waits', when: 'waiting', deed: ['group'], code: 'SIGKILL' },
  { name: 'netctl stopped in the middle', when: MIDDLE, deed: ['STOP', 'netctl'], code: 'SIGKILL', nightly: true },
  {
    name: 'netctl stopped while it waits, and going on when all is over',
    when: 'waiting',
    deed: ['0.3', 'STOP', 'netctl'],
    goesOn: true,
    code: [5, 'SIGKILL'],
  },
  { name: 'netctl stopped as it rolls back', when: BACK, deed: ['STOP', 'netctl'], code: 'SIGKILL' },
  // The shell, the session, the terminal
  { name: 'the shell killed in the middle', by: 'shell', when: MIDDLE, deed: ['shell'], code: 'SIGKILL' },
  {
    name: 'the shell killed while it waits',
    by: 'shell',
    when: 'waiting',
    deed: ['shell'],
    code: 'SIGKILL',
    nightly: true,
  },
  {
    name: 'the session hung up in the middle',
    by: 'shell',
    when: MIDDLE,
    deed: ['HUP', 'group'],
    code: 'SIGHUP',
    nightly: true,
  },
  { name: 'the session hung up while it waits', by: 'shell', when: 'waiting', deed: ['HUP', 'group'], code: 'SIGHUP' },
  {
    name: 'shell and netctl killed at once while it waits',
    by: 'shell',
    when: 'waiting',
    deed: ['shell+netctl'],
    code: 'SIGKILL',
    nightly: true,
  },
  {
    name: 'the terminal closed in the middle',
    by: 'terminal',
    when: MIDDLE,
    deed: ['terminal'],
    code: 'SIGKILL',
    nightly: true,
  },
  { name: 'the terminal closed while it waits', by: 'terminal', when: 'waiting', deed: ['terminal'], code: 'SIGKILL' },
  {
    name: 'the terminal closed, and netctl killed',
    by: 'terminal',
    when: 'waiting',
    deed: ['terminal', '0.1', 'netctl'],
    code: 'SIGKILL',
  },
  // Its guards
  { name: 'the guard killed in the middle', when: MIDDLE, deed: ['guard'], code: 5 },
  { name: 'the standby killed while it waits', when: 'waiting', deed: ['standby'], code: 5, nightly: true },
  { name: 'both guards killed while it waits', when: 'waiting', deed: ['guard+standby'], code: 5 },
  {
    name: 'the guard stopped, and netctl killed',
    when: 'waiting',
    deed: ['STOP', 'guard', 'KILL', 'netctl'],
    code: 'SIGKILL',
  },
  {
    name: 'the standby stopped, and netctl killed',
    when: 'waiting',
    deed: ['STOP', 'standby', 'KILL', 'netctl'],
    code: 'SIGKILL',
    nightly: true,
  },
  { name: 'guard and netctl killed at once', when: 'waiting', deed: ['guard+netctl'], code: 'SIGKILL', nightly: true },
  {
    name: 'guard and netctl killed at once in the middle',
    when: MIDDLE,
    deed: ['guard+netctl'],
    code: 'SIGKILL',
    why: ENDED,
  },
  {
    name: 'standby and netctl killed at once',
    when: 'waiting',
    deed: ['standby+netctl'],
    code: 'SIGKILL',
    nightly: true,
  },
  {
    name: 'netctl killed, then the guard',
    when: 'waiting',
    deed: ['netctl', '0.05', 'guard'],
    code: 'SIGKILL',
    nightly: true,
  },
  { name: 'the guard killed, then netctl', when: 'waiting', deed: ['guard', '0.05', 'netctl'], code: 'SIGKILL' },
  {
    name: 'the guard killed, and then the one that took its place, and netctl',
    when: 'waiting',
    deed: ['guard', '0.4', 'guard', '0.4', 'netctl'],
    code: 'SIGKILL',
  },
  {
    name: 'the standby killed, then its follower, and the guard, and netctl',
    when: 'waiting',
    deed: ['standby', '0.4', 'standby', '0.4', 'guard', '0.05', 'netctl'],
    code: 'SIGKILL',
  },
  {
    name: 'guard and netctl stopped at once',
    when: 'waiting',
    deed: ['0.3', 'STOP', 'guard+netctl'],
    goesOn: true,
    code: [5, 'SIGKILL'],
  },
  {
    name: 'netctl killed in the middle, and what the guard started to roll it back',
    when: MIDDLE,
    deed: ['netctl', '0.35', 'rollback'],
    code: 'SIGKILL',
    why: ENDED,
  },
  // What it is known by
  { name: 'the file that says what waits damaged', when: 'waiting', deed: ['damage'], code: 5, nightly: true },
  {
    name: 'netctl killed, and the file that says what waits damaged',
    when: 'waiting',
    deed: ['netctl', 'damage'],
    code: 'SIGKILL',
    why: ENDED,
  },
  // What it runs
  { name: 'a tool hangs in the middle', when: MIDDLE, deed: 'the tool hangs', code: 5 },
  { name: 'a tool is stopped before the first step', when: FIRST, deed: 'the tool is stopped', code: 5, nightly: true },
  { name: 'a tool hangs as it rolls back', when: BACK, deed: 'the tool hangs', code: 5 },
];
