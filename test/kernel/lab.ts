// test/kernel/lab.ts — a host in a throw-away namespace, the world behind its uplinks, and guests: netctl runs on it as
// an operator runs it.
import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isNightly } from '../nightly.ts';
import { NetctlServer } from './netctl-server.ts';
import { linesOf } from './shown-links.ts';
import { textOf } from './of-process.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let labs = 0;
/** What netctl, or node, looks at as it starts. */
const AT_START = /^(NETCTL|NODE|LD|FAKETIME)_/;
/** One for all labs of a test file. */
let server: NetctlServer | undefined;

/** `world` has 203.0.113.1/24; the host's eth1 has 203.0.113.11/24 and the default route, its eth2 nothing. */
export class Lab {
  readonly directory = mkdtempSync(join(tmpdir(), 'nct-lab-'));
  readonly host: string;
  readonly world: string;
  private readonly prefix: string;
  private readonly namespaces: string[] = [];
  private readonly program = resolve('dist/netctl.js');
  private readonly spawns: boolean;

  /** `spawns`: each netctl is a process of its own. */
  constructor({ spawns = false }: { readonly spawns?: boolean } = {}) {
    this.spawns = spawns;
    this.prefix = `nct-${process.pid}-${labs++}`;
    // What a guest runs may not be root's alone.
    chmodSync(this.directory, 0o755);
    this.host = this.namespace('host');
    this.world = this.namespace('world');
    this.boot();
  }

  /** Makes the host's hardware, and configures it. */
  private boot(): void {
    must(spawn(['sh', '-ec', BOOT, 'sh', this.host, this.world]));
  }

  /**
   * The host loses all that a kernel knows, and what is on its disk stays. Its processes end with it, or stay behind in
   * what it was.
   */
  reboot({ processes }: { readonly processes: 'end' | 'stay' }): void {
    const pids = this.processes().map(({ pid }) => String(pid));
    if (processes === 'end') for (const signal of ['TERM', 'KILL']) spawn(['kill', '-s', signal, ...pids]);
    must(spawn(['ip', 'netns', 'del', this.host]));
    // What still runs in the old namespace keeps it, and its end of the cable.
    for (const far of ['far1', 'far2']) this.in(this.world, ['ip', 'link', 'del', 'dev', far]);
    this.namespace('host');
    this.boot();
  }

  /** Makes a namespace; its name in the lab is the last part of its name on the machine. */
  namespace(name: string): string {
    const whole = `${this.prefix}-${name}`;
    must(spawn(['sh', '-ec', NAMESPACE, 'sh', whole]));
    if (!this.namespaces.includes(whole)) this.namespaces.push(whole);
    return whole;
  }

  ip(namespace: string, words: string): string {
    return must(spawn(['ip', '-n', namespace, ...words.split(' ')])).out;
  }

  in(namespace: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
    return spawn(['ip', 'netns', 'exec', namespace, ...argv], { env });
  }

  /**
   * Runs netctl on the host. `-f` is the lab's spec unless the arguments name another place; `spec: null`: none. A
   * server runs it, but in the night, and where it is given an input or what it reads as it starts: it is a process
   * then.
   */
  netctl(
    args: readonly string[],
    options: {
      readonly spec?: string | null;
      readonly env?: Readonly<Record<string, string>>;
      readonly input?: string;
      /** For what may be killed. */
      readonly spawns?: true;
    } = {},
  ): Ended {
    const words = this.argumentsFor(args, options.spec);
    const { env = {}, input, spawns = this.spawns } = options;
    if (isNightly || spawns || input !== undefined || Object.keys(env).some((name) => AT_START.test(name)))
      return spawn([process.execPath, this.program, ...words], options);
    if (server === undefined || server.isOver) server = new NetctlServer(this.program);
    return server.run(words, { ...process.env, ...env });
  }

  /** For a test that runs it by itself, to kill it or to count what it runs. */
  argumentsFor(args: readonly string[], spec?: string | null): readonly string[] {
    const file = typeof spec === 'string' ? this.write('spec.yaml', spec) : this.path('spec.yaml');
    const isElsewhere = spec === null || args.includes('-f') || args.includes('--git');
    return [
      ...args,
      '--netns',
      this.host,
      '--state-dir',
      this.path('state'),
      '--run-dir',
      this.path('run'),
      ...(isElsewhere ? [] : ['-f', file]),
    ];
  }

