// test/specfile/no-yaml.test.ts — text that is no YAML, or none that can be trusted: each mistake, and the line and
// column where it is shown.
import { expect, test } from 'vitest';
import { problemsOf, A } from './problems.ts';

for (const [name, text, problems] of [
  ['an empty file', '', ['1:1 empty-document']],
  ['a file of comments', '# nothing\n', ['1:1 empty-document']],
  ['an empty document among others', A + '---\n---\n' + A, ['2:1 empty-document']],
  ['a tab', A + 'networks:\n\tlab: {}\n', ['3:1 yaml-tab']],
  ['a bracket that is not closed', A + 'defaults:\n  dns: [8.8.8.8\nhosts: {}\n', ['3:8 yaml-syntax, also 4:1']],
  [
    'a brace that is not closed, with what stands before it checked',
    A + 'hots: {}\nnetworks:\n  lab: { mode: flat-dhcp\ninstances: {}\n',
    ['2:1 unknown-key', '4:8 yaml-syntax, also 5:1'],
  ],
  ['a quote that is not closed', A + 'defaults:\n  domain: "cloud\n', ['3:11 yaml-syntax, also 4:1']],
  [
    'keys in two columns',
    A + 'networks:\n  lab:\n    mode: flat-dhcp\n     cidr: 10.0.0.0/24\n',
    ['5:6 yaml-syntax, also 4:11'],
  ],
  ['two colons', A + 'defaults:\n  domain: a: b\n', ['3:11 yaml-syntax']],
  ['no blank after the colon', 'apiVersion:netctl/v1\n', ['1:1 wrong-type']],
  ['a list where a map belongs', '- apiVersion: netctl/v1\n', ['1:1 wrong-type']],
  // Where the stack of this Node.js is full.
  ['nesting without end', A + 'defaults: ' + '['.repeat(20000), [expect.stringMatching(/^2:\d+ yaml-syntax$/)]],
  ['a NUL byte', A + 'defaults: { domain: a\0b }\n', ['2:22 control-character']],
  ['an escape sequence for the terminal', A + 'defaults: { domain: "\x1b[31m" }\n', ['2:22 control-character']],
  ['bytes that are not UTF-8', A + 'defaults: { domain: caf\ufffd }\n', ['2:24 not-utf8']],
  ['a byte order mark in the middle', A + '---\n\ufeff' + A, ['3:1 control-character']],
  ['lines that end as on an old Mac', 'apiVersion: netctl/v1\rhosts: {}\r', ['1:22 control-character']],
  [
    'a byte order mark and line feeds as on Windows count for nothing',
    '\ufeffapiVersion: netctl/v1\r\nhots: {}\r\n',
    ['2:1 unknown-key'],
  ],
  ['a merge conflict', A + '<<<<<<< HEAD\nhosts: {}\n=======\nhosts: {a: {}}\n>>>>>>> b\n', ['2:1 git-conflict']],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}
