// probes/session.ts — whether the operator's connection still carries what is sent on it: the kernel knows what its
// peer has acknowledged.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from './model.ts';
import { capture } from '../driver/child.ts';
import { MissingTool } from '../driver/missing-tool.ts';
import { inNamespace } from '../driver/namespace.ts';
import { Hopeless } from './retry.ts';
import type { Attempt } from './retry.ts';

/**
 * Milliseconds until what was printed to a terminal is on its way, and has been acknowledged where the way is short.
 */
const SENT = 300;
/**
 * Milliseconds. Where the kernel would wait longer until it sends anew, it was cut off for longer, and nothing can be
 * told in time.
 */
const LONGEST_WAIT = 2_000;

/** Tries until nothing is left unacknowledged. Throws while there is; what does not tell counts as well. */
export function acknowledged(
  { peer, peerPort, local, localPort, wasThere }: Session,
  netns: string | undefined,
): Attempt {
  let isJudged = false;
  return async (over) => {
    if (wasThere) await sleep(SENT, undefined, { signal: over });
    const printed = await capture(
      inNamespace(
        ['ss', '-tinHO', 'state', 'established', `( sport = :${localPort} and dport = :${peerPort} )`],
        netns,
      ),
    ).catch((error: unknown) => {
      throw error instanceof MissingTool
        ? new Hopeless('it cannot be asked: ss is not installed, or not in PATH (Debian package iproute2)')
        : error;
    });
    const socket = socketsIn(printed).find(
      (one) => one.peer === bare(peer) && (local === undefined || one.local === bare(local)),
    );
    if (socket === undefined) {
      if (wasThere) return;
      throw new Hopeless('this host, or namespace, has no such connection');
    }
    // More may have been sent meanwhile; whatever was acknowledged came through.
    if (socket.unacknowledged === 0 || socket.lastAcknowledged < SENT) return;
    if (!isJudged && socket.sendsAgain > LONGEST_WAIT) return;
    isJudged = true;
    throw new Error('what is sent to it is not acknowledged');
  };
}

interface Socket {
  readonly local: string;
  readonly peer: string;
  /** Segments. */
  readonly unacknowledged: number;
  /** Milliseconds since. */
  readonly lastAcknowledged: number;
  /** Milliseconds that the kernel waits before it sends anew. */
  readonly sendsAgain: number;
}

/**
 * Reads what `ss -tinHO` prints of established connections: queues, both ends, and words of which each has its number.
 */
function socketsIn(printed: string): readonly Socket[] {
  return printed
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, , local = '', peer = '', ...words] = line.trim().split(/\s+/);
      const numberOf = (name: string): number =>
        Number(words.find((word) => word.startsWith(`${name}:`))?.slice(name.length + 1) ?? 0);
      return {
        local: addressIn(local),
        peer: addressIn(peer),
        unacknowledged: numberOf('unacked'),
        lastAcknowledged: numberOf('lastack'),
        sendsAgain: numberOf('rto'),
      };
    });
}

/** `[::ffff:203.0.113.11]:22`, `203.0.113.11:22`, `[fe80::1]%eth1:22` */
function addressIn(end: string): string {
  return bare(end.slice(0, end.lastIndexOf(':')));
}

/** Without brackets, link, and the form in which a socket of both families has IPv4. */
function bare(address: string): string {
  return address
    .replace(/[[\]]/g, '')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=[\d.]+$)/i, '');
}
