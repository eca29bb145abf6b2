// probes/ping.ts — one ping that goes on until it is answered: five packets a second, IPv4 and IPv6.
import { spawn } from 'node:child_process';
import { textOf, readRecords } from '../iproute2/fields.ts';
import { capture } from '../driver/child.ts';
import { inNamespace } from '../driver/namespace.ts';
import { Hopeless, said } from './retry.ts';

const NO_PING = 'it cannot be asked: ping is not installed, or not in PATH (Debian package iputils-ping)';

export interface Ping {
  /** Milliseconds. */
  readonly timeout: number;
  readonly netns: string | undefined;
  /** This host's own answer is none. */
  readonly elsewhere: boolean;
}

/** Ends well with the first answer. Throws what came instead; killed when it is over. */
export async function ping(
  host: string,
  { timeout, netns, elsewhere }: Ping,
  over: AbortSignal,
  because: (why: string) => void,
): Promise<void> {
  if (elsewhere && (await isOwn(host, netns))) throw new Hopeless(`${host} is an address of this host itself`);
  // Of a process that was killed and could not kill it, ping ends by itself.
  const argv = inNamespace(
    ['ping', '-n', '-c', '1', '-i', '0.2', '-w', String(Math.ceil(timeout / 1_000) + 1), await reachedBy(host, netns)],
    netns,
  );
  const [tool = '', ...rest] = argv;
  await new Promise<void>((resolve, reject) => {
    if (over.aborted) {
      reject(new Error('it was not asked to the end'));
      return;
    }
    const child = spawn(tool, rest, {
      env: { ...process.env, LC_ALL: 'C' },
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    over.addEventListener('abort', kill, { once: true });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed = said(printed, text);
        const complaint = complaintIn(printed);
        if (complaint !== undefined) because(complaint);
      });
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'ENOENT' ? new Hopeless(NO_PING) : error);
    });
    child.once('close', (code) => {
      over.removeEventListener('abort', kill);
      if (code === 0) resolve();
      else
        reject(
          /^exec of "ping" failed: No such file/m.test(printed)
            ? new Hopeless(NO_PING)
            : new Error(complaintIn(printed) ?? 'no reply'),
        );
    });
  });
}

async function isOwn(host: string, netns: string | undefined): Promise<boolean> {
  // One that is good on one link only is asked there.
  if (host.includes('%')) return false;
  const [route] = await capture(inNamespace(['ip', '-j', 'route', 'get', host], netns)).then(readRecords, () => []);
  return route !== undefined && textOf(route, 'type') === 'local';
}

/** A link-local address is asked on the bridge that its interface has gone into. */
async function reachedBy(host: string, netns: string | undefined): Promise<string> {
  const [address = '', link] = host.split('%');
  if (link === undefined) return host;
  const [shown] = await capture(inNamespace(['ip', '-j', 'link', 'show', 'dev', link], netns)).then(
    readRecords,
    () => [],
  );
  return `${address}%${shown === undefined ? link : (textOf(shown, 'master') ?? link)}`;
}

/** What a router on the way says, else what ping says; silence says nothing. */
function complaintIn(printed: string): string | undefined {
  const router = [...printed.matchAll(/^From (\S+) icmp_seq=\d+ (.+)$/gm)].at(-1);
  if (router !== undefined) return `${router[1] ?? ''} says: ${router[2] ?? ''}`;
  return /^ping: (?:connect: )?(.+)$/m.exec(printed)?.[1];
}
