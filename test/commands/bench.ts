// test/commands/bench.ts — one host in memory and one store, and an operator who runs netctl on them, verb after verb.
import { apply } from '../../src/commands/apply/run.ts';
import { destroy } from '../../src/commands/destroy/run.ts';
import { exportAs } from '../../src/commands/export/run.ts';
import type { Form } from '../../src/commands/export/run.ts';
import { history, show as showGeneration } from '../../src/commands/history/run.ts';
import { free } from '../../src/commands/ip/free.ts';
import { show } from '../../src/commands/ip/show.ts';
import { used } from '../../src/commands/ip/used.ts';
import { plan } from '../../src/commands/plan/run.ts';
import { rollback } from '../../src/commands/rollback/run.ts';
import { status } from '../../src/commands/status/run.ts';
import { validate } from '../../src/commands/validate/run.ts';
import { Exit } from '../../src/report/exit-codes.ts';
import type { ExitCode } from '../../src/report/exit-codes.ts';
import type { World } from '../../src/pipeline/world.ts';
import { NOTHING, wholeOf } from '../../src/core/stored.ts';
import type { Revision, Store, Stored } from '../../src/core/stored.ts';
import { createMemoryStore } from '../../src/store/memory/index.ts';
import { Scene } from '../cases/scene.ts';
import { generationsInMemory, PATHS, worldOf } from '../world.ts';

/** What a verb ended with. `said` is what the Exit said, which main prints. */
export interface Result {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export class Bench {
  readonly scene: Scene;
  /** How often something was saved. */
  saves = 0;
  private readonly store: Store;
  private readonly generations = generationsInMemory();

  constructor(host = '') {
    this.scene = new Scene(host);
    const store = createMemoryStore();
    const save = async (stored: Stored, revision: Revision): Promise<Revision> => {
      this.saves++;
      return await store.save(stored, revision);
    };
    this.store = { ...store, save };
  }

  /** `with_` replaces parts of the World: a terminal, a form of output. */
  async plan(
    spec: string,
    {
      commands = false,
      detailedExitcode = false,
      rehearse = false,
    }: { readonly commands?: boolean; readonly detailedExitcode?: boolean; readonly rehearse?: boolean } = {},
    with_: Partial<World> = {},
  ): Promise<Result> {
    return await this.run(spec, with_, (world) =>
      plan(world, { commands, detailedExitcode, rehearse, netns: undefined }),
    );
  }

  async apply(
    spec: string,
    {
      yes = true,
      prune = true,
      allowMassDelete = false,
      rehearse = false,
    }: {
      readonly yes?: boolean;
      readonly prune?: boolean;
      readonly allowMassDelete?: boolean;
      readonly rehearse?: boolean;
    } = {},
    with_: Partial<World> = {},
  ): Promise<Result> {
    return await this.run(spec, with_, (world) => apply(world, { yes, prune, allowMassDelete, rehearse }));
  }

  /** To an earlier generation. */
  async rollback(to: number, with_: Partial<World> = {}): Promise<Result> {
    return await this.run('', with_, (world) => rollback(world, { yes: true, to, unconfirmed: false }));
  }

  async status(spec: string, with_: Partial<World> = {}): Promise<Result> {
    return await this.run(spec, with_, status);
  }

  async history(with_: Partial<World> = {}): Promise<Result> {
    return await this.run('', with_, (world) => Promise.resolve(history(world)));
  }

  async showGeneration(number: string, with_: Partial<World> = {}): Promise<Result> {
    return await this.run('', with_, (world) => Promise.resolve(showGeneration(world, number)));
  }

  async validate(spec: string, with_: Partial<World> = {}): Promise<Result> {
    return await this.run(spec, with_, validate);
  }

  async export(spec: string, form: Form, with_: Partial<World> = {}, netns?: string): Promise<Result> {
    return await this.run(spec, with_, (world) => exportAs(world, form, netns));
  }

  async destroy({ yes = true }: { readonly yes?: boolean } = {}, with_: Partial<World> = {}): Promise<Result> {
    return await this.run('', with_, (world) => destroy(world, { yes }));
  }

  async ip(verb: 'free' | 'used' | 'show', spec: string, operand: string, with_: Partial<World> = {}): Promise<Result> {
    return await this.run(spec, with_, (world) => ({ free, used, show })[verb](world, operand));
  }

  /** Somebody removes the store, and with `files` all else in the state directory. */
  async forget({ files = false }: { readonly files?: boolean } = {}): Promise<void> {
    await this.store.forget();
    const { disk } = this.scene.whole.host;
    if (files) for (const path of disk.below(PATHS.state).keys()) disk.remove(path);
  }

  /** What the store holds, to be put back later. */
  async kept(): Promise<Stored> {
    return wholeOf(await this.store.load()) ?? NOTHING;
  }

  async restore(stored: Stored): Promise<void> {
    await this.store.save(stored, (await this.store.load()).revision);
  }

  private async run(spec: string, with_: Partial<World>, verb: (world: World) => Promise<ExitCode>): Promise<Result> {
    const world = worldOf(
      { driver: this.scene.whole.host, store: this.store, spec: { 'spec.yaml': spec } },
      { generations: this.generations, ...with_ },
    );
    try {
      const code = await verb(world);
      return { code, ...world.said };
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      // As main does.
      return {
        code: error.code,
        out: world.said.out,
        err: `${world.said.err}${error.message === '' ? '' : `netctl: ${error.message}\n`}`,
      };
    }
  }
}

/** A network inside the host, and its instances: each a tap. */
export function specOf(...instances: readonly string[]): string {
  return `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24 }
${instances.length === 0 ? '' : `instances:\n${instances.map((name) => `  ${name}: { nics: [{ network: lab }] }\n`).join('')}`}`;
}
