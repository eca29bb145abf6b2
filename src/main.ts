// main.ts — argv to a command: builds the World, runs one verb, and makes the one exit.
import { hostname } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Form } from './commands/export.ts';
import { exit, Exit } from './pipeline/world.ts';
import type { ExitCode, World } from './pipeline/world.ts';
import { harmless } from './core/shown.ts';
import type { Use } from './cli/run.ts';
import type { Settings } from './pipeline/settings.ts';
import type { WatchOptions } from './commands/watch.ts';
import { ASK } from './probes/model.ts';

declare const NETCTL_VERSION: string | undefined;
/** The build puts it in; run from source there is none. */
const version = typeof NETCTL_VERSION === 'string' ? NETCTL_VERSION : '0.0.0-source';

const FORMS: readonly Form[] = ['iptables-save', 'ip-batch', 'script', 'files', 'json'];
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `operand` is '' for a verb that takes none. */
type Verb<O> = (world: World, options: O, settings: Settings, operand: string) => Promise<ExitCode>;

const ENDING = `
Without -f the spec is all of /etc/netctl/spec.d. Flags beat NETCTL_… variables.
A command that netctl runs is ended after NETCTL_COMMAND_LIMIT milliseconds (20000).
A pipe that a spec is read from has to end within NETCTL_SPEC_LIMIT milliseconds (20000).

Exit codes:
  0        done; nothing differs
  1        failed; what was done and what was not is printed
  2        something differs (status, plan --detailed-exitcode)
  3        failed, and taken back: the host is as it was
  4        failed, and not all could be taken back
  5        not confirmed in time, and taken back
  64       wrong usage
  65       invalid spec
  66       no such file
  69       the host lacks a tool, or its Node.js is too old
  75       another netctl is at work
  77       not root
  130 143  stopped by SIGINT, SIGTERM`;

