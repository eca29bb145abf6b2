// test/origin/repository.ts — real repositories in a temporary directory: commits, signed or not, and who signs them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A file's text, a link's target, or nothing where it goes. */
export type Files = Readonly<Record<string, string | { readonly link: string } | undefined>>;

export interface Workshop {
  readonly at: (path: string) => string;
  /** Runs a tool in a directory of the workshop; what it prints. */
  run(directory: string, tool: string, ...args: readonly string[]): string;
  /** A repository with a branch `main`. */
  repository(name: string, ...options: readonly string[]): void;
  /** Commits all that is there once the files are; its id. */
  commit(name: string, files: Files, message?: string, ...options: readonly string[]): string;
  sshKey(name: string): void;
  /** The options that make Git sign with it. */
  signedBy(key: string): readonly string[];
  remove(): void;
}

export function workshop(): Workshop {
  const top = mkdtempSync(join(tmpdir(), 'netctl-git-'));
  const at = (path: string): string => join(top, path);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: top,
    GNUPGHOME: at('gnupg'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.org',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.org',
  };
  const run = (directory: string, tool: string, ...args: readonly string[]): string =>
    execFileSync(tool, args, { cwd: at(directory), env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  return {
    at,
    run,
    repository: (name, ...options) => {
      run('.', 'git', 'init', '--quiet', '--initial-branch=main', ...options, name);
    },
    commit: (name, files, message = 'a change', ...options) => {
      for (const [path, content] of Object.entries(files)) {
        const file = at(`${name}/${path}`);
        mkdirSync(dirname(file), { recursive: true });
        rmSync(file, { force: true });
        if (typeof content === 'string') writeFileSync(file, content);
        else if (content !== undefined) symlinkSync(content.link, file);
      }
      run(name, 'git', 'add', '--all');
      run(name, 'git', ...options, 'commit', '--quiet', '--allow-empty', `--message=${message}`);
      return run(name, 'git', 'rev-parse', 'HEAD');
    },
    sshKey: (name) => {
      run('.', 'ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', name);
    },
    signedBy: (key) => ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${at(key)}`, '-c', 'commit.gpgsign=true'],
    remove: () => rmSync(top, { recursive: true, force: true }),
  };
}
