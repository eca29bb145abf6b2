// test/kernel/safe/dared-tools.ts — what stands before `ip` on a dared host, and what is looked up of processes and
// files there.
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { ChildProcess } from 'node:child_process';
import type { Lab } from '../lab.ts';

/**
 * Does what is ordered at its moment. Whatever changes the host in a namespace begins with ip, and has the lock as its
 * descriptor 3.
 */
export function ipAtMoments(lab: Lab, ip: string): string {
  return `#!/bin/sh
if [ -e ${lab.path('orders/moment')} ] && [ -e /proc/$$/fd/3 ]; then
  read -r tool side phase <${lab.path('orders/moment')}
  case "$(cat ${lab.state('pending.json')})" in *"\\"phase\\":\\"$phase\\""*)
    number=1
    until mkdir ${lab.path('orders')}/$number 2>/dev/null; do number=$((number + 1)); done
    if [ $number -eq "$tool" ]; then
      [ $side = after ] && { ${ip} "$@"; code=$?; }
      . ${lab.path('orders/deed')}
      [ $side = after ] && exit $code
    fi ;;
  esac
fi
exec ${ip} "$@"
`;
}

export function streamOf({ stdout }: ChildProcess): NodeJS.ReadableStream {
  if (stdout === null) throw new Error('it has no standard output');
  return stdout;
}

export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    if (pid > 0) process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

export function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Every file below it with its text. */
export function below(top: string): readonly (readonly [path: string, text: string])[] {
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .map((name) => `${top}/${name}`)
    .sort()
    .filter((path) => statSync(path).isFile())
    .map((path) => [path, readFileSync(path, 'utf8')]);
}
