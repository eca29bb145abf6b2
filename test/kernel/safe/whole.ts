// test/kernel/safe/whole.ts — all of a host that an apply could have changed, as its tools show it, read without
// netctl.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { must, spawn } from '../lab.ts';
import type { Lab } from '../lab.ts';

/** By what was asked. */
export type Whole = Readonly<Record<string, string>>;

/** `namespaces`: the guests'. */
export function wholeOf(lab: Lab, namespaces: readonly string[]): Whole {
  const [rules = '', bridges = '', links = '', four = '', six = '', rule = '', settings = ''] = must(
    lab.in(lab.host, [
      'sh',
      '-c',
      [
        'iptables-save',
        'ebtables-nft-save',
        'ip -j -d addr show',
        'ip -4 route show table all',
        'ip -6 route show table all',
        'ip rule',
        'grep -rs "" /proc/sys/net/ipv4/conf /proc/sys/net/ipv6/conf /proc/sys/net/ipv4/ip_forward',
      ]
        .map((command) => `${command}; echo =====`)
        .join('\n'),
    ]),
  ).out.split('=====\n');
  return {
    'iptables-save': lines(rules, /^#/).replaceAll(/ \[\d+:\d+\]$/gm, ''),
    'ebtables-save': lines(bridges, /^#/),
    'ip addr': addresses(links),
    ...Object.fromEntries(
      namespaces.map((name) => [
        `ip addr in ${name}`,
        addresses(must(spawn(['ip', '-n', name, '-j', '-d', 'addr', 'show'])).out),
      ]),
    ),
    // Of equal ones, IPv6 lists first what came first: the kernel's own of each device.
    'ip route': `${four}${six.split('\n').toSorted().join('\n')}`
      .replaceAll(/ (linkdown|dead|pref medium)\b/g, '')
      .replaceAll(/ +$/gm, ''),
    'ip rule': rule,
    files: files(lab),
    processes: lab
      .processes()
      .map(({ command }) => command)
      .toSorted()
      .join('\n'),
    sysctls: settings
      .split('\n')
      .filter((line) => !/stable_secret|mc_forwarding/.test(line))
      .toSorted()
      .join('\n'),
  };
}

/** What differs, a line each: `-` was, `+` is. */
export function differencesOf(was: Whole, is: Whole): readonly string[] {
  return Object.keys(was).flatMap((part) => {
    const [before, after] = [was[part] ?? '', is[part] ?? ''];
    if (before === after) return [];
    const [a, b] = [before.split('\n'), after.split('\n')];
    const said = [
      ...a.filter((line) => !b.includes(line)).map((line) => `- ${part}: ${line}`),
      ...b.filter((line) => !a.includes(line)).map((line) => `+ ${part}: ${line}`),
    ];
    return said.length > 0 ? said : [`${part}: in another order`];
  });
}

/** As if no device had a number: a tap cannot be given one. */
export function unnumbered(whole: Whole): Whole {
  return Object.fromEntries(
    Object.entries(whole).map(([part, text]) => [part, text.replaceAll(/"(?:ifindex|link_index)":\d+,?/g, '')]),
  );
}

function lines(text: string, without: RegExp): string {
  return text
    .split('\n')
    .filter((line) => !without.test(line))
    .join('\n');
}

/** One line a device, one an address. Without lifetimes, timers and what a carrier does. */
function addresses(text: string): string {
  const volatile =
    /^(valid_life_time|preferred_life_time|tentative|operstate|.*_timer|stats.*|link_netnsid|topology_change.*|designated_.*|bridge_id|root_.*|id|config_pending|age|fdb_n_learned|no|state)$/;
  const links = JSON.parse(text, (key: string, value: unknown) =>
    volatile.test(key) ? undefined : value,
  ) as readonly {
    readonly ifname?: string;
    readonly flags?: readonly string[];
    readonly addr_info?: readonly object[];
  }[];
  return links
    .filter(({ ifname }) => ifname !== undefined)
    .flatMap(({ flags, addr_info: all = [], ...rest }) => [
      JSON.stringify({ ...rest, flags: flags?.filter((flag) => !/CARRIER|LOWER_UP|M-DOWN/.test(flag)) }),
      ...all.map((address) => `  ${rest.ifname ?? ''} ${JSON.stringify(address)}`),
    ])
    .join('\n');
}

/**
 * Below the state and run directories, with their modes. Not what tells of the past, what daemons write by themselves,
 * and who has the lock.
 */
function files(lab: Lab): string {
  const below = [dirname(lab.state('x')), dirname(lab.run('x'))].flatMap((directory) => {
    try {
      return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((name) => join(directory, name));
    } catch {
      return [];
    }
  });
  return below
    .filter((path) => !/\/generations(\/|$)|\/lock$|\/leases$/.test(path))
    .toSorted()
    .map((path) => {
      const { mode } = statSync(path);
      const isFile = statSync(path).isFile();
      return `${path} ${mode.toString(8)}${isFile && !path.endsWith('.pid') ? ` ${JSON.stringify(readFileSync(path, 'utf8'))}` : ''}`;
    })
    .join('\n');
}
