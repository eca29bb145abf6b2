// monitors/sockets.ts — how a monitor stands with the kernel: whether it hears events, and how many it has yet to take.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/**
 * Whether a process has a netlink socket that is subscribed to anything: `nft monitor` first reads all that is there,
 * and misses what changes meanwhile.
 */
export function isListening(pid: number): boolean {
  return subscribed(pid).length > 0;
}

/** Bytes that wait for a process, and how many events were thrown away so far. */
export function backlogOf(pid: number): { readonly bytes: number; readonly drops: number } {
  const sockets = subscribed(pid);
  return { bytes: sum(sockets.map(({ bytes }) => bytes)), drops: sum(sockets.map(({ drops }) => drops)) };
}

interface Subscribed {
  readonly bytes: number;
  readonly drops: number;
}

function subscribed(pid: number): readonly Subscribed[] {
  try {
    const sockets = new Set(
      readdirSync(`/proc/${pid}/fd`).map(
        (descriptor) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${descriptor}`))?.[1],
      ),
    );
    return readFileSync(`/proc/${pid}/net/netlink`, 'utf8')
      .split('\n')
      .slice(1)
      .flatMap((row) => {
        // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode: all of its network namespace.
        const [, , , groups = '', bytes, , , , drops, inode] = row.trim().split(/\s+/);
        return /[^0]/.test(groups) && sockets.has(inode) ? [{ bytes: Number(bytes), drops: Number(drops) }] : [];
      });
  } catch {
    return [];
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** Empty when it has been closed meanwhile. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
