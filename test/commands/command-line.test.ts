// test/commands/command-line.test.ts — the command line as an operator types it: flags, variables, help, completion,
// and what is said of a slip.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { specOf } from './bench.ts';

const root = new URL('../..', import.meta.url).pathname;
const program = join(root, 'dist/netctl.js');
let directory = '';
const at = (name: string): string => join(directory, name);

beforeAll(() => {
  if (!existsSync(program)) execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root });
  directory = mkdtempSync(join(tmpdir(), 'netctl-command-line-'));
  writeFileSync(at('one.yaml'), specOf('vm-1'));
  writeFileSync(at('two.yaml'), 'apiVersion: netctl/v1\ninstances:\n  vm-2: { nics: [{ network: lab }] }\n');
  writeFileSync(at('hosts.yaml'), 'apiVersion: netctl/v1\nhosts: { left: {}, right: {} }\n');
  writeFileSync(at('a b.yaml'), specOf());
  writeFileSync(at('bad.yaml'), specOf('vm-1').replace('flat-dhcp', 'flat_dhcp'));
  mkdirSync(at('empty'));
  mkdirSync(at('both'));
  for (const name of ['one.yaml', 'two.yaml']) symlinkSync(at(name), join(at('both'), name));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function netctl(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Ended {
  const ended = spawnSync(process.execPath, [program, ...args], {
    cwd: directory,
    encoding: 'utf8',
    input,
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

const VALID = 'valid: 1 network, 1 instance\n';
const BOTH = 'valid: 1 network, 2 instances\n';

describe('where the spec comes from', () => {
  for (const [name, args, env, input, out] of [
    ['a flag behind the verb', ['validate', '-f', 'one.yaml'], {}, '', VALID],
    ['a flag before the verb', ['-f', 'one.yaml', 'validate'], {}, '', VALID],
    ['its long form', ['validate', '--file=one.yaml'], {}, '', VALID],
    ['two flags', ['validate', '-f', 'one.yaml', '-f', 'two.yaml'], {}, '', BOTH],
    ['one before and one behind', ['-f', 'one.yaml', 'validate', '-f', 'two.yaml'], {}, '', BOTH],
    ['a directory', ['validate', '-f', 'both'], {}, '', BOTH],
    ['a file named twice is read once', ['validate', '-f', 'both', '-f', 'one.yaml'], {}, '', BOTH],
    ['standard input', ['validate', '-f', '-'], {}, specOf('vm-1'), VALID],
    ['standard input and a file', ['validate', '-f', '-', '-f', 'two.yaml'], {}, specOf('vm-1'), BOTH],
    ['a variable', ['validate'], { NETCTL_SPEC: 'one.yaml' }, '', VALID],
    [
      'flags between and behind the two words of a verb',
      ['ip', '-f', 'one.yaml', 'free', 'lab', '-f', 'two.yaml', '--host', 'h', '--state-dir', '/nowhere'],
      {},
      '',
      'lab: 253 addresses free, 1 used, 2 to be given out by the next apply\n  10.0.0.2-10.0.0.254\n',
    ],
    ['a flag beats the variable', ['validate', '-f', 'both'], { NETCTL_SPEC: 'bad.yaml' }, '', BOTH],
    ['also before the verb', ['-f', 'both', 'validate'], { NETCTL_SPEC: 'bad.yaml' }, '', BOTH],
  ] as const) {
    test(name, () => expect(netctl(args, env, input)).toEqual({ code: 0, out, err: '' }));
  }
});

describe('flags beat variables', () => {
  const asJson = { apiVersion: 'netctl/v1', kind: 'Validation', valid: true, networks: 1, instances: 1 };
  for (const [name, args, env] of [
    ['behind the verb', ['validate', '-f', 'one.yaml', '-o', 'json'], { NETCTL_OUTPUT: 'yaml' }],
    ['before the verb', ['-o', 'json', 'validate', '-f', 'one.yaml'], { NETCTL_OUTPUT: 'yaml' }],
    ['the one behind the verb beats the one before', ['-o', 'yaml', 'validate', '-f', 'one.yaml', '-o', 'json'], {}],
    ['a variable alone', ['validate', '-f', 'one.yaml'], { NETCTL_OUTPUT: 'json' }],
  ] as const) {
    test(`-o: ${name}`, () => expect(JSON.parse(netctl(args, env).out)).toEqual(asJson));
  }
  test('--host', () => {
    expect(netctl(['validate', '-f', 'hosts.yaml'], { NETCTL_HOST: 'left' }).code).toBe(0);
    expect(netctl(['validate', '-f', 'hosts.yaml', '--host', 'left'], { NETCTL_HOST: 'nowhere' }).code).toBe(0);
    expect(netctl(['--host', 'nowhere', 'validate', '-f', 'hosts.yaml'], { NETCTL_HOST: 'left' }).code).toBe(64);
  });
  test('--state-dir', () => {
    const script = netctl(['export', '-f', 'one.yaml', '--state-dir', '/srv/flag/'], {
      NETCTL_STATE_DIR: '/srv/variable',
      NETCTL_RUN_DIR: '/srv/run',
    }).out;
    expect(script).toContain('/srv/flag/networks/lab/hosts');
    expect(script).toContain('--pid-file=/srv/run/dnsmasq-lab.pid');
    expect(script).not.toContain('/srv/variable');
  });
  test('-o yaml', () =>
    expect(netctl(['validate', '-f', 'one.yaml', '-o', 'yaml']).out).toBe(
      'apiVersion: "netctl/v1"\nkind: "Validation"\nvalid: true\nnetworks: 1\ninstances: 1\n',
    ));
});

describe('slips: each says what is wrong and where to look, and nothing on standard output', () => {
  for (const [name, args, env, code, err] of [
    [
      'an unknown verb',
      ['plann'],
      {},
      64,
      /^netctl: unknown verb 'plann'\n\(Did you mean plan\?\)\n\(netctl help says what there is\)\n$/,
    ],
    ['a verb that does not work yet', ['trace'], {}, 64, /^netctl: unknown verb 'trace'\n/],
    [
      'an unknown flag',
      ['plan', '--colour'],
      {},
      64,
      /^netctl: unknown option '--colour'\n\(Did you mean --color\?\)\n\(netctl help plan says what it takes\)\n$/,
    ],
    ['an unknown flag before the verb', ['--bar', 'plan'], {}, 64, /^netctl: unknown option '--bar'\n/],
    ['a flag of another verb', ['plan', '--yes'], {}, 64, /^netctl: unknown option '--yes'\n/],
    ['no value', ['plan', '--host'], {}, 64, /^netctl: option '--host <name>' argument missing\n/],
    [
      'a wrong choice',
      ['plan', '-o', 'xml'],
      {},
      64,
      /^netctl: option '-o, --output <format>' argument 'xml' is invalid\. Allowed choices are text, json, yaml\.\n/,
    ],
    [
      'a wrong choice in a variable',
      ['plan'],
      { NETCTL_OUTPUT: 'xml' },
      64,
      /^netctl: option '-o, --output <format>' value 'xml' from env 'NETCTL_OUTPUT' is invalid\. Allowed choices are text, json, yaml\.\n/,
    ],
    [
      'a wrong form',
      ['export', '-f', 'one.yaml', '--as', 'nft'],
      {},
      64,
      /'nft' is invalid\. Allowed choices are iptables-save, ip-batch, script, files, json\.\n/,
    ],
    [
      'a relative directory',
      ['plan', '--state-dir', 'here'],
      {},
      64,
      /'here' is invalid\. it must be an absolute path\.\n/,
    ],
    ['too many words', ['plan', 'one.yaml'], {}, 64, /^netctl: too many arguments for 'plan'/],
    ['an unknown shell', ['completion', 'csh'], {}, 64, /Allowed choices are bash, zsh, fish\.\n/],
    ['help for no verb of ours', ['help', 'trace'], {}, 64, /Allowed choices are validate, plan, /],
    [
      'no such host',
      ['validate', '-f', 'hosts.yaml', '--host', 'nowhere'],
      {},
      64,
      /^netctl: the spec has no host nowhere; it has left, right: say which with --host\n$/,
    ],
    [
      'no spec anywhere',
      ['plan', '--state-dir', '/nowhere'],
      { NETCTL_SPEC: '' },
      66,
      /^netctl: \/etc\/netctl\/spec\.d: no such file or directory; name another spec with -f or \$NETCTL_SPEC\n$/,
    ],
    [
      'a spec without a name',
      ['validate', '-f', ''],
      {},
      64,
      /^netctl: -f '' names no spec: a file, a directory, or - for standard input\n$/,
    ],
    [
      'a limit that is no number',
      ['validate', '-f', 'one.yaml'],
      { NETCTL_COMMAND_LIMIT: 'abc', NETCTL_SPEC_LIMIT: '-1' },
      64,
      /^netctl: NETCTL_COMMAND_LIMIT is "abc": it must be a number of milliseconds, from 1 to 999999999\nNETCTL_SPEC_LIMIT is "-1": [^\n]*\n$/,
    ],
    [
      'a limit of nothing',
      ['validate', '-f', 'one.yaml'],
      { NETCTL_COMMAND_LIMIT: '0', NETCTL_SPEC_LIMIT: '' },
      64,
      /^netctl: NETCTL_COMMAND_LIMIT is "0": [^\n]*\n$/,
    ],
    [
      'a directory that is none',
      ['history', '--state-dir', '/dev/null'],
      {},
      1,
      /^netctl: \/dev\/null\/generations cannot be read: .*\n\/dev\/null is no directory: name another one with --state-dir or \$NETCTL_STATE_DIR\n$/,
    ],
    ['no such file', ['plan', '-f', 'nowhere.yaml'], {}, 66, /^netctl: nowhere\.yaml: no such file or directory\n$/],
    [
      'an empty directory',
      ['plan', '-f', 'empty'],
      {},
      66,
      /^netctl: empty: no \*\.yaml or \*\.yml file is in this directory\n$/,
    ],
    [
      'no such namespace',
      ['plan', '-f', 'one.yaml', '--netns', 'nct-nowhere'],
      {},
      66,
      /^netctl: there is no network namespace nct-nowhere: ip netns add nct-nowhere makes it\n$/,
    ],
    ['half a verb', ['ip'], {}, 64, /^Usage: netctl ip /],
    [
      'an unknown half',
      ['ip', 'fre', 'lab'],
      {},
      64,
      /^netctl: unknown verb 'fre'\n\(Did you mean free\?\)\n\(netctl help ip says what it takes\)\n$/,
    ],
    [
      'no network to look at',
      ['ip', 'free'],
      {},
      64,
      /^netctl: missing required argument 'name'\n\(netctl help ip says what it takes\)\n$/,
    ],
    [
      'an invalid spec',
      ['validate', '-f', 'bad.yaml'],
      {},
      65,
      /^bad\.yaml:3:16: error: .*\n {2}3 \| .*\n {4}\| +\^\n {2}hint: did you mean flat-dhcp\?\n$/,
    ],
  ] as const) {
    test(name, () => {
      const ended = netctl(args, env);
      expect(ended).toMatchObject({ code, out: '' });
      expect(ended.err).toMatch(err);
    });
  }
});

describe('help', () => {
  const verbs = [
    'validate',
    'plan',
    'apply',
    'confirm',
    'rollback',
    'history',
    'show',
    'destroy',
    'watch',
    'status',
    'export',
    'ip',
    'schema',
    'completion',
    'version',
    'help',
  ];
  const listed = (help: string): readonly string[] =>
    [...(/^Verbs:\n((?: .*\n)+)/m.exec(help)?.[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, verb = '']) => verb);
  for (const args of [['help'], ['--help'], ['-h']]) {
    test(`netctl ${args.join(' ')} lists the verbs that work, and no others`, () => {
      const { code, out, err } = netctl(args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(listed(out)).toEqual(verbs);
      expect(out).toContain('Exit codes:');
    });
  }
  test('netctl alone is told what there is, as a mistake', () => {
    const { code, out, err } = netctl([]);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(listed(err)).toEqual(verbs);
  });
  for (const verb of verbs) {
    test(`netctl help ${verb} names its flags and those that every verb has`, () => {
      const { code, out } = netctl(['help', verb]);
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^Usage: netctl ${verb}`));
      expect(out).toContain('-f, --file <spec>');
      expect(netctl([verb, '--help'])).toEqual({ code: 0, out, err: '' });
    });
  }
});

test('version, by verb and by flag, is that of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  for (const word of ['version', '--version', '-V'])
    expect(netctl([word])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test('schema prints the file that is published', () => {
  expect(JSON.parse(netctl(['schema']).out)).toEqual(
    JSON.parse(readFileSync(join(root, 'schemas/spec.schema.json'), 'utf8')),
  );
});

describe('completion in bash', () => {
  const script = (): string => {
    const file = at('completion.bash');
    writeFileSync(file, netctl(['completion', 'bash']).out);
    return file;
  };
  /** What TAB offers behind these words; the last one is begun. */
  const offered = (...words: readonly string[]): readonly string[] => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const run = `source '${script()}'; COMP_WORDS=(netctl ${quoted}); COMP_CWORD=${words.length}; COMPREPLY=(); _netctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', run], { encoding: 'utf8', cwd: directory })
      .split('\n')
      .filter((line) => line !== '');
  };
  test('is a script that bash can read', () => expect(() => execFileSync('bash', ['-n', script()])).not.toThrow());
  for (const [name, words, offers] of [
    ['a verb begun', ['pl'], ['plan']],
    ['verbs that begin alike', ['ver'], ['version']],
    ['a flag of the verb', ['apply', '--al'], ['--allow-mass-delete']],
    ['a flag behind global flags', ['-f', 'one.yaml', 'plan', '--det'], ['--detailed-exitcode']],
    ['a global flag behind the verb', ['plan', '--stat'], ['--state-dir']],
    ['choices of a flag', ['plan', '-o', ''], ['text', 'json', 'yaml']],
    ["choices of a verb's flag", ['export', '--as', 'i'], ['iptables-save', 'ip-batch']],
    ['shells', ['completion', 'z'], ['zsh']],
    ['the second word of a verb', ['ip', 's'], ['show']],
    ['verbs behind help', ['help', 'st'], ['status']],
    ['files', ['plan', '-f', 'on'], ['one.yaml']],
    ['a file with a space in its name', ['plan', '-f', 'a '], ['a b.yaml']],
    ['choices behind an equals sign', ['plan', '--output', '=', 'j'], ['json']],
    ['all choices behind an equals sign', ['plan', '--color', '='], ['auto', 'always', 'never']],
    ['a flag behind a value with an equals sign', ['--output', '=', 'json', 'plan', '--comm'], ['--commands']],
    ['a value that is the name of a verb is no verb', ['--host', 'plan', 'expo'], ['export']],
  ] as const) {
    test(name, () => expect(offered(...words)).toEqual(offers));
  }
  test('no verb that does not work is offered', () =>
    expect(offered('')).not.toEqual(expect.arrayContaining(['trace'])));
});

describe('without root', () => {
  const nobody = (argv: readonly string[]): Ended => {
    const ended = spawnSync(
      'setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, ...argv],
      { cwd: '/', encoding: 'utf8' },
    );
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  };
  // The repository may be root's alone.
  beforeAll(() => {
    chmodSync(directory, 0o755);
    cpSync(join(root, 'dist'), at('dist'), { recursive: true });
  });
  const asNobody = (args: readonly string[]): Ended => nobody([at('dist/netctl.js'), ...args]);
  const [able, why] = [
    nobody(['--version']).code === 0,
    'only root can become nobody, and nobody has to be able to run node',
  ] as const;
  test('a spec is checked and exported', ({ skip }) => {
    skip(!able, why);
    expect(asNobody(['validate', '-f', at('one.yaml')])).toEqual({ code: 0, out: VALID, err: '' });
    expect(asNobody(['export', '-f', at('one.yaml')]).code).toBe(0);
  });
  for (const verb of ['apply', 'destroy']) {
    test(`${verb} is refused: 77`, ({ skip }) => {
      skip(!able, why);
      expect(asNobody([verb, '-f', at('one.yaml')])).toEqual({
        code: 77,
        out: '',
        err: `netctl: ${verb} changes the host, which needs root\n`,
      });
    });
  }
  for (const args of [
    ['history'],
    ['history', '-o', 'json'],
    ['show', '1'],
    ['plan'],
    ['status'],
    ['ip', 'free', 'lab'],
    ['ip', 'used', 'lab'],
    ['ip', 'show', '10.0.0.2'],
  ]) {
    test(`${args.join(' ')} where a host was applied to says that it may not look: 77`, ({ skip }) => {
      skip(!able, why);
      mkdirSync(at('kept/generations/1'), { recursive: true });
      chmodSync(at('kept'), 0o700);
      const { code, out, err } = asNobody([
        ...args,
        '-f',
        at('one.yaml'),
        '--state-dir',
        at('kept'),
        '--run-dir',
        at('no-run'),
      ]);
      expect({ code, out }).toEqual({ code: 77, out: '' });
      expect(err).toMatch(
        /^netctl: .*cannot be read: EACCES: permission denied.*\nreading what netctl keeps needs root\n$/,
      );
    });
  }
  test('nor may the root of a user namespace, who is root of nothing there: 77', ({ skip }) => {
    skip(!able, why);
    mkdirSync(at('nobodys/generations'), { recursive: true });
    chmodSync(at('nobodys'), 0o700);
    for (const path of ['nobodys/generations', 'nobodys']) chownSync(at(path), 65_534, 65_534);
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['--map-root-user', process.execPath, program, 'history', '--state-dir', at('nobodys')],
      { encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 77,
      stdout: '',
      stderr: expect.stringMatching(/EACCES.*\nreading what netctl keeps needs root\n$/) as string,
    });
  });
  test('where nothing was ever applied, history says so', ({ skip }) => {
    skip(!able, why);
    expect(asNobody(['history', '--state-dir', at('no-state')])).toEqual({
      code: 0,
      out: 'nothing was applied yet\n',
      err: '',
    });
  });
  test('status does not say that a watch runs where it cannot know: 77', ({ skip }) => {
    skip(!able, why);
    mkdirSync(at('run'), { mode: 0o700 });
    expect(asNobody(['status', '-f', at('one.yaml'), '--state-dir', at('no-state'), '--run-dir', at('run')])).toEqual({
      code: 77,
      out: '',
      err: `netctl: whether a watch runs cannot be asked: connect EACCES ${at('run')}/watch.sock\nasking it needs root\n`,
    });
  });
  test('nor a spec that is not to be read: 77', ({ skip }) => {
    skip(!able, why);
    writeFileSync(at('secret.yaml'), specOf('vm-1'), { mode: 0o600 });
    expect(asNobody(['validate', '-f', at('secret.yaml')])).toEqual({
      code: 77,
      out: '',
      err: expect.stringMatching(
        /^netctl: .*secret\.yaml: cannot be read: this user may not read it\nreading this spec needs root, or whoever may\n$/,
      ) as string,
    });
  });
  for (const verb of ['plan', 'status']) {
    test(`${verb} with a store that is root's alone is refused: 77`, ({ skip }) => {
      skip(!able, why);
      mkdirSync(at(`${verb}-state`), { mode: 0o700 });
      const { code, out, err } = asNobody([
        verb,
        '-f',
        at('one.yaml'),
        '--state-dir',
        at(`${verb}-state`),
        '--run-dir',
        at(`${verb}-run`),
      ]);
      expect({ code, out }).toEqual({ code: 77, out: '' });
      expect(err).toMatch(/EACCES.*\nreading what netctl keeps needs root\n$/);
    });
  }
});

test('a spec from a pipe that a shell makes, and from /dev/stdin', () => {
  const bash = (command: string): Ended => {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command, 'netctl', process.execPath, program], {
      cwd: directory,
      encoding: 'utf8',
    });
    return { code: status, out: stdout, err: stderr };
  };
  expect(bash('"$1" "$2" validate -f <(cat one.yaml) -f <(sleep 0.1; cat two.yaml)')).toEqual({
    code: 0,
    out: BOTH,
    err: '',
  });
  expect(bash('cat one.yaml | "$1" "$2" validate -f /dev/stdin -f two.yaml -f -')).toEqual({
    code: 0,
    out: BOTH,
    err: '',
  });
  expect(bash('"$1" "$2" validate -f /dev/stdin < one.yaml')).toEqual({ code: 0, out: VALID, err: '' });
  expect(bash('"$1" "$2" validate -f <(:)')).toMatchObject({
    code: 65,
    err: expect.stringContaining('nothing is written here') as string,
  });
});
