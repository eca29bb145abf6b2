// pipeline/read.ts — reads and checks the spec, and finds out which of its hosts this is.
import type { Checked } from '../core/resource.ts';
import { extension as probes } from '../probes/extension.ts';
import { say } from '../report/say.ts';
import { locateAll } from '../specfile/locate.ts';
import type { Spec, Locate, Host, LocatedDiagnostic } from '../specfile/model.ts';
import { readSpec } from '../specfile/read.ts';
import type { Source } from '../specfile/text.ts';
import type { Language } from '../specfile/extension.ts';
import { Exit, exit } from '../report/exit-codes.ts';
import type { World } from './world.ts';

export interface Read {
  /** Its texts, as they were read. */
  readonly sources: readonly Source[];
  readonly spec: Spec;
  readonly locate: Locate;
  readonly self: Host;
}

/** A value, or what is wrong, each at its lines. */
export type Located<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly LocatedDiagnostic[] }
  | { readonly ok: false; readonly problems: readonly LocatedDiagnostic[] };
/** Reads and checks the spec, and finds out which of its hosts this is. Ends with what is wrong, all of it. */
export async function readOrExit(world: World): Promise<Read> {
  return take(world, readHere(await world.sources(), world));
}

/**
 * Reads and checks the spec for whoever it is: the host that `--host` names, else all that it has. Ends with what is
 * wrong, all of it.
 */
export async function readForAllOrExit(
  world: World,
): Promise<Omit<Read, 'self'> & { readonly hosts: readonly Host[] }> {
  const sources = await world.sources();
  const read = readSpec(sources, languageOf(world));
  const { spec, locate } = take(world, read.ok ? { ...read, value: read } : read);
  return { sources, spec, locate, hosts: world.host === undefined ? spec.hosts : [selfOf(spec, world)] };
}

/** What it takes to read a spec. */
export type Reading = Pick<World, 'host' | 'hostname' | 'features' | 'grammar'>;

/** The spec of these texts, as this host reads it. Ends the command where the spec has no such host. */
export function readHere(sources: readonly Source[], world: Reading): Located<Read> {
  const read = readSpec(sources, languageOf(world));
  if (!read.ok) return read;
  const { spec, locate, warnings } = read;
  return { ok: true, value: { sources, spec, locate, self: selfOf(spec, world) }, warnings };
}

export function languageOf({ features, grammar }: Pick<World, 'features' | 'grammar'>): Language {
  return { grammar, extensions: [...features, probes] };
}

/** `--host`, else the host's own name, else the only one. A spec without hosts is for whichever host reads it. */
function selfOf(spec: Spec, world: Pick<World, 'host' | 'hostname'>): Host {
  const named = world.host ?? world.hostname;
  const found = spec.hosts.find(({ name, implied }) => name === named || implied);
  const only = spec.hosts.length === 1 && world.host === undefined ? spec.hosts[0] : undefined;
  const self = found ?? only;
  if (self !== undefined) return self;
  throw new Exit(
    exit.usage,
    `the spec has no host ${named}; it has ${spec.hosts.map(({ name }) => name).join(', ')}: say which with --host`,
  );
}

/** Takes the value, or prints all that is wrong and ends the command. */
export function orExit<T>(world: World, locate: Locate, checked: Checked<T>): T {
  return take(world, located(checked, locate));
}

export function located<T>(checked: Checked<T>, locate: Locate): Located<T> {
  return checked.ok
    ? { ...checked, warnings: locateAll(checked.warnings, locate) }
    : { ok: false, problems: locateAll(checked.problems, locate) };
}

export function take<T>(world: World, found: Located<T>): T {
  say(world, found.ok ? found.warnings : found.problems);
  if (!found.ok) throw new Exit(exit.invalid);
  return found.value;
}
