// test/kernel/nova/site.ts — one host with its guests and the world, and a server in every namespace that says whom it
// sees; a table of flows is asked of it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Lab, must } from '../lab.ts';
import { bridgeRulesOf, rulesOf } from './rules.ts';
import type { Nova } from './rules.ts';

/** What surrounds a host, whoever configures it. */
export interface Surroundings {
  /** Words of `ip` in the world's namespace: its addresses besides 203.0.113.1/24 on far1, its routes. */
  readonly world: readonly string[];
  /** Words of `ip` on the host, before anybody configures it. */
  readonly host?: readonly string[];
  /** What sysctl says on the host by then. */
  readonly settings?: readonly string[];
  /** The operator's own firewall, as iptables-restore reads it. */
  readonly firewall?: string;
  readonly guests: Readonly<Record<string, Guest>>;
}
interface Guest {
  readonly bridge: string;
  /** With the length of its network's prefix: 10.0.0.3/24. */
  readonly address: string;
  readonly via?: string;
  /** Routes besides. */
  readonly routes?: readonly string[];
}

/**
 * `WHO [as ADDRESS] PROTOCOL ADDRESS[:PORT]`: `b1 tcp 198.51.100.9`, `world as 10.128.0.9 udp 203.0.113.65`. The port
 * is 7 where none is said.
 */
export type Call = string;

export interface Flood {
  readonly sent: number;
  /** By number, which counts from 0. */
  readonly answers: readonly {
    readonly who: string;
    readonly first: number;
    readonly last: number;
    readonly count: number;
  }[];
}

const PROBE = new URL('probe.mjs', import.meta.url).pathname;
const METADATA = '8775';