  command(): readonly [string, string] {
    return [process.execPath, this.program];
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  state(name: string): string {
    return join(this.directory, 'state/netns', this.host, name);
  }

  run(name: string): string {
    return join(this.directory, 'run/netns', this.host, name);
  }

  /** All that netctl could have changed on the host, a line each, without what changes by itself. */
  snapshot(namespace = this.host): string {
    const links = linesOf(must(this.in(namespace, ['ip', '-j', '-d', 'addr', 'show'])).out);
    const routes = ['-4', '-6']
      .flatMap((family) => this.ip(namespace, `${family} -N route show table main`).split('\n'))
      .filter((line) => line !== '' && !line.startsWith('fe80::'))
      .map((line) => line.replaceAll(/ (linkdown|dead|pref medium)\b/g, '').trimEnd())
      .sort();
    const rules = this.rules(namespace)
      .filter((line) => !/^COMMIT|^:[A-Z]+ ACCEPT/.test(line))
      .map((line) => line.replace(/ \[\d+:\d+\]$/, ''));
    const tables = rules.filter((line, i) => !line.startsWith('*') || rules[i + 1]?.startsWith('*') === false);
    const settings = this.in(namespace, ['sysctl', 'net.ipv4.ip_forward']).out;
    const processes = this.processes(namespace)
      .map(({ command }) => command)
      .sort();
    return [...links, '', ...routes, '', ...tables, '', settings, ...processes].join('\n');
  }

  /** What iptables-save says, without its comments. */
  rules(namespace = this.host): readonly string[] {
    return must(this.in(namespace, ['iptables-save']))
      .out.split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** What runs in the host's namespace, without what another test's netctl looks into it with. */
  processes(namespace = this.host): readonly { readonly pid: number; readonly command: string }[] {
    return spawn(['ip', 'netns', 'pids', namespace])
      .out.split('\n')
      .filter((line) => line !== '')
      .map((pid) => ({
        pid: Number(pid),
        command: textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
      }))
      .filter(({ command }) => command !== '' && !PASSING_LOOK.test(command));
  }

  /** Gets a guest its address by DHCP, as an image would, and says what it was told. */
  lease(guest: string, link = 'eth0'): Readonly<Record<string, string>> {
    const file = this.path(`${guest}.lease`);
    const script = this.write(
      'udhcpc-script',
      `#!/bin/sh
case "$1" in
  deconfig) ip address flush dev "$interface" scope global ;;
  bound)
    ip address add "$ip/$mask" dev "$interface"
    for gateway in $router; do ip route replace default via "$gateway" dev "$interface"; done
    env >"$LEASE" ;;
esac
`,
    );
    chmodSync(script, 0o755);
    must(
      this.in(guest, ['udhcpc', '-O', 'mtu', '-q', '-n', '-f', '-t', '10', '-T', '1', '-i', link, '-s', script], {
        LEASE: file,
      }),
    );
    return Object.fromEntries(
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
  }

  pings(from: string, to: string): boolean {
    return this.in(from, ['ping', '-n', '-c', '1', '-w', '5', to]).code === 0;
  }

  /** Asks a server for a name, as a resolver in the guest would. */
  resolves(from: string, name: string, server: string): string {
    return (
      /^Name:.*\n(?:Address.*:\s*)(\S+)$/m.exec(this.in(from, ['busybox', 'nslookup', name, server]).out)?.[1] ?? ''
    );
  }

  /** Ends what runs in the lab, and removes it. */
  close(): void {
    spawn(['sh', '-c', CLOSE, 'sh', ...this.namespaces]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Sent packets must not wait for duplicate address detection. */
const NAMESPACE = `ip netns add "$1"
exec nsenter --net="/run/netns/$1" sh -ec '
  for name in all default; do echo 0 >/proc/sys/net/ipv6/conf/$name/accept_dad; done
  exec ip link set dev lo up'`;

/**
 * Carriers come a moment after links are up, and IPv6 addresses with them: what is compared later is to be there first.
 */
const BOOT = `host=$1 world=$2
ip -n "$host" -batch - <<X
link add name eth1 address 02:00:00:00:00:e1 type veth peer name far1 netns $world
link add name eth2 address 02:00:00:00:00:e2 type veth peer name far2 netns $world
link set dev eth1 up
link set dev eth2 up
address add 203.0.113.11/24 brd + dev eth1
route add default via 203.0.113.1
X
ip -n "$world" -batch - <<X
link set dev far1 up
link set dev far2 up
address add 203.0.113.1/24 dev far1
X
for try in $(seq 100); do
  case $(ip -n "$host" -br -6 address show scope link) in *eth1*' UP '*fe80*eth2*' UP '*fe80*) exit;; esac
  sleep 0.05
done
exit 1`;

const CLOSE = `for signal in TERM KILL; do
  pids=$(for name; do ip netns pids "$name"; done)
  [ -n "$pids" ] || break
  kill -s $signal $pids
done
for name; do ip netns del "$name"; done`;

/** A netctl that borrows an interface asks every network namespace of the machine for the devices that stand on it. */
const PASSING_LOOK = /\bip (-d -j link show|-j netns list-id)$/;

/** What a command printed, when it succeeded; else the test ends with what it said. */
export function must(ended: Ended): Ended {
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}\n${ended.out}${ended.err}`);
  return ended;
}

export function spawn(
  argv: readonly string[],
  { env = {}, input }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): Ended {
  const [program = '', ...rest] = argv;
  const ended: SpawnSyncReturns<string> = spawnSync(program, rest, {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
    ...(input === undefined ? {} : { input }),
  });
  if (ended.error !== undefined) throw ended.error;
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}
