// commands/watch/index.ts — stays: keeps the host equal to the spec, tells how it is, and behaves as a service.
import { resolve } from 'node:path';
import { watchHost } from '../../driver/monitors/index.ts';
import { createFileOrigin } from '../../origin/files.ts';
import { createGitOrigin } from '../../origin/git.ts';
import { OriginError } from '../../origin/origin.ts';
import type { Origin } from '../../origin/origin.ts';
import { createWatchLog, logFormatOf } from '../../report/log.ts';
import { createMetrics } from '../../report/metrics.ts';
import { createNotifier } from '../../service/notify.ts';
import { serveStatus } from '../../service/socket.ts';
import type { WatchEvent } from '../../watch/events.ts';
import { pathsOf, turnsOf } from '../outside.ts';
import type { Settings } from '../outside.ts';
import { exit, Exit } from '../world.ts';
import type { ExitCode, World } from '../world.ts';
import { answerFor, socketOf } from './answer.ts';
import { createLastGood } from './last-good.ts';
import { Loop } from './loop.ts';
import { publish } from './metrics.ts';

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

/** Pids of one's own tools that are still known when the kernel tells what they did. */
const RECENT = 256;

export async function watch(world: World, options: WatchOptions, settings: Settings): Promise<ExitCode> {
  const paths = pathsOf(settings);
  const origin = originOf(options, settings, paths.state);
  const log = createWatchLog({ format: logFormatOf(options.logFormat, process.env), verbose: settings.verbose, color: process.stderr.isTTY && world.color });
  const notifier = createNotifier(process.env);
  const metrics = options.metricsListen === undefined ? undefined : createMetrics(options.version);
  const own: number[] = [];
  const tell = (event: WatchEvent): void => {
    log.watcher(event);
    metrics?.watcher(event);
    if (event.event === 'ready') notifier.ready('the host is as the spec says');
  };
  const loop: Loop = new Loop({
    origin, tell, host: world, lastGood: createLastGood(paths.state, origin.from), resync: options.resyncInterval, allowMassDelete: options.allowMassDelete, signal: world.signal,
    takeTurn: turnsOf(settings, world.signal, {
      report: log.reporter,
      onSpawn: (pid) => { own.push(pid); if (own.length > RECENT) own.shift(); },
      waitsFor: (holder) => { log.say('info', `waits while ${holder} is at work`, { event: 'waits', holder }); },
    }),
    ended: () => {
      monitors.followProcesses();
      notifier.status(loop.headline());
    },
  });
  const pages = metrics === undefined || options.metricsListen === undefined ? undefined : await publish(metrics, options.metricsListen, loop);
  const socket = await serveStatus(socketOf(paths.run), () => Promise.resolve(answerFor(loop, settings, world, Date.now())));
  const monitors = await watchHost({
    ...(settings.netns === undefined ? {} : { netns: settings.netns }), directories: [`${paths.state}/networks`, `${paths.state}/guests`, paths.run], run: paths.run,
    isOwn: (pid) => own.includes(pid),
    onSign: (sign) => { if (concerns(sign.part === 'files' ? sign.name : undefined, paths.run)) loop.sign(sign); },
    onState: (states, message) => { loop.monitored(states, message); },
  });
  const hangUp = (): void => {
    notifier.reloading();
    loop.reload();
    notifier.ready(loop.headline());
  };
  process.on('SIGHUP', hangUp);
  const alive = notifier.watchdog === undefined ? undefined : setInterval(() => {
    if (loop.ailment() === undefined) notifier.alive();
  }, notifier.watchdog / 3);
  try {
    await loop.run();
  } finally {
    notifier.stopping();
    clearInterval(alive);
    process.off('SIGHUP', hangUp);
    await Promise.all([monitors.close(), socket.close(), pages?.close()]);
    tell({ event: 'ends', why: 'stopped by a signal; the network stays as it is' });
  }
  return exit.ok;
}

/** What lies in the run directory and is not of a daemon (the lock, the socket) is written each time. */
function concerns(file: string | undefined, run: string): boolean {
  return file === undefined || !file.startsWith(`${run}/`) || /\.(?:pid|loaded)$/.test(file);
}

function originOf(options: WatchOptions, settings: Settings, state: string): Origin {
  const { git, ref, path, verifySignatures, pollInterval } = options;
  if (git !== undefined) {
    if (settings.files.length > 0) throw new Exit(exit.usage, '-f and --git cannot both say where the spec is');
    return orUsage(() => createGitOrigin({ url: git, ref, path, directory: `${state}/git`, interval: pollInterval, ...(verifySignatures === undefined ? {} : { signers: resolve(verifySignatures) }) }));
  }
  if (verifySignatures !== undefined) throw new Exit(exit.usage, '--verify-signatures is for --git');
  return orUsage(() => createFileOrigin(settings.files.length > 0 ? settings.files : ['/etc/netctl/spec.d']));
}

/** What nobody can watch: standard input, a URL that could be taken for an option. */
function orUsage(create: () => Origin): Origin {
  try {
    return create();
  } catch (error) {
    throw error instanceof OriginError ? new Exit(exit.usage, error.message) : error;
  }
}
