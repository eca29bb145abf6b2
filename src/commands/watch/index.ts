// commands/watch/index.ts — netctl watch.
import { option, time } from '../verb.ts';
import type { Call, Verb } from '../verb.ts';
import type { World } from '../../pipeline/world.ts';
import type { WatchOptions } from './run.ts';

export const watch: Verb = {
  name: 'watch',
  description: 'stay: apply when the spec changes, when the host drifts, and every so often',
  use: 'stays',
  options: [
    option('--resync-interval <time>', 'look at everything this often: 90s, 5m, 1h')
      .default(300_000, '5m')
      .argParser(time)
      .env('NETCTL_RESYNC_INTERVAL'),
    option('--git <url>', 'take the spec from this repository').env('NETCTL_GIT'),
    option('--ref <ref>', 'branch, tag or commit of it')
      .default('HEAD', 'what it has checked out')
      .env('NETCTL_GIT_REF'),
    option('--path <path>', 'directory or file of it that holds the spec')
      .default('', 'all of it')
      .env('NETCTL_GIT_PATH'),
    option('--poll-interval <time>', 'ask the repository this often')
      .default(60_000, '1m')
      .argParser(time)
      .env('NETCTL_POLL_INTERVAL'),
    option(
      '--verify-signatures <file>',
      'take only commits signed by a key of this file: SSH allowed signers, or OpenPGP keys',
    ).env('NETCTL_VERIFY_SIGNATURES'),
    option('--log-format <format>', 'form of the log').choices(['text', 'json']).env('NETCTL_LOG_FORMAT'),
    option('--metrics-listen <address>', 'serve metrics for Prometheus here: 127.0.0.1:9117').env(
      'NETCTL_METRICS_LISTEN',
    ),
    option('--allow-mass-delete', 'let a spec remove more than half of what netctl has'),
  ],
  async load() {
    const run = await import('./run.ts');
    return (world: World, options: Options, { settings, version, lockHost }: Call) =>
      run.watch(world, { ...options, allowMassDelete: options.allowMassDelete === true, version }, settings, lockHost);
  },
};

type Options = Omit<WatchOptions, 'allowMassDelete' | 'version'> & { readonly allowMassDelete?: true };
