// test/kernel/watch/git.test.ts — the spec comes from a real Git repository: new commits, bad ones, forced ones, signed
// ones, and none that can be had.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must, spawn } from '../lab.ts';
import { RunningWatch } from './running.ts';

let lab: Lab;
let watch: RunningWatch;
let isStarted = false;

beforeEach(() => {
  lab = new Lab();
  git('init', '-q', '-b', 'main');
  for (const [name, value] of [
    ['user.name', 'Op'],
    ['user.email', 'op@example.test'],
    ['commit.gpgSign', 'false'],
  ])
    git('config', name ?? '', value ?? '');
});
afterEach(async () => {
  if (isStarted) await watch.end();
  isStarted = false;
  lab.close();
});

const repository = (): string => lab.path('net.git');
const bridges = (): number => (JSON.parse(lab.ip(lab.host, '-j link show type bridge')) as readonly unknown[]).length;

/** Networks n1 to n`count`, each with a bridge and nothing else. */
const spec = (count: number): string => `apiVersion: netctl/v1
networks:
${Array.from({ length: count }, (_, i) => `  n${i + 1}: { mode: flat, interface: null, cidr: 10.0.${i + 1}.0/24 }\n`).join('')}`;

function git(...argv: readonly string[]): string {
  mkdirSync(repository(), { recursive: true });
  return must(
    spawn(['git', '-C', repository(), ...argv], {
      env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    }),
  ).out.trim();
}

/** Says the id of the commit. */
function commit(text: string, ...argv: readonly string[]): string {
  mkdirSync(`${repository()}/net`, { recursive: true });
  writeFileSync(`${repository()}/net/spec.yaml`, text);
  git('add', '.');
  git('commit', '-q', '--allow-empty', '-m', 'networks', ...argv);
  return git('rev-parse', 'HEAD');
}

