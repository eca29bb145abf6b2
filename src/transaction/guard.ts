// transaction/guard.ts — whoever rolls an apply back when nobody else is left to do it: two small processes that look
// after each other.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError } from '../core/resource.ts';
import { capture } from '../driver/child.ts';

/**
 * Reads the pending file ten times a second until it is gone. Its words: <file> <generation> <lock> <command that rolls
 * back…>. It acts when the time is over and whoever applies has not begun to roll back, or when that one has died in
 * the middle, or was stopped in the middle of rolling back. The guard has a standby, forked from it, under another
 * name: whichever of the two is ended or stopped, the other makes itself the guard and forks a standby of its own.
 * Perl, because it is on every host that netctl runs on, and two of them cost less memory than one of ours. Two dollars
 * are nowhere in it: systemd would make them one.
 */
const PROGRAM = `
use POSIX ();
my ($file, $generation, $lock, @command) = @ARGV;
$SIG{$_} = 'IGNORE' for qw(HUP INT PIPE CHLD);
sub text { open my $f, '<', $_[0] or return ''; local $/; my $t = <$f>; close $f; defined $t ? $t : '' }
sub now { (split ' ', text('/proc/uptime'))[0] }
sub stat_of { my $t = text("/proc/$_[0]/stat"); $t =~ s/^.*\\)\\s*//s; split ' ', $t }
sub began { (stat_of($_[0]))[19] // '' }
sub lives { my @s = stat_of($_[0]); @s && $s[0] !~ /[ZX]/ && $s[19] eq $_[1] }
sub works { my @s = stat_of($_[0]); lives(@_) && $s[0] ne 'T' }
my %last;
my ($other, $other_began, $is_guard, $child, $child_began, $next, $tries, $stopped) = (0, '', 1, 0, '', 0, 0, 0);
sub called { $0 = $is_guard ? "netctl guard of generation $generation" : "standby of generation $generation" }
sub recruit {
  my $parent = POSIX::getpid();
  my $parent_began = began($parent);
  my $pid = fork;
  return unless defined $pid;
  if ($pid) { ($other, $other_began) = ($pid, began($pid)); return }
  POSIX::setsid();
  ($is_guard, $other, $other_began, $child) = (0, $parent, $parent_began, 0);
  called();
}
called();
recruit();
# Whoever started us waits for a word.
syswrite STDOUT, "generation $generation is guarded\\n" if $is_guard;
for (;;) {
  select undef, undef, undef, 0.1;
  my $t = text($file);
  my %p = $t =~ /"(generation|until|pid|began|phase)":"?([^",}]*)/g;
  # Damaged it says nothing, and what it said before holds.
  %p = %last if -e $file && !defined $p{generation};
  %last = %p;
  if (($p{generation} // '') ne $generation) {
    # Replaced by renaming, it is never half; that it cannot be read for a moment proves nothing.
    select undef, undef, undef, 0.1;
    exit 0 unless text($file) =~ /"generation":$generation\\b/;
    next;
  }
  unless (works($other, $other_began)) {
    kill 'KILL', $other if lives($other, $other_began);
    $is_guard = 1; called(); recruit();
  }
  next unless $is_guard;
  my $now = now();
  next if $now < $next || ($child && lives($child, $child_began));
  my $there = lives($p{pid}, $p{began});
  my $over = defined $p{until} && $now > $p{until};
  # Whoever applies is given a moment to do it itself, and on a busy host some more before it is killed in the middle;
  # rolling it back may take long, but not without moving.
  my $grace = $p{phase} eq 'rolling back' ? 60 : $p{phase} eq 'applying' && works($p{pid}, $p{began}) ? 3 : 0.3;
  my $late = defined $p{until} && $now > $p{until} + $grace;
  $stopped = $p{phase} eq 'rolling back' && $there && !works($p{pid}, $p{began}) ? $stopped + 1 : 0;
  next unless $p{phase} eq 'waiting' ? ($over && !$there) || $late : !$there || $late || $stopped > 3;
  # While it waits it has no lock, and can do no harm: told by what was done, it ends with the exit code that it should.
  if ($p{phase} ne 'waiting' || $tries) {
    kill 'KILL', $p{pid} if $there;
    # The tool that it was running holds the lock, and may never end.
    for my $fd (glob '/proc/[0-9]*/fd/3') { kill 'KILL', $fd =~ /(\\d+)/ if (readlink $fd // '') eq $lock }
  }
  exit 1 if $tries++ > 100;
  $next = $now + ($tries < 3 ? 0.5 : 10);
  $child = fork;
  next unless defined $child;
  unless ($child) { POSIX::setsid(); $SIG{$_} = 'DEFAULT' for qw(HUP INT PIPE CHLD); exec @command; POSIX::_exit(127) }
  $child_began = began($child);
}
`;

