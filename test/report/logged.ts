// test/report/logged.ts — the log of a watch, written to a stream in memory.
import { Writable } from 'node:stream';
import { createWatchLog } from '../../src/report/log.ts';
import type { WatchLog, WatchLogOptions } from '../../src/report/log.ts';
import type { WatchEvent } from '../../src/report/watch-events.ts';

export const NOW = new Date('2026-11-21T13:05:07.123Z');
export const SECONDS = { read: 0.004, plan: 0.002, execute: 0.03, verify: 0.2 };

export interface Logged {
  readonly log: WatchLog;
  readonly text: () => string;
}
export function logTo(options: Partial<WatchLogOptions> = {}): Logged {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString();
      done();
    },
  });
  return {
    log: createWatchLog({ format: 'text', color: false, now: () => NOW, stream, ...options }),
    text: () => text,
  };
}

export function lines(events: readonly WatchEvent[], options: Partial<WatchLogOptions> = {}): string {
  const { log, text } = logTo(options);
  for (const event of events) log.watcher(event);
  return text();
}
