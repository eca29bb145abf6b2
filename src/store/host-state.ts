// store/host-state.ts — what one host remembers: `host.json` below its state directory. What cannot be read is refused
// and left as it is.
import type { Op } from '../core/resource.ts';
import { StoreError } from '../core/stored.ts';
import type { HostState, Kept } from '../core/stored.ts';
import { formerLayoutIn } from './former-layout.ts';
import { digestOf, OwnFile } from './own-file.ts';
import type { StoreOptions } from './own-file.ts';
import { HOST_FILE, parseState, renderState } from './state-text.ts';

export interface HostStateStore {
  /** Throws a StoreError when what is there cannot be trusted. */
  load(): Promise<Kept<HostState>>;
  /** Durable when it returns. Refuses what is no longer the newest. */
  save(state: HostState, at: string): Promise<Kept<HostState>>;
  forget(): Promise<void>;
  /** What saves it, or with null removes it, for whoever does it by hand. */
  byHand(state: HostState | null): readonly Op[];
}

export function createHostState(options: StoreOptions): HostStateStore {
  const file = new OwnFile(options, HOST_FILE);
  const earlier = new OwnFile(options, 'allocations.json');
  const formerIn = (text: string, path: string): HostState | undefined => formerLayoutIn(text, path, options)?.state;
  const stateIn = (text: string, path: string): HostState => parseState(text, path, options);
  const load = (): Kept<HostState> => {
    const before = earlier.read();
    const former = before === undefined ? undefined : formerIn(before, earlier.path);
    if (former !== undefined) return { value: former, at: digestOf(renderState(former)), isOutdated: true };
    const text = file.read();
    if (text !== undefined) return { value: stateIn(text, file.path), at: digestOf(text), isOutdated: false };
    const copied = earlier.copied(formerIn) ?? file.copied(stateIn);
    return { value: copied, at: digestOf(undefined), isOutdated: true };
  };
  return {
    load: () => Promise.resolve(load()),
    save: (state, at) => {
      if (load().at !== at) throw new StoreError(file.path, 'was changed by another process meanwhile');
      const text = renderState(state);
      file.write(text);
      return Promise.resolve({ value: state, at: digestOf(text), isOutdated: false });
    },
    forget: () => {
      file.remove();
      return Promise.resolve();
    },
    byHand: (state) => file.byHand(state === null ? null : renderState(state)),
  };
}