export interface Guarded {
  /** The pending file: it is gone when all is decided. */
  readonly pending: string;
  readonly generation: number;
  /** netctl's lock, which its tools have open as their descriptor 3. */
  readonly lock: string;
  /** What rolls back. */
  readonly command: readonly string[];
  /** What that says is added here. */
  readonly log: string;
}

/** Milliseconds that it may take to begin. */
const STARTING = 10_000;

/**
 * Returns when the guard is on its watch. Where systemd does, it is a unit of its own: the end of the operator's
 * session would take everything in it along.
 */
export async function startGuard({ pending, generation, lock, command, log }: Guarded): Promise<void> {
  // As /proc names it.
  const argv = ['perl', '-e', PROGRAM, pending, String(generation), realpathSync(lock), ...command];
  if (existsSync('/run/systemd/system')) {
    // With the whole unit its standby would end, and the daemons that it has started again.
    const unit = [
      'systemd-run',
      '--quiet',
      '--collect',
      `--description=netctl: guards generation ${generation}`,
      '--property=KillMode=process',
      `--unit=netctl-guard-${process.pid}-${generation}`,
      ...settingsFor(process.env).map(([name, value]) => `--setenv=${name}=${value}`),
      `--property=StandardOutput=append:${log}`,
      `--property=StandardError=append:${log}`,
      '--',
    ];
    try {
      await capture([...unit, ...argv]);
      await onWatch(log);
      return;
    } catch (error) {
      // A systemd that cannot be asked, as in some containers: then it is an ordinary process.
      if (!(error instanceof DriverError)) throw error;
    }
  }
  const child = startByItself(argv, log);
  try {
    await onWatch(log, child);
  } catch (error) {
    child.end();
    throw error;
  }
}

/**
 * What a unit of its own has to be told: where tools are, and how the register is reached. No secrets: whoever may ask
 * systemd is told the environment of a unit, so these variables name files.
 */
export function settingsFor(env: NodeJS.ProcessEnv): readonly (readonly [name: string, value: string])[] {
  return Object.entries(env).flatMap(([name, value]) =>
    (name === 'PATH' || name.startsWith('NETCTL_REGISTER')) && value !== undefined ? [[name, value] as const] : [],
  );
}

/** The first that is said there is that it watches. */
async function onWatch(log: string, child?: Started): Promise<void> {
  for (let waited = 0; waited < STARTING && child?.ended === undefined; waited += 5) {
    if (existsSync(log) && readFileSync(log, 'utf8').includes(' is guarded\n')) return;
    await sleep(5);
  }
  throw new DriverError('perl (the guard)', {
    stderr: [child?.ended ?? 'it does not begin', ...(existsSync(log) ? [readFileSync(log, 'utf8')] : [])].join('\n'),
  });
}

interface Started {
  /** Why it is no more. */
  readonly ended?: string;
  end(): void;
}

function startByItself([program = '', ...rest]: readonly string[], log: string): Started {
  const file = openLog(log);
  const child = spawn(program, rest, { cwd: '/', detached: true, stdio: ['ignore', file, file] });
  closeSync(file);
  const started: { ended?: string; end(): void } = {
    end: () => {
      child.kill('SIGKILL');
    },
  };
  child.once('exit', (code, signal) => {
    started.ended = `it ended with ${signal ?? `exit code ${code ?? 0}`}`;
  });
  child.once('error', (error) => {
    started.ended = error.message;
  });
  child.unref();
  return started;
}

function openLog(log: string): number {
  try {
    return openSync(log, 'a', 0o600);
  } catch (error) {
    throw new DriverError(`open ${log}`, {
      stderr: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

/** Seconds since the machine was started, sleep included: a clock that nobody sets. */
export function uptime(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]);
}

/** Which start of the host this is. A namespace is a host of its own. */
export function startOf(netns: string | undefined): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const { ino, ctimeMs } = statSync(netns === undefined ? '/proc/self/ns/net' : `/run/netns/${netns}`);
  // A number is given anew at once; a namespace with a name is as old as its name.
  return `${boot} ${ino}${netns === undefined ? '' : ` ${ctimeMs}`}`;
}
