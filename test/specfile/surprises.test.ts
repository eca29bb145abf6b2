// test/specfile/surprises.test.ts — what YAML does behind one's back: each mistake, and the line and column where it is
// shown.
import { expect, test } from 'vitest';
import { problemsOf, A, lab, vm } from './problems.ts';

for (const [name, text, problems] of [
  ['a number with a leading zero', A + 'defaults:\n  mtu: 010\n', ['3:8 yaml-number']],
  ['a hexadecimal number', A + 'defaults:\n  mtu: 0x5DC\n', ['3:8 yaml-number']],
  ['an octal number', A + 'defaults:\n  mtu: 0o2734\n', ['3:8 yaml-number']],
  ['a number with an exponent', A + 'defaults:\n  mtu: 1e3\n', ['3:8 yaml-number']],
  ['a version as a project', lab('    project: 1.10\n'), ['6:14 yaml-number']],
  ['a number as a hostname', A + 'instances: { vm: { hostname: 42 } }\n', ['2:30 wrong-type']],
  ['a truth value as a hostname', A + 'instances: { vm: { hostname: true } }\n', ['2:30 wrong-type']],
  ['a name that is a number', A + 'hosts:\n  1.10: {}\n', ['3:3 yaml-key']],
  ['a name that is null', A + 'hosts:\n  ~: {}\n', ['3:3 yaml-key']],
  ['a key that is a map', A + 'hosts:\n  ? { a: 1 }\n  : {}\n', ['3:5 yaml-key']],
  ['a MAC without colons', vm('        mac: 525400123456\n'), ['10:14 wrong-type']],
  [
    'a MAC that YAML 1.1 reads as a number',
    '%YAML 1.1\n---\n' + vm('        mac: 52:54:00:12:34:56\n'),
    ['12:14 yaml-number'],
  ],
  ['a no that YAML 1.1 reads as false', '%YAML 1.1\n---\n' + lab('    snat: no\n'), ['8:11 yaml-boolean']],
  ['a date that YAML 1.1 reads as one', '%YAML 1.1\n---\n' + lab('    project: 2026-11-20\n'), ['8:14 yaml-type']],
  [
    'a merge key',
    A + 'defaults: &d { mtu: 1400 }\nnetworks:\n  lab:\n    <<: *d\n    mode: flat-dhcp\n    cidr: 10.0.0.0/24\n',
    ['5:5 yaml-merge-key'],
  ],
  ['a merge key of YAML 1.1', '%YAML 1.1\n---\n' + A + 'defaults:\n  <<: { mtu: 1400 }\n', ['5:3 yaml-merge-key']],
  ['a duplicate key, both places shown', A + 'defaults:\n  mtu: 1400\n  mtu: 1500\n', ['4:3 duplicate-key, also 3:3']],
  ['a name twice in one document', A + 'hosts:\n  a: {}\n  b: {}\n  a: {}\n', ['5:3 duplicate-key, also 3:3']],
  ['an alias of nothing', A + 'defaults: *none\n', ['2:11 yaml-alias']],
  ['an alias within itself', A + 'hosts: &h\n  a: *h\n', ['3:6 yaml-alias']],
  [
    'an alias bomb',
    A +
      'pools:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n  b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n  c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n  d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n  e: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n',
    ['3:9 wrong-type', '4:9 wrong-type', '5:9 wrong-type', '6:9 wrong-type', '7:6 wrong-type', '7:7 yaml-alias'],
  ],
  ['a tag', A + 'defaults: { domain: !secret x }\n', ['2:21 yaml-tag']],
  [
    'a comma that splits an option in two',
    lab('    dhcp: { options: [option:ntp-server,10.0.0.1] }\n'),
    ['6:23 bad-dhcp-option', '6:41 bad-dhcp-option'],
  ],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}
