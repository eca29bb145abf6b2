// monitors/index.ts — what tells that the host changed: the kernel's events, and looks at what sends none. It only ever
// says where to look.
import type { Hint } from '../core/hint.ts';
import type { MonitorState } from '../report/watch-state.ts';
import { capture } from '../driver/child.ts';
import { missingTools } from '../driver/missing-tool.ts';
import { inNamespace } from '../driver/namespace.ts';
import { having, processTable } from '../driver/processes.ts';
import { MonitorStatus } from './status.ts';
import { FileMonitor } from './files.ts';
import { IpEvents, ipLinks, ipMonitor } from './ip.ts';
import { SupervisedTool } from './supervised-tool.ts';
import { ProcessWatcher } from './process-watcher.ts';
import { NamespaceMonitor, namespaceCalled } from './namespaces.ts';
import { NftEvents, nftMonitor } from './nft.ts';
import { NetnsNumbers } from './netns-numbers.ts';
import { RulesPoller } from './rules-poller.ts';

export interface HostWatchOptions {
  /** The namespace that is taken for the host. */
  readonly netns?: string;
  /**
   * DirectoryWatcherOptions of files that are ours. They and their parents may not be there yet, or go and come back.
   */
  readonly directories: readonly string[];
  /** Where the pid files are: a process is ours when an argument of its is `--pid-file=RUN/NAME.pid`. */
  readonly run: string;
  /** Tools that the driver itself started: what they changed is no news. */
  isOwn(pid: number, tool: string): boolean;
  onHint(hint: Hint): void;
  /** A monitor ended, was stopped, lost events, runs again. */
  onState(states: readonly MonitorState[], message?: { readonly name: string; readonly what: string }): void;
  /** Where iptables keeps its rules. Default: what `iptables --version` says. */
  readonly backend?: Backend;
}

export type Backend = 'nf_tables' | 'legacy';

export interface HostWatch {
  /**
   * Finds our daemons, and follows those that it did not follow yet. One that ends from here on gives a hint: so, first
   * this, then the look that verifies.
   */
  followProcesses(): void;
  close(): Promise<void>;
}

/** Milliseconds that monitors may take to begin before we go on without them. */
const PATIENCE = 2_000;

/**
 * Resolves when the monitors hear events: what changed before that is told by no hint, so everything is looked at after
 * it. One that takes longer, or has to be started again, gives the hint `everything` when it has begun.
 */
export async function watchHost(options: HostWatchOptions): Promise<HostWatch> {
  const of = options.backend ?? (await backend());
  const watching = new Watching(options, of, await hasRules6(of, options.netns));
  await watching.listening();
  return watching;
}

class Watching implements HostWatch {
  private readonly options: HostWatchOptions;
  private readonly status: MonitorStatus;
  private readonly processes = new ProcessWatcher();
  private readonly netnsNumbers: NetnsNumbers;
  private readonly tools: readonly SupervisedTool[];
  private readonly pollers: readonly RulesPoller[];
  private readonly files: FileMonitor;
  private readonly namespaces: NamespaceMonitor;
  private nft: NftEvents | undefined;
  private home: number | undefined;

  constructor(options: HostWatchOptions, backend: Backend, hasRules6: boolean) {
    this.options = options;
    this.status = new MonitorStatus((states, message) => options.onState(states, message));
    this.home = options.netns === undefined ? undefined : namespaceCalled(options.netns);
    const hasNft = isThere('nft');
    this.netnsNumbers = new NetnsNumbers(options.netns, (hints) => this.tell(hints));
    this.tools = [this.ip(), ...(hasNft ? [this.rules()] : [])];
    this.pollers = this.polls(backend, hasNft, hasRules6);
    this.status.add('processes').runs();
    this.files = new FileMonitor({
      subsystem: 'files',
      roots: [...new Set([...options.directories, options.run])],
      deep: true,
      entry: this.status.add('files'),
      nameOf: (path) => path,
      onHints: (hints) => this.tell(hints),
    });
    this.namespaces = new NamespaceMonitor(this.status.add('namespaces'), (hints) => this.namespacesChanged(hints));
  }

  async listening(): Promise<void> {
    await Promise.all([
      ...this.tools.map((tool) => tool.listening(PATIENCE)),
      ...this.pollers.map((poller) => poller.begun()),
    ]);
  }

  followProcesses(): void {
    const mark = `--pid-file=${this.options.run}/`;
    for (const { pid, argv } of having(processTable(), mark, this.options.netns)) {
      const name = argv.find((argument) => argument.startsWith(mark))?.slice('--pid-file='.length);
      if (name !== undefined) this.processes.follow(pid, () => this.tell([{ subsystem: 'processes', name }]));
    }
  }

