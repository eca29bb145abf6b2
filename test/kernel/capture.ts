// test/kernel/capture.ts — what goes over a wire while something is done: tcpdump's lines, with Ethernet's own header.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for `count` frames that match the filter; when there are fewer, for ten seconds. */
export async function capture(
  {
    namespace,
    link,
    filter,
    count = 1,
  }: { readonly namespace: string; readonly link: string; readonly filter: string; readonly count?: number },
  act: () => unknown,
): Promise<readonly string[]> {
  const child = spawn(
    'ip',
    [
      'netns',
      'exec',
      namespace,
      'tcpdump',
      '-n',
      '-e',
      '-l',
      '--immediate-mode',
      '-c',
      String(count),
      '-i',
      link,
      filter,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const ended = once(child, 'close');
  while (!said.err.includes('listening on')) {
    if (child.exitCode !== null) throw new Error(`tcpdump does not listen on ${link}: ${said.err}`);
    await sleep(20);
  }
  await act();
  await Promise.race([ended, sleep(10_000)]);
  child.kill('SIGKILL');
  await ended;
  return said.out.split('\n').filter((line) => line !== '');
}
