// test/kernel/traffic.ts — conversations through a host, and what of them was lost: pings, UDP both ways, a TCP stream.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /** Packets of UDP a second, in each direction. */
  readonly udp: number;
  /** Milliseconds from a ping to the next, and from a record of the TCP stream to the next. */
  readonly every: number;
}

/** Who calls whom: `address` is where the callee is found, `listens` where it listens if that is another. */
export interface Call {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly listens?: string;
  readonly pace: Pace;
}

export interface Lost {
  readonly ping: Count;
  /** Of both directions. */
  readonly udp: Count;
  /** Milliseconds for which packets that were sent one after the other did not arrive, at the longest. */
  readonly gap: number;
  /** Records of the TCP stream that came more than 50 ms late after none had come for as long. */
  readonly stalls: number;
  /** What ended the stream, or what passed no more in the end. */
  readonly broken: string | undefined;
}
interface Count {
  readonly lost: number;
  readonly of: number;
}

interface Stream {
  readonly sent: number;
  readonly received: number;
  /** The last number that arrived, and when it was sent. */
  readonly last: number;
  readonly lastSent: number;
  readonly holes: readonly Hole[];
}
/** How many in a row did not arrive, and when those before and after them were sent. */
type Hole = readonly [count: number, before: number, after: number];
interface Report {
  readonly udp: Stream;
  readonly ping: Stream;
  readonly tcp: {
    readonly stalls: number;
    /** Segments sent again. */ readonly again: number;
    readonly broken: string;
  };
}

const PROGRAM = resolve('test/kernel/traffic.pl');
/** Milliseconds. */
const PATIENCE = 10_000;
/**
 * Milliseconds after which what has not come is taken for gone; more than a retransmission takes, and than who sends
 * rarely is kept waiting.
 */
const aliveAt = ({ every }: Pace): number => Math.max(150, 20 * every);
let port = 20_000;

/** Milliseconds of the clock that the packets are dated by. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Conversation {
  private readonly ends: readonly [callee: End, caller: End];
  private readonly alive: number;

  private constructor(callee: End, caller: End, pace: Pace) {
    this.ends = [callee, caller];
    this.alive = aliveAt(pace);
  }

  static async begin({ from, to, address, listens = address, pace }: Call): Promise<Conversation> {
    const number = String(++port);
    const rates = [String(pace.udp), String(pace.every)];
    const callee = new End(to, ['callee', listens, number, ...rates]);
    await callee.hears();
    const caller = new End(from, ['caller', address, number, ...rates]);
    await caller.hears();
    return new Conversation(callee, caller, pace);
  }

  /** All pass, in all directions. */
  async passes(patience = PATIENCE): Promise<boolean> {
    for (const deadline = clock() + patience; clock() < deadline;) {
      const ages = (await Promise.all(this.ends.map((end) => end.asks('age')))).flatMap((text) =>
        text.split(' ').map(Number),
      );
      if (ages.every((age) => age < this.alive)) return true;
      await sleep(20);
    }
    return false;
  }

  /** Ends it. What was lost before the instant `since`, and from then on. */
  async end(since: number): Promise<{ readonly before: Lost; readonly after: Lost }> {
    const stopped = clock();
    const passed = await this.passes(this.alive);
    for (const end of this.ends) end.says('stop');
    // What is still on its way.
    await sleep(100);
    const [callee, caller] = await Promise.all(
      this.ends.map(async (end) => JSON.parse(await end.asks('report')) as Report),
    );
    if (caller === undefined || callee === undefined) throw new Error('a conversation has two ends');
    const udp = [
      { ...caller.udp, sent: callee.udp.sent },
      { ...callee.udp, sent: caller.udp.sent },
    ];
    const broken =
      caller.tcp.broken === ''
        ? callee.tcp.broken === ''
          ? passed
            ? undefined
            : 'nothing passes'
          : callee.tcp.broken
        : caller.tcp.broken;
    // Only what was sent again was late on its way; the rest waited for a processor.
    const stalls = caller.tcp.again + callee.tcp.again > 0 ? caller.tcp.stalls + callee.tcp.stalls : 0;
    const within = (isIn: (hole: Hole) => boolean): Pick<Lost, 'ping' | 'udp' | 'gap'> => ({
      ping: countOf([caller.ping], stopped, isIn),
      udp: countOf(udp, stopped, isIn),
      gap: Math.max(
        0,
        ...[...udp, caller.ping]
          .flatMap((stream) => holesOf(stream, stopped))
          .filter(isIn)
          .map(([, begin, after]) => after - begin),
      ),
    });
    return {
      before: { ...within(([, , after]) => after < since), stalls: 0, broken: undefined },
      after: { ...within(([, , after]) => after >= since), stalls, broken },
    };
  }

  close(): void {
    for (const end of this.ends) end.close();
  }
}

/** With those at the end, which nothing came after. */
function holesOf({ holes, sent, last, lastSent }: Stream, stopped: number): readonly Hole[] {
  return sent - last - 1 > 0 ? [...holes, [sent - last - 1, lastSent, stopped]] : holes;
}

function countOf(streams: readonly Stream[], stopped: number, isIn: (hole: Hole) => boolean): Count {
  const holes = streams.flatMap((stream) => holesOf(stream, stopped)).filter(isIn);
  return { lost: holes.reduce((sum, [count]) => sum + count, 0), of: streams.reduce((sum, { sent }) => sum + sent, 0) };
}

class End {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string, undefined>;
  private said = '';

  constructor(netns: string, words: readonly string[]) {
    this.child = spawn('ip', ['netns', 'exec', netns, 'nice', '-n', '-10', 'perl', PROGRAM, ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stderr?.on('data', (text: Buffer) => {
      this.said += text.toString();
    });
    this.child.stdin?.on('error', () => undefined);
    if (this.child.stdout === null) throw new Error('no standard output');
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  says(word: string): void {
    this.child.stdin?.write(`${word}\n`);
  }

  async asks(word: string): Promise<string> {
    this.says(word);
    return await this.hears();
  }

  async hears(): Promise<string> {
    const line = await this.lines.next();
    if (line.done === true) throw new Error(`a conversation ended early: ${this.said}`);
    return line.value;
  }

  close(): void {
    this.child.kill('SIGKILL');
  }
}
