// monitors/nft.ts — what the lines of `nft monitor` tell of the rules that iptables and ebtables keep in nf_tables, and
// of those in tables of ours.
import { CHAIN_PREFIX } from '../core/marks.ts';
import type { Subsystem, Hint } from '../core/hint.ts';
import { Dedup } from './dedup.ts';

export const nftMonitor: readonly string[] = ['nft', 'monitor'];

/** Milliseconds after a transaction's last line. Its end is told at once; this is for an end that is never told. */
const HOLD = 250;

const iptables: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);
const OBJECTS: readonly string[] = ['rule', 'chain', 'table'];
const OF_MAPS: readonly string[] = ['map', 'element'];

export interface Listener {
  /** Tools that we started: what they changed is no news. */
  isOwn(pid: number, tool: string): boolean;
  onHints(hints: readonly Hint[]): void;
  onLost(): void;
}

/** Holds what one transaction changed until its last line, which says who made it. */
export class NftEvents {
  private readonly listener: Listener;
  private readonly held = new Dedup();
  private timer: NodeJS.Timeout | undefined;

  constructor(listener: Listener) {
    this.listener = listener;
  }

  take(lines: readonly string[]): void {
    for (const line of lines) {
      if (line.startsWith('#')) this.remark(line);
      else this.hold(changeIn(line));
    }
    if (this.timer !== undefined) this.timer.refresh();
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.held.take();
  }

  private hold(change: Change | undefined): void {
    if (change === undefined) return;
    this.held.add(change);
    this.timer ??= setTimeout(() => this.end(), HOLD);
  }

  private remark(line: string): void {
    const author = authorIn(line);
    if (author !== undefined) this.end(author);
    else if (line.startsWith('# ERROR')) this.listener.onLost();
  }

  private end(author?: Author): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const hints = this.held.take(author === undefined ? undefined : `${author.tool}, process ${author.pid}`);
    const isOurs = author !== undefined && this.listener.isOwn(author.pid, author.tool);
    if (hints.length > 0 && !isOurs) this.listener.onHints(hints);
  }
}

interface Change {
  readonly subsystem: Subsystem;
  readonly name?: string;
}

/**
 * Of `add rule ip nat netctl-snat …`, `delete chain ip nat X`, `delete table ip filter`; of a table of ours,
 * `netctl-nat`, also of its maps, which are called as their chains.
 */
function changeIn(line: string): Change | undefined {
  const [verb, what = '', family, named = '', chain] = line.slice(0, 600).split(' ', 5);
  const isOurs = named.startsWith(CHAIN_PREFIX);
  const table = isOurs ? named.slice(CHAIN_PREFIX.length) : named;
  if (!OBJECTS.includes(what) && !(isOurs && OF_MAPS.includes(what))) return undefined;
  const subsystem =
    (family === 'ip' || family === 'ip6') && iptables.has(table)
      ? family === 'ip'
        ? 'rules'
        : 'rules6'
      : family === 'bridge' && named === 'nat'
        ? 'bridge-rules'
        : undefined;
  if (subsystem === undefined) return undefined;
  // A table that comes is empty.
  if (what === 'table') return verb === 'delete' ? { subsystem } : undefined;
  if (chain === undefined) return { subsystem };
  return { subsystem, name: subsystem === 'bridge-rules' ? chain : `${table}/${chain}` };
}

interface Author {
  readonly pid: number;
  readonly tool: string;
}

/** Of `# new generation 7 by process 4711 (iptables)`. */
function authorIn(line: string): Author | undefined {
  const [, pid, tool = ''] = /^# new generation \d+ by process (\d+) \((.*)\)$/.exec(line) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), tool };
}
