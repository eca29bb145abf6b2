// test/origin/follower.ts — a reader as `netctl watch` is one: reads at first, and again whenever the origin calls.
import { OriginError } from '../../src/origin/origin.ts';
import type { Origin } from '../../src/origin/origin.ts';
import { SourceError } from '../../src/specfile/sources.ts';

export interface Follower {
  /** What was read last: the texts, or the reason why there are none. */
  readonly has: () => string;
  readonly calls: () => number;
  readonly said: readonly string[];
  close(): Promise<void>;
}

export async function follow(origin: Origin): Promise<Follower> {
  let has = '';
  let calls = 0;
  let reading = Promise.resolve();
  const said: string[] = [];
  const read = async (): Promise<void> => {
    has = await origin.read().then(({ sources }) => sources.map(({ text }) => text).join('|'), reasonOf);
  };
  await read();
  const watching = await origin.watch(
    () => {
      calls += 1;
      reading = reading.then(read);
    },
    (message) => said.push(message),
  );
  return {
    has: () => has,
    calls: () => calls,
    said,
    close: async () => {
      await watching.close();
      await reading;
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof SourceError || error instanceof OriginError ? error.reason : String(error);
}
