// monitors/status.ts — the status of each monitor, as `netctl status`, the metrics and the log are told it.
import type { MonitorState } from '../report/watch-state.ts';

export type OnState = (
  states: readonly MonitorState[],
  message?: { readonly name: string; readonly what: string },
) => void;

export class MonitorStatus {
  private readonly entries: MonitorEntry[] = [];
  private readonly onState: OnState;

  constructor(onState: OnState) {
    this.onState = onState;
  }

  add(name: string): MonitorEntry {
    const entry = new MonitorEntry(name, (what) => this.tell(entry, what));
    this.entries.push(entry);
    return entry;
  }

  private tell({ name }: MonitorEntry, what: string | undefined): void {
    const states = this.entries.map(({ state }) => state);
    if (what === undefined) this.onState(states);
    else this.onState(states, { name, what });
  }
}

export class MonitorEntry {
  private current: MonitorState;
  private readonly changed: (what: string | undefined) => void;

  constructor(name: string, changed: (what: string | undefined) => void) {
    this.current = { name, state: 'restarting', since: now(), restarts: 0, why: 'it has not begun yet' };
    this.changed = changed;
  }

  get state(): MonitorState {
    return this.current;
  }

  get name(): string {
    return this.current.name;
  }

  /** `poorly`: it runs, though not as well as it might. */
  runs({
    name = this.name,
    poorly,
    what,
  }: { readonly name?: string; readonly poorly?: string; readonly what?: string } = {}): void {
    const { state, since, restarts, why } = this.current;
    if (state === 'running' && name === this.name && why === poorly) return;
    this.current = {
      name,
      state: 'running',
      since: state === 'running' ? since : now(),
      restarts,
      ...(poorly === undefined ? {} : { why: poorly }),
    };
    this.changed(what);
  }

  fails(why: string, what: string): void {
    const { name, state, since, restarts } = this.current;
    this.current = {
      name,
      state: 'restarting',
      since: state === 'restarting' ? since : now(),
      restarts: restarts + 1,
      why,
    };
    this.changed(what);
  }

  /** Something happened that does not change how it is. */
  says(what: string): void {
    this.changed(what);
  }
}

function now(): string {
  return new Date().toISOString();
}
