// rehearsal/sandbox/open.ts — runs this program again where nothing that it does is seen: in network, mount and process
// namespaces of its own.
import { spawn } from 'node:child_process';
import { DriverError } from '../../core/resource.ts';

/** What the program is told, so that it knows it is in a sandbox. */
const STAGE = '__rehearse';

/** Milliseconds that a rehearsal may take. */
const LIMIT = 300_000;
/** Bytes of what it answers. */
const MOST = 2 ** 28;

/** Dies with us, however we die; and all that runs in it dies with it. It can load nothing into the kernel. */
const ENTER = [
  'setpriv',
  '--pdeathsig',
  'KILL',
  '--bounding-set',
  '-sys_module,-sys_boot,-sys_time',
  'unshare',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
] as const;

/**
 * Says the request to the program in the sandbox, and returns what it answers. It ends when it has answered, or when
 * nobody listens any more.
 */
export async function inSandbox(request: string, signal: AbortSignal): Promise<string> {
  const [tool, ...rest] = [...ENTER, process.execPath, ...process.execArgv, process.argv[1] ?? '', STAGE];
  const child = spawn(tool, rest, {
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { out: '', err: '' };
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const late = setTimeout(kill, LIMIT);
  signal.addEventListener('abort', kill, { once: true });
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${request}\n`);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
    if (said.out.length > MOST) kill();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err = `${said.err}${text}`.slice(-4_000);
  });
  try {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (ended) => {
        resolve(ended ?? undefined);
      });
    });
    if (code !== 0)
      throw new DriverError('rehearse', { exitCode: code, stderr: code === undefined ? 'it was ended' : said.err });
    return said.out;
  } catch (error) {
    throw error instanceof DriverError ? error : new DriverError('rehearse', { stderr: String(error), cause: error });
  } finally {
    clearTimeout(late);
    signal.removeEventListener('abort', kill);
  }
}
