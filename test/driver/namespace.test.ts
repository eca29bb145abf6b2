// test/driver/namespace.test.ts — which commands are taken into a namespace, and how.
import { expect, test } from 'vitest';
import { inNamespace } from '../../src/driver/namespace.ts';
import { renderScript } from '../../src/driver/script.ts';

test('a command goes into the namespace; what names namespaces is said where netctl runs', () => {
  expect(inNamespace(['ip', 'link', 'show'], 'h')).toEqual(['ip', '-n', 'h', 'link', 'show']);
  expect(inNamespace(['iptables-save'], 'h')).toEqual(['ip', 'netns', 'exec', 'h', 'iptables-save']);
  for (const verb of ['add', 'delete'])
    expect(inNamespace(['ip', 'netns', verb, 'netctl-r1'], 'h')).toEqual(['ip', 'netns', verb, 'netctl-r1']);
  expect(inNamespace(['ip', '-j', 'netns', 'list'], 'h')).toEqual(['ip', '-n', 'h', '-j', 'netns', 'list']);
});

test('a daemon is started in its namespace, in a script as well', () => {
  const start = { op: 'start', argv: ['dnsmasq'], pidFile: '/run/netctl/dnsmasq-a.pid' } as const;
  expect(renderScript([{ ...start, netns: 'netctl-r1' }], { netns: 'h' })).toContain(
    '\nip netns exec netctl-r1 dnsmasq\n',
  );
  expect(renderScript([start], { netns: 'h' })).toContain('\nip netns exec h dnsmasq\n');
});
