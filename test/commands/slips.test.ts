// test/commands/slips.test.ts — slips on the command line: each says what is wrong and where to look.
import { describe, expect, test } from 'vitest';
import { netctl, withSpecs } from './command-line-scene.ts';

withSpecs();

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
      /'nft' is invalid\. Allowed choices are iptables-save, ip6tables-save, ip-batch, script, files, json\.\n/,
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
