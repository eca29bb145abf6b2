// test/driver/script.test.ts — ops as a person reads them in a shell script.
import { describe, expect, test } from 'vitest';
import type { Op } from '../../src/core/resource.ts';
import { renderOps, renderScript } from '../../src/driver/script.ts';

const rows: readonly (readonly [string, readonly Op[], string])[] = [
  [
    'a batch',
    [{ op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link add name br1 type bridge', 'link set dev br1 up'] }],
    `
ip -batch - <<'END'
link add name br1 type bridge
link set dev br1 up
END`,
  ],
  [
    'neighbouring batches, as one',
    [
      { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['a'] },
      { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['b'] },
    ],
    `
ip -batch - <<'END'
a
b
END`,
  ],
  [
    'batches of two namespaces',
    [
      { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['a'] },
      { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['b'], netns: 'g1' },
    ],
    `
ip -batch - <<'END'
a
END
ip -n g1 -batch - <<'END'
b
END`,
  ],
  [
    'a text that holds the end',
    [{ op: 'run', argv: ['iptables-restore', '--noflush'], stdin: 'a\nEND\nEND_\n' }],
    `
iptables-restore --noflush <<'END__'
a
END
END_
END__`,
  ],
  [
    'a command in a namespace',
    [{ op: 'run', argv: ['sysctl', '-q', '-w', 'a=1'], netns: 'g1' }],
    `
ip netns exec g1 sysctl -q -w a=1`,
  ],
  [
    'odd words',
    [{ op: 'run', argv: ['a=b', '', "it's", '$x', '~', 'a b', 'ü', '*'] }],
    `
'a=b' '' 'it'\\''s' '$x' '~' 'a b' 'ü' '*'`,
  ],
  [
    'a release, and how it is heard',
    [
      {
        op: 'run',
        argv: ['dhcp_release', 'br1', '10.0.0.3', '02:00:00:00:00:01'],
        until: { path: '/var/leases', lacks: ' 10.0.0.3 ' },
      },
    ],
    `
dhcp_release br1 10.0.0.3 02:00:00:00:00:01
for wait in 1 2 3 4 5 6 7 8 9 10; do grep -qsF -e ' 10.0.0.3 ' /var/leases || break; sleep 0.5; done`,
  ],
  [
    'a file',
    [{ op: 'write', path: '/var/lib/netctl/a', text: 'x\n' }],
    `
(umask 0077; mkdir -p -- /var/lib/netctl)
cat > /var/lib/netctl/a.new <<'END'
x
END
chmod 0600 /var/lib/netctl/a.new
mv -f -- /var/lib/netctl/a.new /var/lib/netctl/a`,
  ],
  [
    'a file for others, empty',
    [{ op: 'write', path: '/var/lib/netctl/a b', text: '', mode: 0o644, directoryMode: 0o711 }],
    `
(umask 0066; mkdir -p -- /var/lib/netctl)
: > '/var/lib/netctl/a b.new'
chmod 0644 '/var/lib/netctl/a b.new'
mv -f -- '/var/lib/netctl/a b.new' '/var/lib/netctl/a b'`,
  ],
  [
    'lines of a file',
    [{ op: 'edit', path: '/var/lib/netctl/a', remove: ['x y'], add: ['z', "it's"] }],
    `
{ { grep -vxF -e 'x y' -- /var/lib/netctl/a || :; }; printf '%s\\n' z 'it'\\''s'; } | LC_ALL=C sort -u > /var/lib/netctl/a.new
chmod 0600 /var/lib/netctl/a.new
mv -f -- /var/lib/netctl/a.new /var/lib/netctl/a`,
  ],
  [
    'lines more',
    [{ op: 'edit', path: '/a', remove: [], add: ['z'], mode: 0o644 }],
    `
{ cat -- /a; printf '%s\\n' z; } | LC_ALL=C sort -u > /a.new
chmod 0644 /a.new
mv -f -- /a.new /a`,
  ],
  [
    'a file removed',
    [{ op: 'remove', path: '/var/lib/netctl/a' }],
    `
rm -f -- /var/lib/netctl/a`,
  ],
  [
    'a daemon',
    [{ op: 'start', argv: ['dnsmasq', '--conf-file='], pidFile: '/run/netctl/a.pid' }],
    `
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file=`,
  ],
  [
    'a signal',
    [{ op: 'signal', pidFile: '/run/netctl/a.pid', signal: 'TERM' }],
    `
tell TERM /run/netctl/a.pid`,
  ],
  [
    'a daemon that goes on',
    [{ op: 'signal', pidFile: '/run/netctl/a.pid', signal: 'CONT' }],
    `
tell CONT /run/netctl/a.pid`,
  ],
];

describe('renders', () => {
  for (const [name, ops, text] of rows) test(name, () => expect(`\n${renderOps(ops).join('\n')}`).toBe(text));
});

test('a whole script stops at the first failure, and says on top what it is', () => {
  expect(renderScript([{ op: 'remove', path: '/a' }], { header: 'one\n\ntwo' })).toBe(
    '#!/bin/sh\n# one\n#\n# two\nset -e\nrm -f -- /a\n',
  );
});

test('a script for a namespace goes there with every command', () => {
  const ops: readonly Op[] = [
    { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['a'] },
    { op: 'start', argv: ['dnsmasq'], pidFile: '/run/a.pid' },
  ];
  expect(renderOps(ops, 'lab').join('\n')).toBe(
    "ip -n lab -batch - <<'END'\na\nEND\n(umask 0077; mkdir -p -- /run)\nip netns exec lab dnsmasq",
  );
});
