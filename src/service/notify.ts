// service/notify.ts — tells systemd how a service stands, by the program systemd-notify: node cannot send datagrams to
// a Unix socket.
import { spawn } from 'node:child_process';

export interface Notifier {
  /** Started, or reloaded: it does what it is there for. */
  ready(status: string): void;
  /** One line for `systemctl status`. */
  status(text: string): void;
  reloading(): void;
  stopping(): void;
  /** Still alive. Wanted more often than every `watchdog` milliseconds. */
  alive(): void;
  /** Milliseconds; undefined where nobody watches over us. */
  readonly watchdog: number | undefined;
  /** Resolves when nothing waits to be sent. */
  sent(): Promise<void>;
}

export interface NotifierOptions {
  readonly pid?: number;
  /** Milliseconds that a message may take. */
  readonly limit?: number;
  /** Told once: systemd does not hear from us. */
  readonly onTrouble?: (message: string) => void;
}

/** What waits to be sent: the latest of each. A level, so whatever systemd has missed meanwhile does not matter. */
interface Waiting {
  readonly state?: readonly string[];
  readonly status?: string;
  readonly alive?: true;
}

/** Milliseconds. */
const LIMIT = 5000;
const LAST_WORDS = 100;
/** Characters. `systemctl status` shows one line. */
const WIDEST = 200;

/** Where no NOTIFY_SOCKET is set nobody listens, and nothing is sent. */
export function createNotifier(env: NodeJS.ProcessEnv, options: NotifierOptions = {}): Notifier {
  const { pid = process.pid, limit = LIMIT, onTrouble } = options;
  const listening = (env['NOTIFY_SOCKET'] ?? '') !== '';
  let waiting: Waiting | undefined;
  let running: Promise<void> | undefined;
  let told: string | undefined;
  let trouble = false;

  const tell = (more: Waiting): void => {
    if (!listening) return;
    waiting = { ...waiting, ...more };
    running ??= sendAll();
  };

  /** One message at a time, so that they arrive in order. */
  async function sendAll(): Promise<void> {
    // What is told in one go is one message.
    await Promise.resolve();
    while (waiting !== undefined) {
      const { state = [], status, alive } = waiting;
      waiting = undefined;
      const lines = [
        ...state,
        ...(status === undefined || status === told ? [] : [`STATUS=${status}`]),
        ...(alive === undefined ? [] : ['WATCHDOG=1']),
      ];
      if (lines.length === 0) continue;
      const failure = await send(lines, { env, pid, limit });
      if (failure === undefined) told = status ?? told;
      else if (!trouble) {
        trouble = true;
        onTrouble?.(failure);
      }
    }
    running = undefined;
  }

  return {
    ready: (status) => tell({ state: ['READY=1'], status: inOneLine(status) }),
    status: (text) => tell({ status: inOneLine(text) }),
    reloading: () => tell({ state: ['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`] }),
    stopping: () => tell({ state: ['STOPPING=1'] }),
    alive: () => tell({ alive: true }),
    watchdog: listening ? watchdogOf(env, pid) : undefined,
    sent: async () => {
      await running;
    },
  };
}

/** Says why it failed. `--pid` makes us the sender: systemd listens to the main process only. */
function send(
  lines: readonly string[],
  { env, pid, limit }: { readonly env: NodeJS.ProcessEnv; readonly pid: number; readonly limit: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn('systemd-notify', [`--pid=${pid}`, ...lines], {
      env: { ...env, LC_ALL: 'C' },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: limit,
      killSignal: 'SIGKILL',
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk.toString()}`.slice(-WIDEST);
    });
    child.once('error', (error) => resolve(`systemd-notify: ${error.message}`));
    // What it has started may hold its standard error open for longer.
    child.once('exit', () => setTimeout(() => child.stderr.destroy(), LAST_WORDS).unref());
    child.once('close', (code, signal) => {
      resolve(
        code === 0
          ? undefined
          : `systemd-notify ${signal === null ? `failed with exit code ${code ?? '?'}` : `was ended by ${signal}`}: ${stderr.trim()}`,
      );
    });
  });
}

function watchdogOf(env: NodeJS.ProcessEnv, pid: number): number | undefined {
  const microseconds = Number(env['WATCHDOG_USEC']);
  const whose = env['WATCHDOG_PID'] ?? '';
  return Number.isSafeInteger(microseconds) && microseconds > 0 && (whose === '' || whose === String(pid))
    ? microseconds / 1000
    : undefined;
}

function inOneLine(text: string): string {
  const line = text.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ').trim();
  return line.length > WIDEST ? `${line.slice(0, WIDEST - 1)}…` : line;
}
