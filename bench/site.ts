// bench/site.ts — a host in a throw-away namespace, what netctl keeps of it, and the two who take turns on it: netctl,
// and the raw commands.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { prepare } from '../src/pipeline/prepare.ts';
import { edited } from '../src/core/lines.ts';
import type { Op } from '../src/core/resource.ts';
import { createLinuxDriver } from '../src/driver/linux.ts';
import { kindsFor } from '../src/kinds/index.ts';
import type { Paths } from '../src/parts/context.ts';
import { createFileStore } from '../src/store/index.ts';
import { Lab, must } from '../test/kernel/lab.ts';
import { worldOf } from '../test/world.ts';
import { timed } from './clock.ts';
import { rawOf } from './raw.ts';

/** A script that is run in the host's namespace. */
type Script = string;

export class Site {
  private readonly lab = new Lab();
  private readonly paths: { readonly state: string; readonly run: string };
  private scripts = 0;

  constructor() {
    this.paths = { state: this.lab.state('').replace(/\/$/, ''), run: this.lab.run('').replace(/\/$/, '') };
  }

  close(): void {
    this.lab.close();
  }

  /** Times netctl on the host. */
  netctl(verb: string, spec: string): number {
    const file = this.lab.write('spec.yaml', spec);
    return timed([
      ...this.lab.command(),
      ...this.lab.argumentsFor([verb, ...(verb === 'validate' ? [] : ['--yes']), '-f', file]),
    ]);
  }

  /** Fails when the host is not in sync with the spec. */
  expectSettled(spec: string): void {
    must(this.lab.netctl(['plan', '--detailed-exitcode'], { spec }));
  }

  /** Times a script in the host's namespace. */
  raw(script: Script): number {
    return timed(['ip', 'netns', 'exec', this.lab.host, 'sh', '-e', script]);
  }

  scriptOf(text: string): Script {
    return this.lab.write(`raw-${++this.scripts}.sh`, text);
  }

  /** The raw commands that would do what netctl plans. `files: 'there'`: what dnsmasq reads is written already. */
  async rawTowards(spec: string, files: 'there' | 'written'): Promise<Script> {
    const ops = await opsTowards(spec, this.lab.host, this.paths);
    const directory = this.lab.path(`raw-${++this.scripts}`);
    mkdirSync(directory);
    const textAfter = (op: Extract<Op, { op: 'write' | 'edit' }>): string =>
      op.op === 'write' ? op.text : edited(readFileSync(op.path, 'utf8'), op);
    const { inputs, script } = rawOf(ops, {
      directory,
      bookkeeping: this.paths.run,
      ...(files === 'written' ? { textAfter } : {}),
    });
    for (const [name, text] of Object.entries(inputs)) this.lab.write(`raw-${this.scripts}/${name}`, text);
    return this.scriptOf(script);
  }

  /** Keeps what netctl has on the disk, for the raw commands to find. */
  keepFiles(): void {
    for (const [name, path] of Object.entries(this.paths))
      cpSync(path, this.lab.path(`kept-${name}`), { recursive: true });
  }

  restoreFiles(): void {
    for (const [name, path] of Object.entries(this.paths)) {
      rmSync(path, { recursive: true, force: true });
      if (existsSync(this.lab.path(`kept-${name}`))) cpSync(this.lab.path(`kept-${name}`), path, { recursive: true });
    }
  }

  /** What the raw way of emptying the host removes beside links and rules. */
  get state(): string {
    return this.paths.state;
  }

  get run(): string {
    return this.paths.run;
  }
}

/** What netctl plans for a host. */
export async function opsTowards(spec: string, netns: string, paths: Paths): Promise<readonly Op[]> {
  const kinds = kindsFor(paths);
  const driver = createLinuxDriver({ netns });
  const store = createFileStore({ directory: paths.state });
  const { plan } = await prepare(worldOf({ driver, store, spec: { 'spec.yaml': spec } }, { kinds, paths }));
  return plan.steps.flatMap(({ ops }) => ops);
}
