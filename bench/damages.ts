// bench/damages.ts — what somebody does to a host that a watch holds, each by one command, and how one sees that it is
// undone.
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { specFor } from '../test/kernel/damages.ts';
import type { Lab } from '../test/kernel/lab.ts';

export interface Damage {
  readonly name: string;
  /** The foreign command, as it is now: a daemon has another number each time. */
  readonly argv: () => readonly string[];
  readonly undone: Undone;
}

/** What has to be as it was, and the last of what has to have happened; the later of both counts. */
export interface Undone {
  /** Read in microseconds, each millisecond. */
  readonly holds?: () => boolean;
  /** A line of a monitor of the bench's own, and how often it is heard at least: once. */
  readonly heard?: { readonly monitor: 'ip' | 'nft'; readonly line: RegExp; readonly times?: number };
}

/** What can be damaged, and so many instances beside it: each with a tap and a floating address, on networks of 200. */
export function crowdedSpec(guest: string, count: number): string {
  const networks = Array.from(
    { length: Math.ceil(count / 200) },
    (_, i) => `  n${i}: { mode: flat-dhcp, interface: null, cidr: 10.${100 + i}.0.0/24 }\n`,
  );
  const instances = Array.from(
    { length: count },
    (_, i) => `  i-${i}: { nics: [{ network: n${Math.floor(i / 200)}, floating: [{ pool: many }] }] }\n`,
  );
  return (
    specFor(guest).replace('pools:\n', `${networks.join('')}pools:\n  many: { ranges: [100.64.0.0/18] }\n`) +
    instances.join('')
  );
}

/** Processes in the namespaces of host and guest: through them their /sys and /proc are seen. */
export interface Windows {
  readonly host: number;
  readonly guest: number;
}

