// test/bench/raw.test.ts — the raw commands that netctl is measured against: each tool once, and only what somebody
// else would do.
import { expect, test } from 'vitest';
import { rawOf } from '../../bench/raw.ts';
import type { Op } from '../../src/core/resource.ts';

const ops: readonly Op[] = [
  { op: 'run', argv: ['iptables-restore', '-w', '5', '--noflush'], stdin: '*nat\nCOMMIT\n' },
  { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link add name br0 type bridge'] },
  { op: 'run', argv: ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1'] },
  { op: 'write', path: '/var/lib/n/hosts', text: "it's\n" },
  { op: 'edit', path: '/var/lib/n/names', remove: [], add: ['b'] },
  { op: 'remove', path: '/var/lib/n/old' },
  { op: 'write', path: '/run/n/dnsmasq.loaded', text: 'x\n' },
  { op: 'start', argv: ['dnsmasq', '--conf-file='], pidFile: '/run/n/dnsmasq.pid' },
  { op: 'batch', tool: ['arping'], lines: ['192.0.2.1'] },
  { op: 'batch', tool: ['ip', '-batch', '-'], lines: ['link set dev br0 up'] },
  { op: 'run', argv: ['iptables-restore', '-w', '5', '--noflush'], stdin: '*filter\nCOMMIT\n' },
  { op: 'signal', pidFile: '/run/n/dnsmasq.pid', signal: 'HUP' },
];

test('one restore, one batch, and no bookkeeping', () => {
  const { inputs, script } = rawOf(ops, {
    directory: '/in',
    bookkeeping: '/run/n',
    textAfter: (op) => (op.op === 'write' ? op.text : 'a\nb\n'),
  });
  expect(inputs).toEqual({
    rules: '*nat\nCOMMIT\n*filter\nCOMMIT\n',
    'batch-0': 'link add name br0 type bridge\nlink set dev br0 up\n',
    'batch-1': '192.0.2.1\n',
  });
  expect(script).toBe(`iptables-restore --noflush </in/rules
sysctl -q -w 'net.ipv4.ip_forward=1'
ip -batch - </in/batch-0
arping </in/batch-1
printf %s 'it'\\''s
' >/var/lib/n/hosts
printf %s 'a
b
' >/var/lib/n/names
rm -f /var/lib/n/old
dnsmasq '--conf-file='
read -r pid </run/n/dnsmasq.pid && kill -HUP "$pid"
`);
});

test('files that are there are not written', () => {
  expect(rawOf(ops, { directory: '/in', bookkeeping: '/run/n' }).script).not.toContain('/var/lib');
});

test('nothing to do is nothing', () => {
  expect(rawOf([], { directory: '/in', bookkeeping: '/run/n' })).toEqual({ inputs: {}, script: '' });
});