/** The whole command line. Each verb loads what it needs when it runs, so that asking for the version costs nothing. */
function commandLine(end: (code: ExitCode) => void): Command {
  const program = new Command('netctl')
    .description('Makes a Linux host match a spec of networks and instances, and keeps to what is its own.')
    .version(version, '-V, --version', 'print the version')
    .usage('[options] <verb>')
    .helpCommand(false)
    .helpOption('-h, --help', 'explain')
    .commandsGroup('Verbs:')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(harmless(text).replace(/^error: /, 'netctl: ').replace('unknown command', 'unknown verb')) })
    .showHelpAfterError('(netctl help says what there is)')
    .addHelpText('after', ENDING)
    .exitOverride();
  for (const option of globalOptions()) program.addOption(option);

  verb(program, 'validate', 'check the spec, for all its hosts, without looking at one', end, async () => (await import('./commands/validate.ts')).validate);
  verb(program, 'plan', 'say what apply would do, in order', end, async () => {
    const { plan } = await import('./commands/plan.ts');
    return (world, options: { detailedExitcode?: true; commands?: true; rehearse?: true }, { netns }) => plan(world, { detailedExitcode: options.detailedExitcode === true, commands: options.commands === true, rehearse: options.rehearse === true, netns });
  }, 'reads')
    .option('--detailed-exitcode', 'exit 2 when something differs')
    .option('--commands', 'print the exact commands, as a shell script')
    .option('--rehearse', 'do it on a copy of this host, in a namespace, and say what would fail');
  verb(program, 'apply', 'make the host match the spec', end, async () => {
    const { apply } = await import('./commands/apply.ts');
    return (world, options: { yes?: true; prune: boolean; allowMassDelete?: true; rehearse?: true; atomic?: true; confirmTimeout?: number; wait: boolean }, settings) => apply(world, {
      yes: options.yes === true, prune: options.prune, allowMassDelete: options.allowMassDelete === true,
      rehearse: options.rehearse === true, atomic: options.atomic === true, waits: options.wait, ...(options.confirmTimeout === undefined ? {} : { confirm: options.confirmTimeout / 1000 }),
      contradicts: async () => (await import('./watch/ask.ts')).contradiction(settings),
    });
  }, 'changes')
    .option('-y, --yes', 'do not ask')
    .option('--rehearse', 'do it on a copy of this host first; what would fail there is not begun')
    .option('--atomic', 'all of it or nothing: what fails is taken back')
    .addOption(new Option('--confirm-timeout <time>', 'take it back unless netctl confirm comes within this time: 60s').argParser(interval).env('NETCTL_CONFIRM_TIMEOUT'))
    .option('--no-wait', 'with --confirm-timeout: return once it is done, do not wait for netctl confirm')
    .option('--no-prune', 'leave what has left the spec')
    .option('--allow-mass-delete', 'let the plan remove more than half of what netctl has');
  verb(program, 'confirm', 'keep an apply that waits to be confirmed', end, async () => {
    const { confirm } = await import('./transaction/await-confirmation.ts');
    return confirm;
  }, 'decides');
  verb(program, 'rollback', 'take back an apply that waits to be confirmed, or go back one generation', end, async () => {
    const { rollback } = await import('./commands/rollback.ts');
    return (world, options: { yes?: true; to?: number; unconfirmed?: true }, settings) => rollback(world, {
      yes: options.yes === true, unconfirmed: options.unconfirmed === true, ...(options.to === undefined ? {} : { to: options.to }),
      watchedBy: async () => (await import('./watch/ask.ts')).watcher(settings),
    });
  }, 'decides')
    .addOption(new Option('--to <generation>', 'go to this one; netctl history lists them').argParser(counted))
    .option('--unconfirmed', 'only take back what was not confirmed in time, as after a reboot')
    .option('-y, --yes', 'do not ask');
  verb(program, 'history', 'list past applies: when, who, what, and what became of them', end, async () => {
    const { history } = await import('./commands/history.ts');
    return (world) => Promise.resolve(history(world));
  });
  verb(program, 'show', 'show a past apply: its plan, its spec, what was there before', end, async () => {
    const { show } = await import('./commands/history.ts');
    return (world, _options, _settings, generation) => Promise.resolve(show(world, generation));
  }).argument('<generation>', 'its number');
  verb(program, 'destroy', 'remove everything netctl owns, give back what it borrowed', end, async () => {
    const { destroy } = await import('./commands/destroy.ts');
    return (world, options: { yes?: true }, settings) => destroy(world, { yes: options.yes === true, watchedBy: async () => (await import('./watch/ask.ts')).watcher(settings) });
  }, 'changes')
    .option('-y, --yes', 'do not ask');
  verb(program, 'watch', 'stay: apply when the spec changes, when the host drifts, and every so often', end, async () => {
    const [{ watch }, { turnsOf }] = await Promise.all([import('./commands/watch.ts'), import('./cli/turns.ts')]);
    return (world, options: Omit<WatchOptions, 'allowMassDelete' | 'version'> & { allowMassDelete?: true }, settings) => watch(world, { ...options, allowMassDelete: options.allowMassDelete === true, version }, settings, turnsOf);
  }, 'stays')
    .addOption(new Option('--resync-interval <time>', 'look at everything this often: 90s, 5m, 1h').default(300_000, '5m').argParser(interval).env('NETCTL_RESYNC_INTERVAL'))
    .addOption(new Option('--git <url>', 'take the spec from this repository').env('NETCTL_GIT'))
    .addOption(new Option('--ref <ref>', 'branch, tag or commit of it').default('HEAD', 'what it has checked out').env('NETCTL_GIT_REF'))
    .addOption(new Option('--path <path>', 'directory or file of it that holds the spec').default('', 'all of it').env('NETCTL_GIT_PATH'))
    .addOption(new Option('--poll-interval <time>', 'ask the repository this often').default(60_000, '1m').argParser(interval).env('NETCTL_POLL_INTERVAL'))
    .addOption(new Option('--verify-signatures <file>', 'take only commits signed by a key of this file: SSH allowed signers, or OpenPGP keys').env('NETCTL_VERIFY_SIGNATURES'))
    .addOption(new Option('--log-format <format>', 'form of the log').choices(['text', 'json']).env('NETCTL_LOG_FORMAT'))
    .addOption(new Option('--metrics-listen <address>', 'serve metrics for Prometheus here: 127.0.0.1:9117').env('NETCTL_METRICS_LISTEN'))
    .option('--allow-mass-delete', 'let a spec remove more than half of what netctl has');
  verb(program, 'status', 'say what is wanted, what is there, and what differs', end, async () => {
    const { status } = await import('./commands/status.ts');
    return (world, _options, settings) => status(world, async () => (await import('./watch/ask.ts')).askWatch(settings, world));
  }, 'reads');
  verb(program, 'export', 'print what the host would hold, without a host', end, async () => {
    const { exportAs } = await import('./commands/export.ts');
    return (world, { as }: { as: Form }, { netns }) => exportAs(world, as, netns);
  })
    .addOption(new Option('--as <form>', 'what to print').choices(FORMS).default('script'));
  const ip = program.command('ip').description('say which addresses are free or used, and what an address is').helpCommand(false).commandsGroup('Verbs:').showHelpAfterError('(netctl help ip says what it takes)');
  for (const option of globalOptions()) ip.addOption(option.hideHelp());
  verb(ip, 'free', 'which addresses of a network or pool are free', end, async () => {
    const { free } = await import('./commands/ip/free.ts');
    return (world, _options, _settings, name) => free(world, name);
  }).argument('<name>', 'a network or pool; networks.NAME or pools.NAME where both have one name');
  verb(ip, 'used', 'which are used, by whom, and what rests or is reserved', end, async () => {
    const { used } = await import('./commands/ip/used.ts');
    return (world, _options, _settings, name) => used(world, name);
  }).argument('<name>', 'a network or pool');
  verb(ip, 'show', 'what an address is, and which line of the spec says so', end, async () => {
    const { show } = await import('./commands/ip/show.ts');
    return (world, _options, _settings, address) => show(world, address);
  }).argument('<address>', 'an IPv4 address');
  program.command('schema').description("print the spec's JSON Schema").action(async () => {
    process.stdout.write((await import('./commands/schema.ts')).schemaText());
  });
  program.command('completion').description('print a completion script').addArgument(program.createArgument('<shell>', 'the shell').choices(SHELLS)).action(async (shell: (typeof SHELLS)[number]) => {
    process.stdout.write((await import('./cli/completion.ts')).completionFor(shell, program));
  });
  program.command('version').description('print the version').action(() => {
    process.stdout.write(`${version}\n`);
  });
  program.command(ASK, { hidden: true }).action(async () => {
    await (await import('./probes/ask-child.ts')).askAll(process.stdin, (line) => process.stdout.write(line));
  });
  const verbs = [...shownIn(program).map((command) => command.name()), 'help'];
  program.command('help').description('explain a verb').addArgument(program.createArgument('[verb]', 'the verb').choices(verbs)).action((name?: string) => {
    (program.commands.find((command) => command.name() === name) ?? program).help();
  });
  return program;
}