export function damagesOf(lab: Lab, guest: string, windows: Windows): readonly Damage[] {
  const rules = lab.rules();
  const onHost = (...argv: readonly string[]): readonly string[] => ['ip', 'netns', 'exec', lab.host, ...argv];
  const ruleOf = (chain: string, at: number): readonly string[] =>
    rules
      .filter((line) => line.startsWith(`-A ${chain} `) && line.includes('netctl'))
      [at]?.slice(chain.length + 4)
      .match(/"[^"]*"|\S+/g)
      ?.map((word) => word.replaceAll('"', '')) ?? [];

  const link = (name: string, words: string, device: string, setting?: string): Damage => {
    const seen = (): string => stateOf(windows.host, device, setting);
    const before = seen();
    return {
      name,
      argv: () => ['ip', '-n', lab.host, 'link', ...words.split(' ')],
      undone: { holds: () => seen() === before },
    };
  };
  const far = (name: string, argv: readonly string[], setting?: string): Damage => {
    const seen = (): string => `${stateOf(windows.host, 'v-vm-1')} ${stateOf(windows.guest, 'eth0', setting)}`;
    const before = seen();
    return { name, argv: () => ['ip', '-n', ...argv], undone: { holds: () => seen() === before } };
  };
  const address = (name: string, words: string, line: RegExp): Damage => ({
    name,
    argv: () => ['ip', '-n', lab.host, ...words.split(' ')],
    undone: { heard: { monitor: 'ip', line } },
  });
  /** The first transaction is the damage. */
  const rule = (name: string, ...argv: readonly string[]): Damage => ({
    name,
    argv: () => onHost(...argv),
    undone: { heard: { monitor: 'nft', line: /^# new generation/, times: 2 } },
  });
  const file = (name: string, path: string, act: (path: string) => string): Damage => {
    const before = textOf(path);
    return { name, argv: () => ['sh', '-c', act(path)], undone: { holds: () => textOf(path) === before } };
  };
  const [hosts, options] = [lab.state('networks/lab/hosts'), lab.state('networks/lab/options')];
  const pidFile = lab.run('dnsmasq-lab.pid');
  const server = (): string => textOf(pidFile).trim();
  const serves = (): boolean =>
    textOf(`/proc/${server()}/cmdline`).includes(pidFile) &&
    !/^\d+ \(.*\) [TZX]/.test(textOf(`/proc/${server()}/stat`));
  const ports = portsOf(windows.host, 'br-shut');
  const dnat = 'netctl-dnat-203.0.113.64';

  return [
    link('a port down', 'set dev tap-vm-2 down', 'tap-vm-2'),
    link('a port deleted', 'del dev tap-vm-2', 'tap-vm-2'),
    link('a port in another bridge', 'set dev tap-vm-2 master br-shut', 'tap-vm-2'),
    link('a port out of its bridge', 'set dev tap-vm-2 nomaster', 'tap-vm-2'),
    link('hairpin off', 'set dev tap-vm-2 type bridge_slave hairpin off', 'tap-vm-2'),
    link('the MTU of a port', 'set dev tap-vm-2 mtu 1280', 'tap-vm-2'),
    link('the alias of a port', 'set dev tap-vm-2 alias mine', 'tap-vm-2'),
    link('a port of a full bridge down', 'set dev tap-i-7 down', 'tap-i-7'),
    link('a port of a full bridge deleted', 'del dev tap-i-7', 'tap-i-7'),
    link('the MAC of a bridge', 'set dev br-lab address 02:00:00:00:00:99', 'br-lab', 'address'),
    link('the MTU of a bridge', 'set dev br-shut mtu 1280', 'br-shut'),
    link('a bridge down', 'set dev br-shut down', 'br-shut'),
    link('STP on', 'set dev br-lab type bridge stp_state 1', 'br-lab', 'bridge/stp_state'),
    link('a forward delay', 'set dev br-shut type bridge forward_delay 1500', 'br-shut', 'bridge/forward_delay'),
    {
      name: 'a bridge deleted',
      argv: () => ['ip', '-n', lab.host, 'link', 'del', 'dev', 'br-shut'],
      undone: {
        holds: () => portsOf(windows.host, 'br-shut') === ports,
        heard: { monitor: 'ip', line: /^\[ADDR\]\d+: br-shut +inet / },
      },
    },
    link('the uplink out of its bridge', 'set dev eth1 nomaster', 'eth1'),
    link('the uplink down', 'set dev eth1 down', 'eth1'),
    {
      name: 'the uplink not promiscuous',
      argv: () => ['ip', '-n', lab.host, 'link', 'set', 'dev', 'eth1', 'promisc', 'off'],
      undone: { heard: { monitor: 'ip', line: /^\[LINK\]\d+: eth1[^<]*<[^>]*PROMISC/ } },
    },
    far('a veth deleted', [lab.host, 'link', 'del', 'dev', 'v-vm-1'], 'address'),
    far('the far end down', [guest, 'link', 'set', 'dev', 'eth0', 'down']),
    far(
      'the far end with another MAC',
      [guest, 'link', 'set', 'dev', 'eth0', 'address', '02:00:00:00:00:98'],
      'address',
    ),
    address(
      'a floating address unbound',
      'address del 203.0.113.66/32 dev br-lab',
      /^\[ADDR\]\d+: \S+ +inet 203\.0\.113\.66\/32 /,
    ),
    address(
      'the metadata address unbound',
      'address del 169.254.169.254/32 dev lo',
      /^\[ADDR\]\d+: \S+ +inet 169\.254\.169\.254\/32 /,
    ),
    address(
      'a gateway removed',
      'address del 192.168.50.1/24 dev br-lab',
      /^\[ADDR\]\d+: \S+ +inet 192\.168\.50\.1\/24 /,
    ),
    address(
      'an address of the uplink back on it',
      'address add 203.0.113.11/24 dev eth1',
      /^\[ADDR\]Deleted \d+: \S+ +inet 203\.0\.113\.11\/24 /,
    ),
    address('the default route deleted', 'route del default', /^\[ROUTE\]default /),
    rule('a small chain flushed', 'iptables', '-w', '-t', 'nat', '-F', dnat),
    rule('a rule deleted', 'iptables', '-w', '-t', 'nat', '-D', dnat, '1'),
    rule(
      'a rule edited',
      'iptables',
      '-w',
      '-t',
      'nat',
      '-R',
      dnat,
      '1',
      ...ruleOf(dnat, 0).map((word) => word.replace('192.168.50.2', '192.168.50.3')),
    ),
    rule('a rule of nobody', 'iptables', '-w', '-I', 'netctl-FORWARD', '-j', 'ACCEPT'),
    rule('the chain of forwarding flushed', 'iptables', '-w', '-F', 'netctl-FORWARD'),
    rule(
      'rules in another order',
      'sh',
      '-c',
      `iptables-save -t filter | grep '^-A netctl-FORWARD ' | tac | { echo '*filter'; echo ':netctl-FORWARD - [0:0]'; cat; echo COMMIT; } | iptables-restore -w --noflush`,
    ),
    rule('hooks deleted', 'iptables', '-w', '-F', 'FORWARD'),
    rule('a hook twice', 'iptables', '-w', '-A', 'FORWARD', ...ruleOf('FORWARD', 0)),
    rule('a chain of nobody with our prefix', 'iptables', '-w', '-N', 'netctl-old'),
    rule('all of mangle flushed', 'iptables', '-w', '-t', 'mangle', '-F'),
    rule('all of nat flushed', 'iptables', '-w', '-t', 'nat', '-F'),
    {
      name: 'ip_forward off',
      argv: () => onHost('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'),
      undone: { holds: () => /^Ip: 1 /m.test(textOf(`/proc/${windows.host}/net/snmp`)) },
    },
    { name: 'dnsmasq killed', argv: () => ['kill', '-KILL', server()], undone: { holds: serves } },
    { name: 'dnsmasq stopped', argv: () => ['kill', '-STOP', server()], undone: { holds: serves } },
    file('the hosts file edited', hosts, (path) => `echo '02:00:00:00:00:97,192.168.50.97' >>${path}`),
    file('the hosts file deleted', hosts, (path) => `rm ${path}`),
    file('the options file edited', options, (path) => `echo 'option:log-server,1.2.3.4' >>${path}`),
    file('the options file deleted', options, (path) => `rm ${path}`),
    file('a file of nobody among ours', lab.state('networks/lab/else'), (path) => `echo x >${path}`),
  ];
}

/** What can be damaged of any device, and perhaps one thing more. */
function stateOf(window: number, device: string, setting?: string): string {
  const at = `/proc/${window}/root/sys/class/net/${device}`;
  const up = Number(textOf(`${at}/flags`)) & 1;
  return [
    up,
    ...['mtu', 'ifalias', 'brport/hairpin_mode', ...(setting === undefined ? [] : [setting])].map((name) =>
      textOf(`${at}/${name}`),
    ),
    masterOf(`${at}/master`),
  ].join(' ');
}

function masterOf(path: string): string {
  try {
    return readlinkSync(path).split('/').at(-1) ?? '';
  } catch {
    return '';
  }
}

function portsOf(window: number, bridge: string): string {
  const path = `/proc/${window}/root/sys/class/net/${bridge}/brif`;
  return existsSync(path) ? readdirSync(path).sort().join(' ') : '';
}

/** Nothing where it is not there. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