function start(...args: readonly string[]): void {
  isStarted = true;
  watch = new RunningWatch(
    lab,
    ['--git', `file://${repository()}`, '--ref', 'main', '--path', 'net', '--poll-interval', '1s', ...args],
    { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
  );
}

/** A commit is in force, and status and log say so. */
async function inForce(revision: string): Promise<void> {
  await watch.says('spec-in-force', { having: ({ message }) => message.includes(revision) });
  await watch.until(() => watch.status().spec?.revision === revision, `status names ${revision}`);
}

async function refused(words: string): Promise<void> {
  expect((await watch.says('spec-refused', { having: ({ message }) => message.includes(words) })).level).toBe('error');
  await watch.until(() => watch.status().refused?.problems.join('\n').includes(words), `status says ${words}`);
}

describe('what is committed', () => {
  test('is applied; also what is forced in its place', async () => {
    const first = commit(spec(3));
    start();
    await watch.says('ready');
    await inForce(first);
    expect(watch.status().spec?.from).toBe(`file://${repository()} main`);
    const second = commit(spec(4));
    await watch.until(() => bridges() === 4, 'there are four');
    await inForce(second);
    git('reset', '-q', '--hard', first);
    const forced = commit(spec(5));
    expect(git('merge-base', forced, second)).toBe(first);
    await watch.until(() => bridges() === 5, 'there are five');
    await inForce(forced);
    git('reset', '-q', '--hard', first);
    await watch.until(() => bridges() === 3, 'there are three again');
    await inForce(first);
    expect(watch.said.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('is looked for at once where a signal says so', async () => {
    commit(spec(1));
    start('--poll-interval', '1h');
    await watch.says('ready');
    const second = commit(spec(2));
    watch.signal('SIGHUP');
    await inForce(second);
    await watch.until(() => bridges() === 2, 'there are two');
  });

  test('and is bad: the last good one stays and is healed, until a good one comes', async () => {
    const good = commit(spec(2));
    start();
    await watch.says('ready');
    const bad = commit(`${spec(2)}nonsense: true\n`);
    await refused('spec.yaml:5:1: error: a spec has no key nonsense');
    expect(watch.status()).toMatchObject({ spec: { revision: good }, refused: { revision: bad } });
    lab.ip(lab.host, 'link del dev br-n2');
    await watch.until(() => bridges() === 2, 'the bridge is there again');
    expect(lab.netctl(['status'], { spec: null })).toMatchObject({
      code: 1,
      out: expect.stringContaining('a newer spec is REFUSED') as string,
    });
    const next = commit(spec(3));
    await inForce(next);
    await watch.until(() => bridges() === 3, 'there are three');
    expect(watch.status().refused).toBeUndefined();
  });
});

describe('a repository that cannot be reached', () => {
  test('leaves the host as it was, healed; when it is back its newest commit is taken', async () => {
    const first = commit(spec(2));
    start();
    await watch.says('ready');
    renameSync(repository(), lab.path('away'));
    await refused('net.git');
    lab.ip(lab.host, 'link del dev br-n1');
    await watch.until(() => bridges() === 2, 'the bridge is there again');
    expect(watch.status().spec?.revision).toBe(first);
    renameSync(lab.path('away'), repository());
    await watch.until(() => watch.status().refused === undefined, 'it is content again');
    await inForce(commit(spec(3)));
  });

  test('at a start: what was in force is, from the disk', async () => {
    const first = commit(spec(2));
    start();
    await watch.says('ready');
    await watch.end();
    renameSync(repository(), lab.path('away'));
    lab.ip(lab.host, 'link del dev br-n1');
    start();
    await watch.says('ready');
    expect(bridges()).toBe(2);
    await inForce(first);
    renameSync(lab.path('away'), repository());
    await inForce(commit(spec(3)));
  });
});

test('only what somebody who may has signed is taken', async () => {
  const key = (name: string): string => {
    must(spawn(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', lab.path(name)]));
    return lab.path(name);
  };
  const [ours, stranger] = [key('ours'), key('stranger')];
  const signers = lab.write('signers', `op@example.test ${readFileSync(`${ours}.pub`, 'utf8')}`);
  const signedBy = (file: string): readonly string[] => ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${file}`];
  const signed = (text: string, file: string): string => {
    mkdirSync(`${repository()}/net`, { recursive: true });
    writeFileSync(`${repository()}/net/spec.yaml`, text);
    git('add', '.');
    git(...signedBy(file), 'commit', '-q', '-S', '-m', 'networks');
    return git('rev-parse', 'HEAD');
  };
  const first = signed(spec(1), ours);
  start('--verify-signatures', signers);
  await watch.says('ready');
  await inForce(first);
  for (const [make, count] of [
    [() => commit(spec(2)), 3],
    [() => signed(spec(4), stranger), 5],
  ] as const) {
    const bad = make();
    await refused(bad);
    expect(watch.status().spec?.revision).not.toBe(bad);
    expect(bridges()).toBe(count - 2);
    await inForce(signed(spec(count), ours));
    await watch.until(() => bridges() === count, `there are ${count}`);
  }
});

describe('who says where the spec is', () => {
  const GIT = 'ext::sh';
  for (const [name, args, env, says] of [
    ['--git beats NETCTL_SPEC', ['--git', GIT], { NETCTL_SPEC: '/x.yaml' }, `"${GIT}" is not the URL`],
    ['-f beats NETCTL_GIT', ['-f', '-'], { NETCTL_GIT: GIT }, 'standard input'],
    ['and what is for that', ['-f', '-'], { NETCTL_GIT: GIT, NETCTL_VERIFY_SIGNATURES: '/keys' }, 'standard input'],
    [
      'not what is said for it as a flag',
      ['-f', '-', '--verify-signatures', '/keys'],
      { NETCTL_GIT: GIT },
      '--verify-signatures is for --git',
    ],
    ['two flags do not', ['-f', '-', '--git', GIT], {}, '-f and --git cannot both say where the spec is'],
    [
      'two variables do not',
      [],
      { NETCTL_GIT: GIT, NETCTL_SPEC: '/x.yaml' },
      'NETCTL_SPEC and NETCTL_GIT cannot both say where the spec is',
    ],
  ] as const) {
    test(name, () => {
      const ended = lab.netctl(['watch', ...args], { spec: null, env });
      expect(ended).toMatchObject({ code: 64, err: expect.stringContaining(says) as string });
    });
  }
});
