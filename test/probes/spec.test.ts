// test/probes/spec.test.ts — probes: as what they are read, and each mistake with the line and column where it is
// shown.
import { expect, test } from 'vitest';
import { probes } from '../../src/probes/keys.ts';
import type { AskedFor, Target } from '../../src/probes/model.ts';
import { readSpec } from '../specfile/read-spec.ts';
import { A, problemsOf } from '../specfile/problems.ts';

function probesOf(...texts: readonly string[]): readonly AskedFor[] {
  const read = readSpec(texts.map((text, i) => ({ file: `${i}.yaml`, text: A + text })));
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  return probes.of(read.spec).asked;
}

const one = (text: string): string => `${A}probes: [{ ${text} }]\n`;

for (const [text, target] of [
  ['ping: 203.0.113.1', { kind: 'ping', host: '203.0.113.1' }],
  ['ping: "2001:DB8:0::1"', { kind: 'ping', host: '2001:db8::1' }],
  ['ping: "fe80::1%eth1"', { kind: 'ping', host: 'fe80::1%eth1' }],
  ['ping: Gateway.example.org.', { kind: 'ping', host: 'gateway.example.org' }],
  ['tcp: "10.9.8.7:443"', { kind: 'tcp', host: '10.9.8.7', port: 443 }],
  ['tcp: "[2001:db8::7]:22"', { kind: 'tcp', host: '2001:db8::7', port: 22 }],
  ['tcp: "db:5432"', { kind: 'tcp', host: 'db', port: 5432 }],
  ['dns: _imap._tcp.example.org', { kind: 'dns', name: '_imap._tcp.example.org' }],
  ['dns: example.org, server: 192.0.2.53', { kind: 'dns', name: 'example.org', server: '192.0.2.53' }],
  ['dns: example.org, server: "2001:db8::53"', { kind: 'dns', name: 'example.org', server: '[2001:db8::53]' }],
  [
    'dns: example.org, server: "[2001:db8::53]:5353"',
    { kind: 'dns', name: 'example.org', server: '[2001:db8::53]:5353' },
  ],
  ['http: "http://10.9.8.7"', { kind: 'http', url: 'http://10.9.8.7/' }],
  [
    'http: "https://a.example.org:8443/health?x=1", status: 204',
    { kind: 'http', url: 'https://a.example.org:8443/health?x=1', status: 204 },
  ],
] as const satisfies readonly (readonly [string, Target])[]) {
  test(`reads ${text}`, () => {
    expect(probesOf(`probes: [{ ${text} }]\n`)).toEqual([{ path: ['probes', 0], target, timeout: 2_000 }]);
  });
}

test('a timeout in seconds or milliseconds, and the host that asks', () => {
  expect(
    probesOf(
      'hosts: { h1: {}, h2: {} }\nprobes:\n  - { ping: 10.0.0.1, timeout: 500ms, host: h2 }\n  - { ping: 10.0.0.1, timeout: 30s, host: h1 }\n',
    ),
  ).toMatchObject([
    { timeout: 500, host: 'h2' },
    { timeout: 30_000, host: 'h1' },
  ]);
});

test('those of several documents are one list', () => {
  expect(probesOf('probes: [{ ping: 10.0.0.1 }]\n', 'probes: [{ ping: 10.0.0.2 }]\n').map(({ path }) => path)).toEqual([
    ['probes', 0],
    ['probes', 1],
  ]);
});

