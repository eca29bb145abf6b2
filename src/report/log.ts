// report/log.ts — events as log lines on standard error, through winston: of one apply, and of a watch that runs for
// months.
import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import winston from 'winston';
import type { Plan, Reporter } from '../core/resource.ts';
import { escaped, harmless } from '../core/sanitize.ts';
import type { Watcher, WatchEvent } from './watch-events.ts';
import { doneBy, lineFor } from './watch-lines.ts';
import type { Level } from './watch-lines.ts';
import { counted } from './format.ts';

/** Every step as it happens. What goes wrong is told at the end in any case. */
export function createLog(): Reporter {
  const logger = winston.createLogger({
    level: 'debug',
    format: winston.format.printf(({ level, message }) => `${level}: ${harmless(String(message))}`),
    transports: [new winston.transports.Console({ stderrLevels: ['error', 'warn', 'info', 'debug'] })],
  });
  return stepsTo((text) => logger.debug(text));
}

export type LogFormat = 'text' | 'json' | 'journal';

export interface WatchLogOptions {
  readonly format: LogFormat;
  readonly color: boolean;
  /** Also the looks that found nothing, and every step. */
  readonly verbose?: boolean;
  /** Default: standard error. */
  readonly stream?: NodeJS.WritableStream & { readonly writableLength?: number };
  readonly now?: () => Date;
}

export interface WatchLog {
  readonly watcher: Watcher;
  /** The steps of each apply, for `-v`. */
  readonly reporter: Reporter;
  say(level: Level, message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What one apply changes in a thousand places is said of the first, and counted for the rest. */
const MOST = 20;
/** Milliseconds after which the rest is counted, when nothing else ends it. */
const PATIENCE = 1000;
const MANY: readonly WatchEvent['event'][] = ['changed', 'failed', 'drift-conflict', 'recovered'];

/** One line for each event. Whatever becomes of the stream, it never throws. */
export function createWatchLog(options: WatchLogOptions): WatchLog {
  const { verbose = false, stream = process.stderr, now = () => new Date() } = options;
  const logger = winston.createLogger({
    level: verbose ? 'debug' : 'info',
    format: winston.format.printf(({ level, message, fields }) =>
      renderers[options.format](
        { level: level as Level, text: harmless(String(message)).trimEnd(), fields: fields as Fields, now: now() },
        options.color,
      ),
    ),
    transports: [
      new winston.transports.Stream({
        stream: patient(stream, (lost) =>
          say('warn', `${counted(lost, 'line')} of this log were lost: nobody read them, or there was no room`, {
            event: 'lost',
            lost,
          }),
        ),
        eol: '\n',
      }),
    ],
  });
  const say = (level: Level, message: string, fields: Fields = {}): void => {
    logger.log({ level, message, fields });
  };

  const said = new Map<string, number>();
  const unsaid = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const count = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const rest = [...unsaid].map(([what, times]) => `${times} ${what}`);
    const sum = [...unsaid.values()].reduce((a, b) => a + b, 0);
    said.clear();
    unsaid.clear();
    if (sum > 0) say('info', `and ${sum} more: ${rest.join(', ')}`, { event: 'more', more: sum });
  };
  return {
    say,
    error: (message, fields) => say('error', message, fields),
    reporter: stepsTo((text) => say('debug', text, { event: 'step' })),
    watcher: (event) => {
      const { level, text } = lineFor(event);
      if (!MANY.includes(event.event)) count();
      else {
        const times = (said.get(event.event) ?? 0) + 1;
        said.set(event.event, times);
        timer ??= setTimeout(count, PATIENCE).unref();
        if (times > MOST) {
          const what = event.event === 'changed' ? `${doneBy(event.verb, event.cause)} ${event.kind}` : event.event;
          unsaid.set(what, (unsaid.get(what) ?? 0) + 1);
          return;
        }
      }
      say(
        level,
        event.event === 'begins' ? `${text} (times are UTC, and it is ${now().toISOString().slice(0, 10)})` : text,
        { ...event },
      );
    },
  };
}

/** As the operator asks; else for the journal, when standard error is that. */
export function logFormatOf(
  option: string | undefined,
  env: NodeJS.ProcessEnv,
  standardError: { readonly dev: number; readonly ino: number } = fstatSync(2),
): LogFormat {
  if (option === 'text' || option === 'json') return option;
  return env['JOURNAL_STREAM'] === `${standardError.dev}:${standardError.ino}` ? 'journal' : 'text';
}

type Fields = Readonly<Record<string, unknown>>;
interface Entry {
  readonly level: Level;
  readonly text: string;
  readonly fields: Fields;
  readonly now: Date;
}

/** As syslog(3) counts. */
const PRIORITY = { error: 3, warn: 4, info: 6, debug: 7 } as const;
const STYLE = { error: 'red', warn: 'yellow', info: undefined, debug: 'dim' } as const;

const renderers: Readonly<Record<LogFormat, (entry: Entry, color: boolean) => string>> = {
  text: ({ level, text, now }, color) => {
    const [style, word] = [
      STYLE[level],
      level === 'error' || level === 'warn' ? `${level === 'warn' ? 'warning' : level}: ` : '',
    ];
    const line = `${word}${text.replaceAll('\n', '\n         ')}`;
    return `${now.toISOString().slice(11, 19)} ${color && style !== undefined ? styleText(style, line, { validateStream: false }) : line}`;
  },
  json: ({ level, text, fields, now }) =>
    escaped(
      JSON.stringify({
        time: now.toISOString(),
        level: level === 'warn' ? 'warning' : level,
        ...fields,
        message: text,
      }),
    ),
  journal: ({ level, text }) => text.replace(/^/gm, `<${PRIORITY[level]}>`),
};

/** Bytes that may wait for a reader. */
const WAITING = 1 << 20;

/**
 * Passes lines on. Where there is no room, or nobody reads, they are lost, and counted once there is a reader; the
 * watch goes on.
 */
function patient(stream: NonNullable<WatchLogOptions['stream']>, tell: (lost: number) => void): Writable {
  let lost = 0;
  stream.on('error', () => undefined);
  return new Writable({
    decodeStrings: false,
    write: (line: string, _encoding, done) => {
      try {
        if ((stream.writableLength ?? 0) > WAITING) lost++;
        else {
          stream.write(line);
          if (lost > 0) setImmediate(tell, lost);
          lost = 0;
        }
      } catch {
        lost++;
      }
      done();
    },
  });
}

function stepsTo(say: (text: string) => void): Reporter {
  let plan: Plan | undefined;
  const name = (step: number): string =>
    plan?.steps[step]?.changes.map(({ verb, ref }) => `${verb} ${ref}`).join(', ') ?? `step ${step}`;
  return (event) => {
    switch (event.event) {
      case 'planned':
        plan = event.plan;
        break;
      case 'started':
        say(`started: ${name(event.step)}`);
        break;
      case 'done':
        say(`done: ${name(event.step)}`);
        break;
      case 'failed':
        say(`failed: ${name(event.step)}: ${event.error.message}`);
        break;
      case 'skipped':
        say(`skipped: ${name(event.step)}: it waits for ${name(event.waitingFor)}`);
        break;
      case 'stopped':
        say(`stopped before: ${name(event.step)}`);
        break;
      case 'settled':
        say(event.residual.length === 0 ? 'verified: in sync' : `verified: ${event.residual.length} differ`);
        break;
    }
  };
}
