// test/kernel/damages.ts — what somebody may do to a host behind netctl's back, and a host on which all of it can be
// done.
import { spawn as background } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { damagesOfRules } from './damaged-rules.ts';
import { must } from './lab.ts';
import type { Lab } from './lab.ts';

/** What is done, and what of it status must name. */
export type Damage = readonly [name: string, act: () => void, named: RegExp];

/**
 * While a watch runs: of two commands, the second may come when what the first did is repaired already, and be refused.
 */
export function race(damage: () => void): void {
  try {
    damage();
  } catch {
    // Whether anything was done shows in what is repaired.
  }
}

/** With something of everything that can be damaged. */
export function specFor(guest: string): string {
  return `apiVersion: netctl/v1
hosts:
  this: { publicInterface: eth1, sourceAddress: 203.0.113.11, metadata: { address: 127.0.0.1 } }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth1, cidr: 192.168.50.0/24, domain: example.test, dhcp: { options: ["option:ntp-server,192.168.50.1"] } }
  shut: { mode: flat-dhcp, bridge: br-shut, interface: null, cidr: 10.20.0.0/24, forward: none }
pools:
  public: { ranges: [203.0.113.64/28] }
instances:
  vm-1: { nics: [{ network: lab, floating: [203.0.113.65], device: { type: veth, name: v-vm-1, netns: ${guest} } }] }
  vm-2: { nics: [{ network: lab, floating: [203.0.113.66] }, { network: shut }] }
`;
}