/** Without the verbs with which netctl runs itself. */
function shownIn(program: Command): readonly Command[] {
  return program.commands.filter((command) => !command.name().startsWith('__'));
}

function globalOptions(): readonly Option[] {
  return [
    new Option('-f, --file <spec>', 'a spec: file, directory or - for standard input; may be repeated').argParser(collect).env('NETCTL_SPEC'),
    new Option('--host <name>', 'the host of the spec to act as').env('NETCTL_HOST'),
    new Option('--netns <name>', 'act in this network namespace').env('NETCTL_NETNS'),
    new Option('-o, --output <format>', 'form of the result').choices(['text', 'json', 'yaml']).default('text').env('NETCTL_OUTPUT'),
    new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto').env('NETCTL_COLOR'),
    new Option('--state-dir <path>', 'where allocations are kept').default('/var/lib/netctl').env('NETCTL_STATE_DIR').argParser(absolute),
    new Option('--run-dir <path>', 'where the lock and pid files are kept').default('/run/netctl').env('NETCTL_RUN_DIR').argParser(absolute),
    new Option('-v, --verbose', 'say each step'),
  ];
}

function verb<O extends object>(above: Command, name: string, description: string, end: (code: ExitCode) => void, load: () => Promise<Verb<O>>, use?: Use): Command {
  const command = above.command(name).description(description);
  const whole = lineageOf(command).map((each) => each.name()).slice(0, -1).reverse().join(' ');
  command.showHelpAfterError(`(netctl help ${whole.split(' ', 1).join('')} says what it takes)`);
  // Global options are understood behind the verb too, as people write them.
  for (const option of globalOptions()) command.addOption(option.hideHelp());
  return command.action(async () => {
    const { run } = await import('./cli/run.ts');
    const operand = command.args[0] ?? '';
    // Loaded while the host is read.
    end(await run(settingsOf(command, whole), async (world, options: O, settings) => (await load())(world, options, settings, operand), command.opts<O>(), use));
  });
}

