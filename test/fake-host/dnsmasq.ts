// test/fake-host/dnsmasq.ts — dnsmasq as far as netctl can tell: what it needs to start, what it has read, what it has
// leased; and dhcp_release.
import type { Files } from './files.ts';
import type { Daemon } from './processes.ts';
import type { Reply, Tool } from './tool.ts';

export interface Dnsmasq extends Daemon {
  /** `dhcp_release LINK IP MAC` */
  readonly release: Tool;
  /** `dnsmasq --test …`: all arguments that netctl makes are good ones. */
  readonly test: Tool;
  /**
   * A guest asks on a bridge: the address it gets, from what the server has read. Deaf is one whose bridge went, also
   * when there is another of its name.
   */
  ask(link: string, mac: string): string | undefined;
  /** The same of the server that reads this hosts file, wherever it listens. */
  askReader(hosts: string, mac: string): string | undefined;
  /** What the server on a bridge has read and still holds, by file. */
  loaded(link: string): ReadonlyMap<string, string>;
}

/** A link as a server finds it. */
export interface Found {
  readonly index: number;
  readonly addresses: readonly string[];
}

export function createDnsmasq(
  files: Files,
  find: (link: string, netns: string | undefined) => Found | undefined,
): Dnsmasq {
  const servers = new Map<string, Server>();
  const hears = (server: Server): boolean => find(server.link, server.netns)?.index === server.index;
  const on = (link: string): Server | undefined =>
    [...servers.values()].find((server) => server.link === link && server.netns === undefined && hears(server));
  return {
    start(argv, netns) {
      const { pidFile, link, listen, reads } = optionsOf(argv);
      const found = find(link, netns);
      if (found === undefined) return `dnsmasq: unknown interface ${link}`;
      const { index, addresses: held } = found;
      if (!held.includes(listen))
        return `dnsmasq: failed to create listening socket for ${listen}: Cannot assign requested address`;
      // It keeps the address when that goes elsewhere.
      if ([...servers.values()].some((server) => server.bound === listen && server.netns === netns))
        return `dnsmasq: failed to create listening socket for ${listen}: Address already in use`;
      // The real one starts nevertheless and serves nobody; nothing of ours may rely on that.
      const missing = reads.find((path) => files.read(path) === undefined);
      if (missing !== undefined) return `dnsmasq: cannot read ${missing}`;
      servers.set(pidFile, new Server(argv, files, index, listen, netns));
      return undefined;
    },
    hangUp: (argv) => servers.get(optionsOf(argv).pidFile)?.read(),
    end: (argv) => void servers.delete(optionsOf(argv).pidFile),
    test: { run: () => ({ exitCode: 0, stdout: '', stderr: 'dnsmasq: syntax check OK.\n' }) },
    release: {
      run: ({ argv: [, link = '', ip = '', mac = ''] }): Reply => {
        if (find(link, undefined) === undefined)
          return { exitCode: 1, stdout: '', stderr: `cannot setup interface: No such device\n` };
        on(link)?.release(ip, mac);
        return { exitCode: 0, stdout: '', stderr: '' };
      },
    },
    ask: (link, mac) => on(link)?.lease(mac),
    askReader: (hosts, mac) =>
      [...servers.values()].find((server) => server.hosts === hosts && hears(server))?.lease(mac),
    loaded: (link) => on(link)?.loaded ?? new Map(),
  };
}

class Server {
  readonly link: string;
  readonly index: number;
  readonly bound: string;
  readonly netns: string | undefined;
  readonly hosts: string;
  loaded: ReadonlyMap<string, string> = new Map();
  private readonly options: Options;
  private readonly files: Files;

  constructor(argv: readonly string[], files: Files, index: number, bound: string, netns: string | undefined) {
    this.netns = netns;
    this.index = index;
    this.bound = bound;
    this.options = optionsOf(argv);
    this.link = this.options.link;
    this.hosts = this.options.hosts;
    this.files = files;
    this.read();
  }

  read(): void {
    this.loaded = new Map(this.options.reads.map((path) => [path, this.files.read(path) ?? '']));
  }

  lease(mac: string): string | undefined {
    const line = (this.loaded.get(this.options.hosts) ?? '').split('\n').find((entry) => entry.startsWith(`${mac},`));
    const ip = line?.split(',').find((field) => /^\d+\.\d+\.\d+\.\d+$/.test(field));
    if (ip !== undefined)
      this.keep([
        ...this.held().filter((held) => !held.includes(` ${mac} `)),
        `1900000000 ${mac} ${ip} ${line?.split(',').at(-1) ?? '*'} *`,
      ]);
    return ip;
  }

  release(ip: string, mac: string): void {
    this.keep(this.held().filter((held) => !held.includes(` ${mac} ${ip} `)));
  }

  private held(): readonly string[] {
    return (this.files.read(this.options.leases) ?? '').split('\n').filter((line) => line !== '');
  }

  private keep(lines: readonly string[]): void {
    this.files.overwrite(this.options.leases, lines.map((line) => `${line}\n`).join(''));
  }
}

interface Options {
  readonly pidFile: string;
  readonly link: string;
  readonly listen: string;
  readonly hosts: string;
  readonly leases: string;
  readonly reads: readonly string[];
}

function optionsOf(argv: readonly string[]): Options {
  const value = (option: string): string =>
    argv.find((argument) => argument.startsWith(`--${option}=`))?.slice(option.length + 3) ?? '';
  const hosts = value('dhcp-hostsfile');
  const reads = [hosts, value('dhcp-optsfile'), value('addn-hosts'), value('servers-file')].filter(
    (path) => path !== '',
  );
  return {
    pidFile: value('pid-file'),
    link: value('interface'),
    listen: value('listen-address'),
    hosts,
    leases: value('dhcp-leasefile'),
    reads,
  };
}
