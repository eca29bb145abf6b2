// main.ts — argv to a command: builds the World, runs one verb, and makes the one exit.
import { hostname } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { verbs } from './commands/index.ts';
import type { Verb } from './commands/verb.ts';
import { exit, Exit } from './report/exit-codes.ts';
import type { ExitCode } from './report/exit-codes.ts';
import { harmless } from './core/sanitize.ts';
import { DEFAULTS } from './pipeline/settings.ts';
import type { Settings } from './pipeline/settings.ts';
import type { LockHost } from './watch/host-lock.ts';
import { ASK } from './probes/model.ts';

declare const NETCTL_VERSION: string | undefined;
/** The build puts it in; run from source there is none. */
const version = typeof NETCTL_VERSION === 'string' ? NETCTL_VERSION : '0.0.0-source';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

const ENDING = `
Without -f the spec is all of ${DEFAULTS.spec}. Flags beat NETCTL_… variables.
A command that netctl runs is ended after NETCTL_COMMAND_LIMIT milliseconds (20000).
A pipe that a spec is read from has to end within NETCTL_SPEC_LIMIT milliseconds (20000).

Exit codes:
  0        done; nothing differs
  1        failed; what was done and what was not is printed
  2        something differs (status, plan --detailed-exitcode)
  3        failed, and rolled back: the host is as it was
  4        failed, and not all could be rolled back
  5        not confirmed in time, and rolled back
  64       wrong usage
  65       invalid spec
  66       no such file
  69       the host lacks a tool, or its Node.js is too old
  75       another netctl is running
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
    .configureOutput({
      outputError: (text, write) =>
        write(
          harmless(text)
            .replace(/^error: /, 'netctl: ')
            .replace('unknown command', 'unknown verb'),
        ),
    })
    .showHelpAfterError('(netctl help says what there is)')
    .addHelpText('after', ENDING)
    .exitOverride();
  for (const option of globalOptions()) program.addOption(option);

  for (const verb of verbs) {
    if ('verbs' in verb) {
      const group = program
        .command(verb.name)
        .description(verb.description)
        .helpCommand(false)
        .commandsGroup('Verbs:')
        .showHelpAfterError(`(netctl help ${verb.name} says what it takes)`);
      for (const option of globalOptions()) group.addOption(option.hideHelp());
      for (const one of verb.verbs) addVerb(group, one, end);
    } else addVerb(program, verb, end);
  }
  program
    .command('schema')
    .description("print the spec's JSON Schema")
    .action(async () => {
      process.stdout.write((await import('./cli/schema.ts')).schemaText());
    });
  program
    .command('completion')
    .description('print a completion script')
    .addArgument(program.createArgument('<shell>', 'the shell').choices(SHELLS))
    .action(async (shell: (typeof SHELLS)[number]) => {
      process.stdout.write((await import('./cli/completion.ts')).completionFor(shell, program));
    });
  program
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`${version}\n`);
    });
  program.command(ASK, { hidden: true }).action(async () => {
    await (await import('./probes/ask-child.ts')).askAll(process.stdin, (line) => process.stdout.write(line));
  });
  const names = [...shownIn(program).map((command) => command.name()), 'help'];
  program
    .command('help')
    .description('explain a verb')
    .addArgument(program.createArgument('[verb]', 'the verb').choices(names))
    .action((name?: string) => {
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
    new Option('-f, --file <spec>', 'a spec: file, directory or - for standard input; may be repeated')
      .argParser(collect)
      .env('NETCTL_SPEC'),
    new Option('--host <name>', 'the host of the spec to act as').env('NETCTL_HOST'),
    new Option('--netns <name>', 'act in this network namespace').env('NETCTL_NETNS'),
    new Option('-o, --output <format>', 'form of the result')
      .choices(['text', 'json', 'yaml'])
      .default('text')
      .env('NETCTL_OUTPUT'),
    new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto').env('NETCTL_COLOR'),
    new Option('--state-dir <path>', 'where allocations are kept')
      .default(DEFAULTS.stateDir)
      .env('NETCTL_STATE_DIR')
      .argParser(absolute),
    new Option('--run-dir <path>', 'where the lock and pid files are kept')
      .default(DEFAULTS.runDir)
      .env('NETCTL_RUN_DIR')
      .argParser(absolute),
    new Option('-v, --verbose', 'say each step'),
  ];
}

function addVerb(above: Command, verb: Verb, end: (code: ExitCode) => void): void {
  const command = above.command(verb.name).description(verb.description);
  const whole = lineageOf(command)
    .map((each) => each.name())
    .slice(0, -1)
    .reverse()
    .join(' ');
  command.showHelpAfterError(`(netctl help ${whole.split(' ', 1).join('')} says what it takes)`);
  if (verb.operand !== undefined) command.argument(verb.operand.name, verb.operand.description);
  for (const option of verb.options ?? []) command.addOption(option);
  // Global options are understood behind the verb too, as people write them.
  for (const option of globalOptions()) command.addOption(option.hideHelp());
  command.action(async () => {
    const { run } = await import('./cli/run.ts');
    const call = { settings: settingsOf(command, whole), operand: command.args[0] ?? '', version, lockHost };
    // Loaded while the host is read.
    end(await run(call.settings, async (world) => (await verb.load())(world, command.opts<never>(), call), verb.use));
  });
}

/** Loaded by a watch alone. */
const lockHost: LockHost = (...of) => {
  const loading = import('./cli/host-lock.ts').then((loaded) => loaded.lockHost(...of));
  return async () => (await loading)();
};

/** The command, the one it belongs to, and so on up to the program. */
function lineageOf(command: Command): readonly Command[] {
  return command.parent === null ? [command] : [command, ...lineageOf(command.parent)];
}

/** Flags beat variables, whether before or behind the verb. */
function settingsOf(command: Command, name: string): Settings {
  const lineage = lineageOf(command);
  const given = (key: string): unknown =>
    (lineage.find((from) => from.getOptionValueSource(key) === 'cli') ?? lineage.at(-1))?.getOptionValue(key);
  const text = (key: string): string | undefined => {
    const value = given(key);
    return typeof value === 'string' ? value : undefined;
  };
  const files = lineage
    .toReversed()
    .flatMap((from) => (from.getOptionValueSource('file') === 'cli' ? [from.getOptionValue('file') as unknown] : []))
    .flat();
  // A variable that is set to nothing is not set.
  const named = files.length > 0 ? files : [given('file')].flat().filter((file) => file !== '');
  return {
    command: name,
    files: named.filter((file): file is string => typeof file === 'string'),
    host: text('host'),
    netns: text('netns'),
    output: text('output') === 'json' ? 'json' : text('output') === 'yaml' ? 'yaml' : 'text',
    color: text('color') === 'always' ? 'always' : text('color') === 'never' ? 'never' : 'auto',
    stateDir: text('stateDir') ?? DEFAULTS.stateDir,
    runDir: text('runDir') ?? DEFAULTS.runDir,
    verbose: given('verbose') === true,
    flags: new Set(
      lineage.flatMap((from) => Object.keys(from.opts()).filter((key) => from.getOptionValueSource(key) === 'cli')),
    ),
    hostname: hostname(),
  };
}

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

function absolute(path: string): string {
  if (!path.startsWith('/') || path.includes('\n')) throw new InvalidArgumentError('it must be an absolute path.');
  return path.replace(/\/+$/, '');
}

/** What nobody foresaw: a fault of ours, in few words, and for whoever looks for it where it happened. */
function unexpected(error: unknown): string {
  const [message, stack] =
    error instanceof Error ? [`${error.name}: ${error.message}`, error.stack ?? ''] : [String(error), ''];
  const isVerbose = process.argv
    .slice(2)
    .some((argument) => argument === '--verbose' || /^-[a-z]*v[a-z]*$/.test(argument));
  const more = isVerbose ? `\n${stack}` : '; -v says where it happened';
  return harmless(
    `netctl: ${message}\nThis should not happen: it is a fault of netctl ${version}, and neither the spec's nor yours.\nPlease report it where you have netctl from, with the command and these lines${more}\n`,
  );
}
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, (error: unknown) => {
    process.stderr.write(unexpected(error));
    process.exit(exit.failed);
  });

let code: ExitCode = exit.ok;
let isUnsaid = false;
/** What could not be said is a failure, but what became of the host says more. */
const end = (): void => {
  process.exitCode = isUnsaid && code === exit.ok ? exit.failed : code;
};
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read it has read enough, as `head` does: what was begun is done to its end.
    // Or the terminal is gone.
    if (error.code === 'EPIPE' || error.code === 'EIO') return;
    isUnsaid = true;
    end();
    if (stream === process.stdout) process.stderr.write(`netctl: standard output: ${error.message}\n`);
  });
try {
  // What `--rehearse` runs in namespaces of its own.
  if (process.argv[2] === '__rehearse') await (await import('./rehearsal/in-sandbox.ts')).inSandbox();
  await commandLine((ended) => {
    code = ended;
  }).parseAsync();
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
