// commands/watch/run.ts — stays: keeps the host equal to the spec, tells how it is, and behaves as a service.
import { resolve } from 'node:path';
import { watchHost } from '../../monitors/index.ts';
import { isFirstNamespace } from '../../driver/processes.ts';
import { createFileOrigin } from '../../origin/files.ts';
import { createGitOrigin } from '../../origin/git.ts';
import { OriginError } from '../../origin/origin.ts';
import type { Origin } from '../../origin/origin.ts';
import { createWatchLog, logFormatOf } from '../../report/log.ts';
import { createMetrics } from '../../report/metrics.ts';
import { createNotifier } from '../../service/notify.ts';
import { serveStatus } from '../../service/socket.ts';
import type { Served } from '../../service/socket.ts';
import type { WatchEvent } from '../../report/watch-events.ts';
import { pathsOf, specsOf } from '../../pipeline/settings.ts';
import type { Settings } from '../../pipeline/settings.ts';
import { exit, Exit } from '../../report/exit-codes.ts';
import type { ExitCode } from '../../report/exit-codes.ts';
import type { World } from '../../pipeline/world.ts';
import { replyFor, socketOf } from '../../watch/status-reply.ts';
import { watcher } from '../../watch/ask.ts';
import { createLastGood, KEPT } from '../../watch/last-good.ts';
import { Loop } from '../../watch/loop.ts';
import type { LockHost } from '../../watch/host-lock.ts';
import { publish } from '../../watch/metrics.ts';
import { OwnTools } from '../../watch/own-tools.ts';
import { messageOf } from '../../watch/explain.ts';

export interface WatchOptions {
  /** Milliseconds. */
  readonly resyncInterval: number;
  readonly git?: string;
  readonly ref: string;
  readonly path: string;
  readonly pollInterval: number;
  readonly verifySignatures?: string;
  readonly logFormat?: 'text' | 'json';
  readonly metricsListen?: string;
  readonly allowMassDelete: boolean;
  readonly version: string;
}

export async function watch(world: World, given: WatchOptions, all: Settings, lockHost: LockHost): Promise<ExitCode> {
  const { options, settings } = flagsFirst(given, all);
  const paths = pathsOf(settings);
  const origin = originOf(options, settings, paths.state, world.signal);
  const other = await watcher(settings);
  if (other !== undefined) throw new Exit(exit.locked, `${other} looks after this host already`);
  const log = createWatchLog({
    format: logFormatOf(options.logFormat, process.env),
    verbose: settings.verbose,
    color: process.stderr.isTTY && world.color,
  });
  const notifier = createNotifier(process.env, {
    onTrouble: (message) => {
      log.say('warn', message);
    },
  });
  // A variable that is set to nothing is not set.
  const listen = options.metricsListen === '' ? undefined : options.metricsListen;
  const metrics = listen === undefined ? undefined : createMetrics(options.version);
  const own = new OwnTools(isFirstNamespace());
  let standing: 'starting' | 'ready' | 'reloading' = 'starting';
  const tell = (event: WatchEvent): void => {
    log.watcher(event);
    metrics?.watcher(event);
    if (event.event === 'ready') {
      standing = 'ready';
      notifier.ready(loop.headline());
      // What comes of a spec need not end a round.
    } else if (event.event === 'spec-refused' || event.event === 'recovered') notifier.status(loop.headline());
  };
  const open: (() => Promise<void>)[] = [];
  let follow = (): void => undefined;
  let listenStill = (): void => undefined;
  const loop: Loop = new Loop({
    origin,
    tell,
    host: world,
    lastGood: createLastGood(paths.state, origin.from, (what) => {
      tell({ event: 'monitor', name: 'spec', what });
    }),
    resync: options.resyncInterval,
    allowMassDelete: options.allowMassDelete,
    signal: world.signal,
    lock: lockHost(settings, world, {
      report: log.reporter,
      onSpawn: (pid, argv) => {
        own.started(pid, argv);
      },
      waitsFor: (holder) => {
        log.say('info', holder.startsWith('generation') ? `waits for ${holder}` : `waits while ${holder} is running`, {
          event: 'waits',
          holder,
        });
      },
      says: (text) => {
        log.say('warn', text.trim(), { event: 'rolled-back' });
      },
    }),
    ended: (mayHaveStarted) => {
      own.roundEnded(performance.now());
      if (mayHaveStarted) follow();
      listenStill();
      if (standing !== 'reloading') notifier.status(loop.headline());
      else {
        standing = 'ready';
        notifier.ready(loop.headline());
      }
    },
  });
  try {
    const socket = await orExit(
      exit.failed,
      serveStatus(socketOf(paths.run), () => replyFor(loop, settings, world, Date.now())),
    );
    open.push(() => socket.close());
    listenStill = keptListening(socket, (why) => {
      log.error(`status cannot be asked: ${why}`, { event: 'unheard' });
    });
    if (metrics !== undefined && listen !== undefined) {
      const pages = await orExit(exit.failed, publish(metrics, listen, loop));
      open.push(() => pages.close());
    }
    const monitors = await watchHost({
      ...(settings.netns === undefined ? {} : { netns: settings.netns }),
      directories: [`${paths.state}/networks`, `${paths.state}/guests`, paths.run],
      run: paths.run,
      isOwn: (pid, tool) => own.has(pid, performance.now(), tool),
      onHint: (hint) => {
        if (hint.subsystem === 'files') listenStill();
        if (concerns(hint.subsystem === 'files' ? hint.name : undefined, paths.run)) loop.hint(hint);
      },
      onState: (states, message) => {
        loop.monitored(states, message);
      },
    });
    open.push(() => monitors.close());
    follow = () => {
      monitors.followProcesses();
    };
    const hangUp = (): void => {
      // Before it was ready there is nothing to come back to.
      if (standing === 'ready') {
        standing = 'reloading';
        notifier.reloading();
      }
      loop.reload();
    };
    process.on('SIGHUP', hangUp);
    const alive =
      notifier.watchdog === undefined
        ? undefined
        : setInterval(() => {
            if (loop.ailment() === undefined) notifier.alive();
          }, notifier.watchdog / 3);
    await loop.run();
    clearInterval(alive);
    process.off('SIGHUP', hangUp);
    tell({ event: 'ends', why: 'stopped by a signal; the network stays as it is' });
  } finally {
    notifier.stopping();
    await Promise.all(open.map((close) => close()));
    await notifier.sent();
  }
  return exit.ok;
}