export class Site {
  readonly lab = new Lab();
  private readonly namespaces = new Map<string, string>([
    ['host', this.lab.host],
    ['world', this.lab.world],
  ]);
  private readonly surroundings: Surroundings;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
    for (const name of Object.keys(surroundings.guests)) this.namespaces.set(name, this.lab.namespace(name));
    must(this.lab.in(this.lab.world, ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']));
    for (const words of surroundings.world) this.lab.ip(this.lab.world, words);
    for (const words of surroundings.host ?? []) this.lab.ip(this.lab.host, words);
    if (surroundings.settings !== undefined)
      must(this.lab.in(this.lab.host, ['sysctl', '-q', '-w', ...surroundings.settings]));
    if (surroundings.firewall !== undefined) this.restore(surroundings.firewall);
  }

  /** Configures the host as nova-network would. */
  configure(nova: Nova): void {
    const { lab } = this;
    for (const { bridge, cidr, dhcpServer, uplink } of nova.networks) {
      for (const words of [
        `link add name ${bridge} type bridge forward_delay 0 stp_state 0`,
        `link set dev ${bridge} up`,
        `address add ${dhcpServer}/${cidr.split('/')[1] ?? ''} brd + dev ${bridge}`,
      ])
        lab.ip(lab.host, words);
      if (uplink === undefined) continue;
      lab.ip(lab.host, `link set dev ${uplink} master ${bridge}`);
      // What the uplink carried, the bridge carries, behind its own address.
      if (uplink === 'eth1')
        for (const words of [
          'address flush dev eth1',
          `address add 203.0.113.11/24 brd + dev ${bridge}`,
          'route add default via 203.0.113.1',
        ])
          lab.ip(lab.host, words);
    }
    for (const [name, { bridge }] of Object.entries(this.surroundings.guests)) {
      lab.ip(lab.host, `link add name v-${name} type veth peer name eth0 netns ${this.namespace(name)}`);
      lab.ip(lab.host, `link set dev v-${name} master ${bridge} up`);
      lab.ip(lab.host, `link set dev v-${name} type bridge_slave hairpin on`);
    }
    lab.ip(lab.host, 'address add 169.254.169.254/32 scope link dev lo');
    must(lab.in(lab.host, ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']));
    this.restore(rulesOf(nova));
    for (const rule of bridgeRulesOf(nova)) must(lab.in(lab.host, rule));
    for (const { address, interface: link } of nova.floating) lab.ip(lab.host, `address add ${address}/32 dev ${link}`);
  }

  /** Has netctl configure the host. In the spec, `netns: NAME` is the guest of that name. */
  apply(spec: string): void {
    must(
      this.lab.netctl(['apply', '--yes'], {
        spec: spec.replaceAll(/netns: (\w+)/g, (_, name: string) => `netns: ${this.namespace(name)}`),
      }),
    );
  }

  /** Gives the guests their addresses, and starts the servers. */
  async open(): Promise<void> {
    for (const [name, { address, via, routes = [] }] of Object.entries(this.surroundings.guests)) {
      const words = [
        'link set dev eth0 up',
        `address add ${address} dev eth0`,
        ...(via === undefined ? [] : [`route add default via ${via}`]),
        ...routes,
      ];
      for (const one of words) this.lab.ip(this.namespace(name), one);
    }
    await Promise.all(
      [...this.namespaces].map(([name, namespace]) => {
        const server = spawn('ip', ['netns', 'exec', namespace, process.execPath, PROBE, 'serve', '7', METADATA], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        return new Promise<void>((resolve, reject) => {
          server.stdout.once('data', () => {
            resolve();
          });
          server.once('exit', (code) => {
            reject(new Error(`the server of ${name} ended with ${code ?? 'a signal'}`));
          });
        });
      }),
    );
  }

  /** Asks all at once, with one process a caller; what comes back says what the other end saw. */
  async ask(calls: readonly Call[]): Promise<ReadonlyMap<Call, string>> {
    const parsed = calls.map(parseCall);
    const callers = new Set(parsed.map(({ from }) => from));
    const answers = await Promise.all(
      [...callers].map(async (from) => {
        const own = parsed.filter((call) => call.from === from);
        const { stdout } = await promisify(execFile)(
          'ip',
          ['netns', 'exec', this.namespace(from), process.execPath, PROBE, 'call', JSON.stringify(own)],
          { timeout: 60_000 },
        );
        const said = JSON.parse(stdout) as readonly string[];
        return own.map(({ text }, i): [Call, string] => [text, said[i] ?? '']);
      }),
    );
    return new Map(answers.flat());
  }

  /** Sends numbered datagrams, as one connection, while something happens. */
  async flooding(from: string, to: string, rate: number, meanwhile: () => Promise<void>): Promise<Flood> {
    const child = spawn(
      'ip',
      ['netns', 'exec', this.namespace(from), process.execPath, PROBE, 'flood', to, String(rate)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = new Promise((resolve) => {
      child.once('close', resolve);
    });
    try {
      await meanwhile();
    } finally {
      child.stdin.end();
      await ended;
    }
    return JSON.parse(said) as Flood;
  }

  /** Sends so many pings a second until it is stopped, and says how many there were and how many had no answer. */
  pinging(from: string, to: string, rate: number): () => Promise<{ readonly sent: number; readonly lost: number }> {
    const child = spawn(
      'ip',
      ['netns', 'exec', this.namespace(from), 'ping', '-n', '-q', '-i', String(1 / rate), '-w', '120', to],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    return async () => {
      const ended = once(child, 'close');
      child.kill('SIGINT');
      await ended;
      const [, sent = 'none', received = 'none'] = /(\d+) packets transmitted, (\d+) received/.exec(said) ?? [];
      return { sent: Number(sent), lost: Number(sent) - Number(received) };
    };
  }

  /** How many of a kind of packet a namespace has got so far, in the words of /proc/net/snmp: `Icmp InEchos`. */
  counted(name: string, [protocol, counter]: readonly [string, string]): number {
    const [names = [], values = []] = must(this.lab.in(this.namespace(name), ['cat', '/proc/net/snmp']))
      .out.split('\n')
      .filter((line) => line.startsWith(`${protocol}:`))
      .map((line) => line.split(' '));
    return Number(values[names.indexOf(counter)]);
  }

  namespace(name: string): string {
    const found = this.namespaces.get(name);
    if (found === undefined) throw new Error(`no guest ${name}`);
    return found;
  }

  close(): void {
    this.lab.close();
  }

  private restore(text: string): void {
    const file = this.lab.write('rules', text);
    must(this.lab.in(this.lab.host, ['iptables-restore', '--noflush', file]));
  }
}

function parseCall(text: Call): {
  readonly text: string;
  readonly from: string;
  readonly as: string | undefined;
  readonly protocol: string;
  readonly to: string;
  readonly port: number;
} {
  const found = /^(\S+)(?: as (\S+))? (tcp|udp|icmp) ([\d.]+)(?::(\d+))?$/.exec(text);
  if (found === null) throw new Error(`no call: ${text}`);
  const [, from = '', as, protocol = '', to = '', port = '7'] = found;
  return { text, from, as, protocol, to, port: Number(port) };
}