/** The command, the one it belongs to, and so on up to the program. */
function lineageOf(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [command, ...lineageOf(command.parent)];
}

/** Flags beat variables, whether before or behind the verb. */
function settingsOf(command: Command, name: string): Settings {
  const lineage = lineageOf(command);
  const given = (key: string): unknown => (lineage.find((from) => from.getOptionValueSource(key) === 'cli') ?? lineage.at(-1))?.getOptionValue(key);
  const text = (key: string): string | undefined => {
    const value = given(key);
    return typeof value === 'string' ? value : undefined;
  };
  const files = lineage.toReversed().flatMap((from) => (from.getOptionValueSource('file') === 'cli' ? [from.getOptionValue('file') as unknown] : [])).flat();
  // A variable that is set to nothing is not set.
  const named = files.length > 0 ? files : [given('file')].flat().filter((file) => file !== '');
  return {
    command: name,
    files: named.filter((file): file is string => typeof file === 'string'),
    host: text('host'), netns: text('netns'),
    output: text('output') === 'json' ? 'json' : text('output') === 'yaml' ? 'yaml' : 'text',
    color: text('color') === 'always' ? 'always' : text('color') === 'never' ? 'never' : 'auto',
    stateDir: text('stateDir') ?? '/var/lib/netctl', runDir: text('runDir') ?? '/run/netctl',
    verbose: given('verbose') === true,
    flags: new Set(lineage.flatMap((from) => Object.keys(from.opts()).filter((key) => from.getOptionValueSource(key) === 'cli'))),
    hostname: hostname(),
  };
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function counted(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('it must be the number of a generation.');
  return Number(value);
}

/** Milliseconds. */
function interval(value: string): number {
  const [, number, unit] = /^(\d{1,6})(ms|s|m|h)$/.exec(value) ?? [];
  const length = Number(number) * ({ ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''] ?? NaN);
  if (!(length >= SHORTEST && length <= LONGEST)) throw new InvalidArgumentError('it must be a time from 1s to 24h, such as 90s, 5m or 1h.');
  return length;
}

const [SHORTEST, LONGEST] = [1_000, 86_400_000];

function absolute(path: string): string {
  if (!path.startsWith('/') || path.includes('\n')) throw new InvalidArgumentError('it must be an absolute path.');
  return path.replace(/\/+$/, '');
}

/** What nobody foresaw: a fault of ours, in few words, and for whoever looks for it where it happened. */
function unexpected(error: unknown): string {
  const [message, stack] = error instanceof Error ? [`${error.name}: ${error.message}`, error.stack ?? ''] : [String(error), ''];
  const isVerbose = process.argv.slice(2).some((argument) => argument === '--verbose' || /^-[a-z]*v[a-z]*$/.test(argument));
  const more = isVerbose ? `\n${stack}` : '; -v says where it happened';
  return harmless(`netctl: ${message}\nThis should not happen: it is a fault of netctl ${version}, and neither the spec's nor yours.\nPlease report it where you have netctl from, with the command and these lines${more}\n`);
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, (error: unknown) => {
  process.stderr.write(unexpected(error));
  process.exit(exit.failed);
});

let code: ExitCode = exit.ok;
let isUnsaid = false;
/** What could not be said is a failure, but what became of the host says more. */
const end = (): void => { process.exitCode = isUnsaid && code === exit.ok ? exit.failed : code; };
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => {
  // Whoever read it has read enough, as `head` does: what was begun is done to its end.
  // Or the terminal is gone.
  if (error.code === 'EPIPE' || error.code === 'EIO') return;
  isUnsaid = true;
  end();
  if (stream === process.stdout) process.stderr.write(`netctl: standard output: ${error.message}\n`);
});
try {
  // What `--rehearse` runs in namespaces of its own.
  if (process.argv[2] === '__rehearse') await (await import('./rehearsal/in-sandbox.ts')).onStage();
  await commandLine((ended) => { code = ended; }).parseAsync();
} catch (error) {
  if (error instanceof Exit) {
    if (error.message !== '') process.stderr.write(`netctl: ${harmless(error.message)}\n`);
    code = error.code;
  } else if (error instanceof CommanderError) {
    code = error.exitCode === 0 ? exit.ok : exit.usage;
  } else {
    process.stderr.write(unexpected(error));
    code = exit.failed;
  }
}
end();
