// test/kernel/booted.ts — a lab's host with a real systemd on it: a container in its namespace, on top of this
// machine's files, of which it changes none.
import { spawn as start } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { vi } from 'vitest';
import { must, spawn } from './lab.ts';
import type { Ended, Lab } from './lab.ts';
import { textOf } from './of-process.ts';

/**
 * One boot for each namespace that it is told, all on the same disk. `$1`: a directory; then what is also seen inside.
 */
const MACHINE = `
disk=$1; shift
mount -t tmpfs -o mode=755 none "$disk" && mkdir "$disk/upper" "$disk/work" "$disk/root" || exit
mount -t overlay -o "lowerdir=/,upperdir=$disk/upper,workdir=$disk/work" none "$disk/root" || exit
# This machine's services are none of that host's.
rm -rf "$disk"/root/{etc,lib}/systemd/system/multi-user.target.wants
# Without it systemd would enable whatever is installed.
tr -d - </proc/sys/kernel/random/uuid >"$disk/root/etc/machine-id"
# Of its kernel's settings those of its network alone can be written.
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
while read -r namespace; do
  systemd-nspawn --quiet --register=no --keep-unit --boot --console=pipe --machine="nct-$$" --directory="$disk/root" --network-namespace-path="/run/netns/$namespace" \\
    --capability=all --bind=/dev/net/tun "$@" systemd.unit=multi-user.target </dev/null
done
`;

/** Milliseconds. */
const PATIENCE = { timeout: 60_000, interval: 50 };

export class Booted {
  private readonly lab: Lab;
  private readonly machine: ChildProcess;
  private init = 0;

  constructor(lab: Lab) {
    this.lab = lab;
    mkdirSync(lab.path('disk'));
    const log = openSync(lab.path('console'), 'a');
    // Wherever they are mounted.
    const seen = [resolve('.'), process.execPath].map(
      (path) => `--bind-ro=${must(spawn(['realpath', path])).out.trim()}`,
    );
    this.machine = start(
      'unshare',
      ['--mount', '--propagation', 'slave', 'bash', '-c', MACHINE, 'bash', lab.path('disk'), ...seen],
      { stdio: ['pipe', log, log] },
    );
    closeSync(log);
  }

  /** Begins anew, with what is on its disk and the network that the host has by now. */
  async boot(): Promise<void> {
    this.machine.stdin?.write(`${this.lab.host}\n`);
    await vi.waitFor(() => {
      const found = below(this.machine.pid ?? 0).find(
        (pid) => /^NSpid:.*\t1$/m.test(textOf(`/proc/${pid}/status`)) && textOf(`/proc/${pid}/comm`) === 'systemd\n',
      );
      if (found === undefined) throw new Error(`it does not boot: ${textOf(this.lab.path('console'))}`);
      this.init = found;
    }, PATIENCE);
    await vi.waitFor(() => {
      must(this.in(['systemctl', 'is-system-running', '--quiet']));
    }, PATIENCE);
  }

  /** All at once is gone but what is on its disk. */
  async powerCut(): Promise<void> {
    const gone = this.init;
    process.kill(gone, 'SIGKILL');
    await vi.waitFor(() => {
      if (below(this.machine.pid ?? 0).includes(gone)) throw new Error('it still runs');
    }, PATIENCE);
  }

  in(argv: readonly string[]): Ended {
    return spawn(['nsenter', '--all', '--target', String(this.init), '--', ...argv]);
  }

  sh(script: string): string {
    return must(this.in(['sh', '-ec', script])).out;
  }

  /** A login: all that is begun in it ends with it, as where logind has KillUserProcesses=yes. */
  login(name: string, argv: readonly string[]): void {
    must(
      this.in([
        'systemd-run',
        '--quiet',
        '--collect',
        `--unit=${name}`,
        '--property=KillMode=control-group',
        '--',
        ...argv,
      ]),
    );
  }

  async close(): Promise<void> {
    this.machine.stdin?.end();
    if (this.init !== 0) await this.powerCut();
    this.machine.kill('SIGKILL');
  }
}

/** Processes that it has begun, and theirs. */
function below(pid: number): readonly number[] {
  const children = textOf(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((word) => word !== '')
    .map(Number);
  return children.flatMap((child) => [child, ...below(child)]);
}
