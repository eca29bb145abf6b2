// test/kernel/damaged-rules.ts — what is done to iptables rules of netctl's and of others behind its back.
import type { Damage } from './damages.ts';

/** `onHost` runs a command there, and has its output. */
export function damagesOfRules(onHost: (...argv: readonly string[]) => string): readonly Damage[] {
  const rule = (chain: string, at: number): string =>
    onHost('iptables-save')
      .split('\n')
      .filter((line) => line.startsWith(`-A ${chain} `) && line.includes('netctl'))
      [at]?.slice(chain.length + 4) ?? '';
  const words = (text: string): readonly string[] =>
    text.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];

  return [
    ['iptables -F', () => onHost('iptables', '-F'), /chain filter netctl-FORWARD/],
    [
      'iptables -F and -X',
      () => {
        onHost('iptables', '-F');
        onHost('iptables', '-X');
      },
      /missing chain filter netctl-INPUT/,
    ],
    ['iptables -t mangle -F', () => onHost('iptables', '-t', 'mangle', '-F'), /chain mangle POSTROUTING/],
    [
      'every hook deleted',
      () => {
        onHost('iptables', '-F', 'FORWARD');
        onHost('iptables', '-F', 'INPUT');
      },
      /missing chain filter FORWARD[^]*chain filter INPUT|chain filter INPUT[^]*chain filter FORWARD/,
    ],
    [
      'a hook twice',
      () => onHost('iptables', '-A', 'FORWARD', ...words(rule('FORWARD', 0))),
      /differs chain filter FORWARD/,
    ],
    [
      'a hook that lets only some in',
      () => onHost('iptables', '-R', 'FORWARD', '1', '-p', 'tcp', ...words(rule('FORWARD', 0))),
      /differs chain filter FORWARD/,
    ],
    [
      'rules in another order',
      () => {
        const first = rule('netctl-FORWARD', 0);
        onHost('iptables', '-D', 'netctl-FORWARD', '1');
        onHost('iptables', '-A', 'netctl-FORWARD', ...words(first));
      },
      /chain filter netctl-FORWARD in another order/,
    ],
    [
      'a rule edited under its comment',
      () =>
        onHost(
          'iptables',
          '-R',
          'netctl-FORWARD',
          '2',
          ...words(rule('netctl-FORWARD', 1).replace(/-j \w+/, '-j REJECT')),
        ),
      /differs chain filter netctl-FORWARD/,
    ],
    [
      'a rule of nobody in our chain',
      () => onHost('iptables', '-I', 'netctl-FORWARD', '-j', 'ACCEPT'),
      /differs chain filter netctl-FORWARD/,
    ],
    [
      'a chain of nobody with our prefix',
      () => onHost('iptables', '-N', 'netctl-old'),
      /not in spec chain filter netctl-old/,
    ],
    [
      'a chain of ours that others jump to',
      () => {
        onHost('iptables', '-N', 'netctl-old');
        onHost('iptables', '-A', 'netctl-old', '-j', 'netctl-FORWARD');
      },
      /not in spec chain filter netctl-old/,
    ],
    ['iptables -t nat -F', () => onHost('iptables', '-t', 'nat', '-F'), /chain nat netctl-snat/],
    [
      'iptables -t nat -F and -X',
      () => {
        onHost('iptables', '-t', 'nat', '-F');
        onHost('iptables', '-t', 'nat', '-X');
      },
      /missing chain nat netctl-POSTROUTING/,
    ],
    [
      'the rule of one floating address deleted',
      () => onHost('iptables', '-t', 'nat', '-D', 'netctl-dnat-203.0.113.64', '1'),
      /differs chain nat netctl-dnat-203\.0\.113\.64/,
    ],
    [
      'a floating address that leads to another',
      () => {
        onHost(
          'iptables',
          '-t',
          'nat',
          '-R',
          'netctl-dnat-203.0.113.64',
          '1',
          ...words(rule('netctl-dnat-203.0.113.64', 0).replace('192.168.50.2', '192.168.50.3')),
        );
      },
      /differs chain nat netctl-dnat-203\.0\.113\.64/,
    ],
    [
      'source NAT before the exemptions',
      () => onHost('iptables', '-t', 'nat', '-I', 'netctl-POSTROUTING', ...words(rule('netctl-snat', 1))),
      /differs chain nat netctl-POSTROUTING/,
    ],
  ];
}
