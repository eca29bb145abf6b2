// monitors/rules-poller.ts — rules whose changes send no event (iptables-legacy): what `iptables-save` prints is
// compared at intervals.
import { createHash } from 'node:crypto';
import { capture } from '../driver/child.ts';
import type { MonitorEntry } from './status.ts';

/** Seconds between two looks, and of how many looks' time one may be: half a percent of one core. */
const [LEAST, MOST, TIMES] = [1, 60, 200];

export interface RulesPollerOptions {
  readonly argv: readonly string[];
  /** As it is called: `iptables-save`. */
  readonly tool: string;
  readonly entry: MonitorEntry;
  /** Why it is done at all, where there is a better way. */
  readonly poorly?: string;
  readonly onChange: () => void;
}

export class RulesPoller {
  private readonly options: RulesPollerOptions;
  private known: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void>;
  private closing = false;

  constructor(options: RulesPollerOptions) {
    this.options = options;
    this.looking = this.look();
  }

  /** Resolves when it is known what later looks are compared with. */
  async begun(): Promise<void> {
    await this.looking;
  }

  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    const { argv, entry, tool, poorly, onChange } = this.options;
    const begun = performance.now();
    let wait = LEAST;
    try {
      const digest = digestOf(await capture(argv));
      wait = Math.min(MOST, Math.max(LEAST, (TIMES * (performance.now() - begun)) / 1000));
      entry.runs({ name: `${tool} every ${wait.toPrecision(2)} s`, ...(poorly === undefined ? {} : { poorly }) });
      const changed = this.known !== undefined && this.known !== digest;
      this.known = digest;
      if (changed && !this.closing) onChange();
    } catch (error) {
      wait = MOST / 10;
      const why = error instanceof Error ? error.message : String(error);
      if (entry.state.why !== why) entry.fails(why, why);
      // What it was is not known any more: whatever it will be differs.
      this.known = this.known === undefined ? undefined : '';
    }
    if (!this.closing) this.timer = setTimeout(() => this.again(), wait * 1000);
  }

  private again(): void {
    this.looking = this.look();
  }
}

/** Of the rules: not of when they were saved, nor how many packets they have met. */
function digestOf(text: string): string {
  return createHash('sha256')
    .update(text.replaceAll(/^#.*\n|\[\d+:\d+\]/gm, ''))
    .digest('base64');
}
