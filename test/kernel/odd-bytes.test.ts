// test/kernel/odd-bytes.test.ts — what others have named with quotes, control characters and bytes that are no text
// keeps netctl from nothing.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';
import { RunningWatch } from './watch/running.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24 }
instances:
  vm-1: { nics: [{ network: lab }] }
`;

let lab: Lab;

/** A shell can say bytes that are no text in an argument. */
function shell(script: string): void {
  const ended = spawnSync('ip', ['netns', 'exec', lab.host, 'bash', '-ec', script], { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${script}: ${ended.stderr}`);
}

function theirs(): string {
  const ended = spawnSync(
    'ip',
    [
      'netns',
      'exec',
      lab.host,
      'bash',
      '-ec',
      'ip -o link show | grep -av "br-lab\\|eth[12]\\|vm-"; ip route | grep -v br-lab; iptables-save | grep -aA4 "^-A FORWARD" | grep -av "netctl:"; nft list table inet odd',
    ],
    { encoding: 'latin1' },
  );
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended.stdout;
}

beforeAll(() => {
  lab = new Lab();
  shell(String.raw`
    ip link set eth2 alias $'up\x07link \x1b[31m"q"\\ \'s\' \xff\xfe\n7: br-lab: <BROADCAST>'
    ip link add $'x\x07"\\\'y' type bridge
    ip link set $'x\x07"\\\'y' alias $'\xc3\x28 %23 \xe2\x80\xae' up
    ip addr add 10.99.0.1/24 dev $'x\x07"\\\'y'
    ip route add 10.98.0.0/24 via 10.99.0.9 dev $'x\x07"\\\'y'
    ip link add $'\xff#q' type bridge
    ip link set $'\xff#q' up
    iptables -A FORWARD -i $'x\x07"\\\'y' -j ACCEPT
    iptables -A FORWARD -m comment --comment $'"it\'s" \\ \x07 \xff' -j ACCEPT
    iptables -A FORWARD -m comment --comment $'one\n-A netctl-FORWARD -j DROP\n:netctl-odd - [0:0]\nCOMMIT\n*nat' -j ACCEPT
    nft -f - <<<$'table inet odd {\n chain c {\n type filter hook forward priority 5;\n iifname "x*" accept comment "q\x1b[31m \\ \xff"\n }\n}\n'
  `);
  mkdirSync(lab.state('networks'), { recursive: true });
});
afterAll(() => {
  lab.close();
});

test('plan, apply and status work, a second apply has nothing to do, and nothing of theirs is touched', () => {
  const before = theirs();
  expect(lab.netctl(['plan'], { spec: SPEC })).toMatchObject({ code: 0 });
  must(lab.netctl(['apply', '--yes']));
  expect(must(lab.netctl(['apply', '--yes'])).out).toContain('nothing to do');
  expect(lab.netctl(['status'])).toMatchObject({ code: 0 });
  expect(
    lab.netctl(['apply', '--yes', '--atomic', '--rehearse'], {
      spec: SPEC.replace('}]', '}] }\n  vm-2: { nics: [{ network: lab }]'),
    }),
  ).toMatchObject({ code: 0 });
  expect(theirs()).toBe(before);
});

test('a watch heals while others come with odd names', async () => {
  const watch = new RunningWatch(lab);
  try {
    await watch.says('ready');
    for (const [odd, drift, healed] of [
      [
        String.raw`ip link set eth1 alias $'\x01\xff\x1b]0;owned\x07'`,
        'link del dev tap-vm-1',
        () => lab.ip(lab.host, '-o link show').includes('tap-vm-1'),
      ],
      [
        String.raw`ip link add $'\x02"\\' type bridge; ip link set $'\x02"\\' up; ip addr add 10.97.0.1/24 dev $'\x02"\\'`,
        'address del 192.168.50.1/24 dev br-lab',
        () => lab.ip(lab.host, '-o address show dev br-lab').includes('192.168.50.1/24'),
      ],
    ] as const) {
      shell(odd);
      lab.ip(lab.host, drift);
      await watch.until(healed, `${drift} is healed`);
    }
    expect(watch.said.filter(({ level }) => level === 'error')).toEqual([]);
  } finally {
    expect(await watch.end()).toBe(143);
  }
});

test('destroy gives the host back', () => {
  writeFileSync(lab.state('notes'), 'mine\n');
  must(lab.netctl(['destroy', '--yes']));
  expect(lab.rules().join('\n')).not.toContain(' netctl-snat');
});