/** What cannot be listened at is the operator's to mend. */
async function orExit<T>(code: ExitCode, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    throw new Exit(code, messageOf(error));
  }
}

/**
 * Looks whether the socket is there: without it the watch could not be asked, and another could begin beside it. Says
 * once what prevents it.
 */
function keptListening(socket: Served, onTrouble: (why: string) => void): () => void {
  let isTold = false;
  return () => {
    socket.ensure().then(
      () => {
        isTold = false;
      },
      (error: unknown) => {
        if (!isTold) onTrouble(messageOf(error));
        isTold = true;
      },
    );
  };
}

/** What lies in the run directory and is not of a daemon (the lock, the socket) is written each time. */
function concerns(file: string | undefined, run: string): boolean {
  return file === undefined || !file.startsWith(`${run}/`) || /\.(?:pid|loaded)$/.test(file);
}

/**
 * A flag that says where the spec is beats a variable that says so: what is for the other place is left out with that.
 */
function flagsFirst(
  options: WatchOptions,
  settings: Settings,
): { readonly options: WatchOptions; readonly settings: Settings } {
  const { flags } = settings;
  if (flags.has('git') && !flags.has('file') && options.git !== '')
    return { options, settings: { ...settings, files: [] } };
  if (!flags.has('file') || flags.has('git')) return { options, settings };
  return {
    options: { ...options, git: '', ...(flags.has('verifySignatures') ? {} : { verifySignatures: '' }) },
    settings,
  };
}

function originOf(options: WatchOptions, settings: Settings, state: string, signal: AbortSignal): Origin {
  const { git = '', ref, path, verifySignatures = '', pollInterval } = options;
  if (git !== '') {
    const both = settings.flags.has('file') ? '-f and --git' : 'NETCTL_SPEC and NETCTL_GIT';
    if (settings.files.length > 0) throw new Exit(exit.usage, `${both} cannot both say where the spec is`);
    return orUsage(() =>
      createGitOrigin({
        url: git,
        ref,
        path,
        directory: `${state}/${KEPT[1]}`,
        interval: pollInterval,
        ...(verifySignatures === '' ? {} : { signers: resolve(verifySignatures) }),
      }),
    );
  }
  if (verifySignatures !== '') throw new Exit(exit.usage, '--verify-signatures is for --git');
  return orUsage(() => createFileOrigin(specsOf(settings), { signal }));
}

/** What nobody can watch: standard input, a URL that could be taken for an option. */
function orUsage(create: () => Origin): Origin {
  try {
    return create();
  } catch (error) {
    throw error instanceof OriginError ? new Exit(exit.usage, error.message) : error;
  }
}
