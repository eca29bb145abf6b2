// pipeline/settings.ts — what a command was told by its flags and variables, and where its files are.
import { existsSync } from 'node:fs';
import type { Paths } from '../parts/context.ts';
import { Exit, exit } from '../report/exit-codes.ts';

export interface Settings {
  readonly command: string;
  readonly files: readonly string[];
  readonly host: string | undefined;
  readonly netns: string | undefined;
  readonly output: 'text' | 'json' | 'yaml';
  readonly color: 'auto' | 'always' | 'never';
  readonly stateDir: string;
  readonly runDir: string;
  readonly verbose: boolean;
  /** Options that were given as flags, and by no variable: `file`, `verifySignatures`. */
  readonly flags: ReadonlySet<string>;
  readonly hostname: string;
}

/** Where things are, unless a flag or a variable says otherwise. */
export const DEFAULTS = { spec: '/etc/netctl/spec.d', stateDir: '/var/lib/netctl', runDir: '/run/netctl' } as const;

/** The spec's files as they are named, or where they are. */
export function specsOf({ files }: Pick<Settings, 'files'>): readonly string[] {
  return files.length > 0 ? files : [DEFAULTS.spec];
}

/** A namespace, too, need not be there for them. */
const NEED_NO_HOST: readonly string[] = ['validate', 'export'];
/** Of their own in a namespace: it is a host of its own. */
export function pathsOf({ command, stateDir, runDir, netns }: Settings): Paths {
  if (netns === undefined) return { state: stateDir, run: runDir };
  if (!NEED_NO_HOST.includes(command) && !existsSync(`/run/netns/${netns}`))
    throw new Exit(exit.noInput, `there is no network namespace ${netns}: ip netns add ${netns} makes it`);
  return { state: `${stateDir}/netns/${netns}`, run: `${runDir}/netns/${netns}`, netns };
}