/** On a host that holds that spec, with its guest in the namespace. */
export function damagesOf(lab: () => Lab, guest: () => string): readonly Damage[] {
  const onHost = (...argv: readonly string[]): string => must(lab().in(lab().host, argv)).out;
  const ip = (words: string): string => lab().ip(lab().host, words);
  const edit = (path: string, change: (text: string) => string): void => {
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  const server = (network: string): number => {
    const found = lab()
      .processes()
      .find(({ command }) => command.includes(`--pid-file=${lab().run(`dnsmasq-${network}.pid`)}`));
    // Not 0 in its place: that stands for our whole process group.
    if (found === undefined) throw new Error(`dnsmasq-${network} does not run`);
    return found.pid;
  };

  const damages: readonly Damage[] = [
    ...damagesOfRules(onHost),
    [
      'a floating address unbound',
      () => ip('address del 203.0.113.66/32 dev br-lab'),
      /missing address 203\.0\.113\.66\/32 on br-lab/,
    ],
    [
      'the metadata address unbound',
      () => ip('address del 169.254.169.254/32 dev lo'),
      /missing address 169\.254\.169\.254\/32 on lo/,
    ],
    ['a bridge deleted', () => ip('link del dev br-lab'), /missing link br-lab bridge/],
    ['a bridge without uplink deleted', () => ip('link del dev br-shut'), /missing link br-shut bridge/],
    [
      'every device deleted',
      () => ['br-lab', 'br-shut', 'tap-vm-2', 'v-vm-1'].forEach((name) => ip(`link del dev ${name}`)),
      /missing link tap-vm-2 tap/,
    ],
    ['a tap deleted', () => ip('link del dev tap-vm-2'), /missing link tap-vm-2 tap in br-lab/],
    ['a veth deleted', () => ip('link del dev v-vm-1'), /missing link v-vm-1 veth in br-lab/],
    [
      'a name taken for another type',
      () => {
        ip('link del dev tap-vm-2');
        ip('link add name tap-vm-2 group 117 type bridge');
      },
      /differs link tap-vm-2 tap/,
    ],
    [
      'the gateway removed',
      () => ip('address del 192.168.50.1/24 dev br-lab'),
      /address 192\.168\.50\.1\/24 on br-lab \(missing/,
    ],
    ['every address removed', () => ip('address flush dev br-lab'), /missing address 203\.0\.113\.11\/24 on br-lab/],
    [
      'the gateway not first',
      () => {
        ip('address del 192.168.50.1/24 dev br-lab');
        ip('address add 192.168.50.1/24 brd 192.168.50.255 metric 117 dev br-lab');
      },
      /differs address 192\.168\.50\.1\/24 on br-lab \(first\)/,
    ],
    [
      'an address of the uplink back on it',
      () => ip('address add 203.0.113.11/24 dev eth1'),
      /not in spec address 203\.0\.113\.11\/24 on eth1/,
    ],
    [
      'the routes of a bridge flushed',
      () => ip('route flush dev br-lab'),
      /differs address 203\.0\.113\.11\/24 on br-lab \(its route is missing/,
    ],
    [
      'the route to a network deleted',
      () => ip('route del 10.20.0.0/24 dev br-shut'),
      /differs address 10\.20\.0\.1\/24 on br-shut \(its route is missing/,
    ],
    [
      'the gateway not in table local',
      () => ip('route del table local local 192.168.50.1'),
      /differs address 192\.168\.50\.1\/24 on br-lab \(its entry in table local is missing/,
    ],
    [
      'a floating address not in table local',
      () => ip('route del table local local 203.0.113.66'),
      /differs address 203\.0\.113\.66\/32 on br-lab \(its entry in table local is missing/,
    ],
    ['the default route deleted', () => ip('route del default'), /missing route default/],
    ['a bridge down', () => ip('link set dev br-lab down'), /differs link br-lab bridge \(down\)/],
    ['STP on', () => ip('link set dev br-lab type bridge stp_state 1'), /differs link br-lab bridge \(stp/],
    [
      'a forward delay',
      () => ip('link set dev br-shut type bridge forward_delay 1500'),
      /differs link br-shut bridge \(forward-delay\)/,
    ],
    [
      'the MAC of a bridge changed',
      () => ip('link set dev br-lab address 02:00:00:00:00:99'),
      /differs link br-lab bridge \(mac 02:00:00:00:00:99/,
    ],
    ['the MTU of a bridge changed', () => ip('link set dev br-lab mtu 1280'), /differs link br-lab bridge \(mtu 1280/],
    [
      'hairpin off',
      () => ip('link set dev tap-vm-2 type bridge_slave hairpin off'),
      /differs link tap-vm-2 tap in br-lab \(no-hairpin\)/,
    ],
    [
      'a port out of its bridge',
      () => ip('link set dev tap-vm-2 nomaster'),
      /differs link tap-vm-2 tap in br-lab \(was in no bridge/,
    ],
    [
      'a port in another bridge',
      () => ip('link set dev tap-vm-2 master br-shut'),
      /differs link tap-vm-2 tap in br-lab \(was in br-shut/,
    ],
    ['a port down', () => ip('link set dev v-vm-1 down'), /differs link v-vm-1 veth .*\(down/],
    ['an alias changed', () => ip('link set dev tap-vm-2 alias mine'), /differs link tap-vm-2 tap in br-lab \(alias\)/],
    ['the far end down', () => lab().ip(guest(), 'link set dev eth0 down'), /differs link v-vm-1 veth .*\(peer-down\)/],
    [
      'the far end with another MAC',
      () => lab().ip(guest(), 'link set dev eth0 address 02:00:00:00:00:98'),
      /differs link v-vm-1 veth .*\(mac 02:00:00:00:00:98/,
    ],
    [
      'the far end renamed',
      () => {
        lab().ip(guest(), 'link set dev eth0 down');
        lab().ip(guest(), 'link set dev eth0 name other');
      },
      /differs link v-vm-1 veth/,
    ],
    ['the uplink out of the bridge', () => ip('link set dev eth1 nomaster'), /differs link eth1 into br-lab/],
    [
      'the uplink not promiscuous',
      () => ip('link set dev eth1 promisc off'),
      /differs link eth1 into br-lab, promiscuous/,
    ],
    ['the uplink down', () => ip('link set dev eth1 down'), /differs link eth1 into br-lab/],
    [
      'ip_forward off',
      () => onHost('sysctl', '-q', '-w', 'net.ipv4.ip_forward=0'),
      /sysctl net\.ipv4\.ip_forward = 1 \(was 0\)/,
    ],
    ['dnsmasq killed', () => process.kill(server('lab'), 'SIGKILL'), /missing process dnsmasq-lab/],
    [
      'dnsmasq killed and its files gone',
      () => {
        process.kill(server('lab'), 'SIGKILL');
        rmSync(lab().run('dnsmasq-lab.pid'));
        rmSync(lab().run('dnsmasq-lab.loaded'));
      },
      /missing process dnsmasq-lab/,
    ],
    [
      'what it has loaded forgotten',
      () => rmSync(lab().run('dnsmasq-lab.loaded')),
      /differs process dnsmasq-lab reads its files again/,
    ],
    [
      'the hosts file edited',
      () => edit(lab().state('networks/lab/hosts'), (text) => text.replace('192.168.50.2', '192.168.50.77')),
      /differs file .*networks\/lab\/hosts/,
    ],
    ['the hosts file deleted', () => rmSync(lab().state('networks/lab/hosts')), /missing file .*networks\/lab\/hosts/],
    [
      'the options file edited',
      () => edit(lab().state('networks/lab/options'), (text) => `${text}option:log-server,1.2.3.4\n`),
      /differs file .*networks\/lab\/options/,
    ],
    [
      'the options file deleted',
      () => rmSync(lab().state('networks/lab/options')),
      /missing file .*networks\/lab\/options/,
    ],
    [
      'every file of a network deleted',
      () => rmSync(lab().state('networks/lab'), { recursive: true }),
      /missing file .*networks\/lab\/names/,
    ],
    [
      'a file of nobody among ours',
      () => writeFileSync(lab().state('networks/lab/hosts.new'), ''),
      /not in spec file .*networks\/lab\/hosts\.new/,
    ],
    ['a second process with our mark', () => impostor('dnsmasq-lab.pid'), /differs process dnsmasq-lab/],
    ['a process of ours that nobody wants', () => impostor('dnsmasq-old.pid'), /not in spec process dnsmasq-old/],
    [
      'dnsmasq with other arguments',
      () => {
        const found = lab()
          .processes()
          .find((one) => one.pid === server('lab'));
        if (found === undefined) throw new Error('dnsmasq-lab does not run');
        process.kill(found.pid, 'SIGKILL');
        // Its sockets are free when it is gone.
        onHost('timeout', '10', 'tail', `--pid=${found.pid}`, '-f', '/dev/null');
        onHost(...found.command.split(' ').filter((word) => word !== '--strict-order'));
      },
      /differs process dnsmasq-lab/,
    ],
  ];

  /**
   * Another dnsmasq in the host's namespace that says it has this pid file, and does not write it; netctl is to end it.
   */
  function impostor(pidFile: string): void {
    const argument = `--pid-file=${lab().run(pidFile)}`;
    background(
      'ip',
      [
        'netns',
        'exec',
        lab().host,
        'dnsmasq',
        '--keep-in-foreground',
        '--conf-file=',
        '--user=root',
        '--port=0',
        argument,
      ],
      { stdio: 'ignore', detached: true },
    ).unref();
    for (
      let tries = 0;
      tries < 100 &&
      !lab()
        .processes()
        .some(({ command }) => command.includes(argument) && command.includes('--keep-in'));
      tries++
    )
      must(lab().in(lab().host, ['sleep', '0.05']));
  }

  return damages;
}
