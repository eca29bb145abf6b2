// test/kernel/ip-bench.ts — a bench for what `ip` is told, in namespaces made for it.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Bench } from '../contracts/ip/script.ts';

const execute = promisify(execFile);
let made = 0;

export async function kernelBench(): Promise<Bench> {
  made += 1;
  const [host, guest, world] = ['h', 'g', 'w'].map((role) => `nct-${process.pid}-${role}${made}`);
  if (host === undefined || guest === undefined || world === undefined)
    throw new Error('three names make three namespaces');
  for (const name of [host, guest, world]) await execute('ip', ['netns', 'add', name]);
  await batch(
    ['link set dev lo up', `link add name up0 type veth peer name far0 netns ${world}`, 'link set dev up0 up'],
    host,
  );
  await batch(['link set dev far0 up'], world);
  return {
    guest,
    batch: (lines, netns = host) => batch(lines, netns),
    read: async ([, ...words], netns = host) => (await execute('ip', ['-n', netns, ...words])).stdout,
    sysctl: (argv) =>
      execute('ip', ['netns', 'exec', host, ...argv]).then(
        () => 0,
        () => 1,
      ),
    close: async () => {
      for (const name of [host, guest, world]) await execute('ip', ['netns', 'del', name]);
    },
  };
}

function batch(
  lines: readonly string[],
  netns: string,
): Promise<{ readonly exitCode: number; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['-n', netns, '-batch', '-'], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject).on('close', (code) => {
      resolve({ exitCode: code ?? -1, stderr });
    });
    // It ends in the middle of its input when it finds a word wrong.
    child.stdin.on('error', () => undefined).end(`${lines.join('\n')}\n`);
  });
}