for (const [name, text, problems] of [
  ['a map for the list', A + 'probes: { ping: 10.0.0.1 }\n', ['2:9 wrong-type']],
  ['a number for an address', one('ping: 10'), ['2:18 wrong-type']],
  ['nothing that is asked', one('timeout: 1s'), ['2:10 probe-unclear']],
  ['two things at once', one('ping: 10.0.0.1, tcp: "10.0.0.1:22"'), ['2:33 probe-unclear, also 2:18']],
  [
    'a key that is none, and the rest checked',
    one('pin: 10.0.0.1, tcp: x'),
    ['2:12 unknown-key', '2:32 bad-probe-endpoint'],
  ],
  ['a key that is none, and nothing else', one('pin: 10.0.0.1'), ['2:12 unknown-key']],
  ['an address that is none', one('ping: 10.0.0.256'), ['2:18 bad-probe-host']],
  ['a name with a blank', one('ping: "a b"'), ['2:18 bad-probe-host']],
  ['a name that is empty', one('ping: ""'), ['2:18 bad-probe-host']],
  ['an address with a port', one('ping: "10.0.0.1:80"'), ['2:18 bad-probe-host']],
  ['an address with a length', one('ping: 10.0.0.1/24'), ['2:18 bad-probe-host']],
  ['a link-local address of no link', one('ping: "fe80::1"'), ['2:18 bad-probe-host']],
  ['no port', one('tcp: 10.0.0.1'), ['2:17 bad-probe-endpoint']],
  ['a port that is none', one('tcp: "10.0.0.1:65536"'), ['2:17 bad-probe-endpoint']],
  ['a port of nobody', one('tcp: ":443"'), ['2:17 bad-probe-endpoint']],
  ['IPv6 without brackets', one('tcp: "2001:db8::7:443"'), ['2:17 bad-probe-endpoint']],
  ['a name in brackets', one('tcp: "[db]:443"'), ['2:17 bad-probe-endpoint']],
  ['an address that DNS is asked for', one('dns: 10.0.0.1'), ['2:17 bad-probe-name']],
  ['a server by name', one('dns: example.org, server: ns1'), ['2:38 bad-probe-server']],
  ['a URL of another kind', one('http: "ftp://10.0.0.1/"'), ['2:18 bad-probe-url']],
  ['a URL without its host', one('http: "http://"'), ['2:18 bad-probe-url']],
  ['a URL with a password', one('http: "http://me:secret@10.0.0.1/"'), ['2:18 bad-probe-url']],
  ['a status that is none', one('http: "http://10.0.0.1/", status: 600'), ['2:46 out-of-range']],
  ['a timeout without a unit', one('ping: 10.0.0.1, timeout: "2"'), ['2:37 bad-timeout']],
  ['a timeout too short', one('ping: 10.0.0.1, timeout: 99ms'), ['2:37 bad-timeout']],
  ['a timeout too long', one('ping: 10.0.0.1, timeout: 31s'), ['2:37 bad-timeout']],
  ['a server for a ping', one('ping: 10.0.0.1, server: 10.0.0.2'), ['2:36 no-effect']],
  ['a status for a port', one('tcp: "10.0.0.1:1", status: 200'), ['2:39 no-effect']],
  [
    'a host that nothing defines',
    A + 'hosts: { h1: {} }\nprobes: [{ ping: 10.0.0.1, host: h2 }]\n',
    ['3:34 unknown-host'],
  ],
  [
    'the same twice',
    A + 'probes:\n  - { ping: "2001:db8::1" }\n  - { ping: "2001:db8:0::1", timeout: 1s }\n',
    ['4:5 probe-twice, also 3:5'],
  ],
  [
    'the same by all and by one',
    A + 'hosts: { h1: {} }\nprobes:\n  - { ping: 10.0.0.1, host: h1 }\n  - { ping: 10.0.0.1 }\n',
    ['5:5 probe-twice, also 4:5'],
  ],
  [
    'more than are asked at once',
    `${A}probes:\n${Array.from({ length: 101 }, (_, i) => `  - { ping: 10.0.0.${i} }\n`).join('')}`,
    ['103:5 too-many-probes'],
  ],
] as const) {
  test(name, () => {
    expect(problemsOf(text)).toEqual(problems);
  });
}

test('a mistake in the second document is shown there, whatever was cut out of the first', () => {
  expect(
    problemsOf(`${A}probes: [7, { ping: 10.0.0.1 }]\n`, `${A}probes: [{ ping: 10.0.0.2 }, { ping: 10.0.0 }]\n`),
  ).toEqual(['1.yaml:2:10 wrong-type', '2.yaml:2:38 bad-probe-host']);
});