  async close(): Promise<void> {
    this.files.close();
    this.namespaces.close();
    this.nft?.close();
    await Promise.all([...this.tools, ...this.pollers].map((one) => one.close()));
    this.processes.close();
  }

  private ip(): SupervisedTool {
    const events = new IpEvents((number) => this.netnsNumbers.nameOf(number));
    return new SupervisedTool({
      argv: inNamespace(ipMonitor, this.options.netns),
      entry: this.status.add('ip monitor'),
      processes: this.processes,
      onBegin: async () => {
        events.begin();
        await this.netnsNumbers.learn();
        // Where that fails, one that has not been heard of yet may be any device.
        await capture(inNamespace(ipLinks, this.options.netns)).then(
          (listing) => events.learn(listing),
          () => undefined,
        );
      },
      onLines: (lines) => {
        const hints = events.take(lines);
        if (hints.some(({ subsystem }) => subsystem === 'namespaces')) void this.netnsNumbers.learn();
        this.tell(hints);
      },
      onLost: (why) => this.lost(why),
    });
  }

  private rules(): SupervisedTool {
    const events = new NftEvents({
      isOwn: (pid, tool) => this.options.isOwn(pid, tool),
      onHints: (hints) => this.tell(hints),
      onLost: () => tool.lose('lost events'),
    });
    this.nft = events;
    const tool: SupervisedTool = new SupervisedTool({
      argv: inNamespace(nftMonitor, this.options.netns),
      entry: this.status.add('nft monitor'),
      processes: this.processes,
      onLines: (lines) => events.take(lines),
      onLost: (why) => this.lost(why),
    });
    return tool;
  }

  /** Of what no events tell: iptables-legacy has none, and without nft nobody hears those of the others. */
  private polls(backend: Backend, hasNft: boolean, hasRules6: boolean): readonly RulesPoller[] {
    const poorly = hasNft
      ? {}
      : { poorly: 'nft is not installed, or not in PATH (Debian package nftables), so rules are compared instead' };
    const poll = (tool: string, subsystem: 'rules' | 'rules6' | 'bridge-rules'): RulesPoller =>
      new RulesPoller({
        argv: inNamespace([tool], this.options.netns),
        tool,
        entry: this.status.add(tool),
        ...poorly,
        onChange: () => this.tell([{ subsystem }]),
      });
    return [
      ...(backend === 'legacy' || !hasNft
        ? [
            poll(
              backend === 'legacy' && isThere('iptables-legacy-save') ? 'iptables-legacy-save' : 'iptables-save',
              'rules',
            ),
            ...(hasRules6 ? [poll(backend === 'legacy' ? 'ip6tables-legacy-save' : 'ip6tables-save', 'rules6')] : []),
          ]
        : []),
      ...(!hasNft && isThere('ebtables-nft-save') ? [poll('ebtables-nft-save', 'bridge-rules')] : []),
    ];
  }

  /** Monitors in a namespace whose name another bears now hear nothing of that one. */
  private namespacesChanged(hints: readonly Hint[]): void {
    const { netns } = this.options;
    const home = netns === undefined ? undefined : namespaceCalled(netns);
    if (home !== undefined && home !== this.home) {
      this.home = home;
      for (const tool of this.tools) tool.restart('its network namespace is another one now');
    }
    this.tell(hints);
  }

  private lost(why: string): void {
    this.options.onHint({ subsystem: 'everything', why });
  }

  private tell(hints: readonly Hint[]): void {
    for (const hint of hints) this.options.onHint(hint);
  }
}

function isThere(tool: string): boolean {
  return missingTools([{ op: 'run', argv: [tool] }]).length === 0;
}

/**
 * ip6tables-legacy has its tables from the first that uses one; where a watch begins without, it hears of IPv6's rules
 * by its regular looks.
 */
async function hasRules6(of: Backend, netns: string | undefined): Promise<boolean> {
  if (of === 'nf_tables') return isThere('ip6tables-save');
  if (!isThere('ip6tables-legacy-save')) return false;
  try {
    await capture(inNamespace(['grep', '-q', '', '/proc/net/ip6_tables_names'], netns));
    return true;
  } catch {
    return false;
  }
}

async function backend(): Promise<Backend> {
  try {
    return /\(nf_tables\)/.test(await capture(['iptables', '--version'])) ? 'nf_tables' : 'legacy';
  } catch {
    // Without iptables there are no rules of iptables; ebtables' are in nf_tables.
    return 'nf_tables';
  }
}
