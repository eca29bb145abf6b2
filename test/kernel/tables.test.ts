// test/kernel/tables.test.ts — tables of iptables in nftables: what came with netctl's rules goes with them, and what
// iptables cannot read is said beforehand.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
beforeEach(() => {
  lab = new Lab();
});
afterEach(() => {
  lab.close();
});

const SPEC = 'apiVersion: netctl/v1\nnetworks:\n  lab: { mode: flat-dhcp, bridge: br-lab, cidr: 192.168.50.0/24 }\n';
const OUTSIDE = readFileSync(new URL('../../examples/outside-gateway.yaml', import.meta.url), 'utf8');

function given(commands: string): void {
  must(lab.in(lab.host, ['sh', '-e', '-c', commands]));
}

function ruleset(): string {
  return must(lab.in(lab.host, ['nft', '-s', 'list', 'ruleset'])).out;
}

const HOSTS = [
  ['of a host without rules', ':'],
  ['beside a rule in one chain of a table', 'iptables -t nat -A POSTROUTING -o x -j MASQUERADE'],
  [
    'beside rules and chains in several',
    'iptables -A INPUT -i x -j ACCEPT; iptables -t mangle -A FORWARD -j ACCEPT; iptables -t nat -N own; iptables -P FORWARD DROP',
  ],
  [
    'beside chains that nft has put there',
    'nft add table ip nat; nft add chain ip nat postrouting "{ type nat hook postrouting priority 100; }"; nft add rule ip nat postrouting oifname x masquerade',
  ],
  ["beside ebtables' rules", 'ebtables -t nat -A POSTROUTING -o x -j DROP; ebtables -A FORWARD -o x -j DROP'],
] as const;

describe('destroy leaves the tables', () => {
  for (const [what, commands] of HOSTS)
    for (const [name, spec] of [
      ['a network', SPEC],
      ['a gateway outside', OUTSIDE],
    ] as const) {
      test(`${what}, after ${name}`, () => {
        given(commands);
        const before = ruleset();
        must(lab.netctl(['apply', '--yes'], { spec }));
        expect(ruleset()).not.toBe(before);
        must(lab.netctl(['destroy', '--yes']));
        expect(ruleset()).toBe(before);
      });
    }

  test('of a host whose state directory is lost', () => {
    const before = ruleset();
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    rmSync(lab.path('state'), { recursive: true });
    must(lab.netctl(['destroy', '--yes']));
    expect(ruleset()).toBe(before);
  });

  const lose = (): void => {
    rmSync(lab.path('state'), { recursive: true });
  };
  test.each([
    ['the state directory is lost', lose],
    [
      'it was lost, and the spec applied again',
      () => {
        lose();
        must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
      },
    ],
    [
      'the first apply was by a netctl that did not record them',
      () => {
        const path = lab.state('generations/1/record.json');
        const record = JSON.parse(readFileSync(path, 'utf8')) as { readonly image: Record<string, unknown> };
        delete record.image['chains'];
        writeFileSync(path, JSON.stringify(record));
      },
    ],
  ])('in use by others, with empty chains and the commands that delete them: %s', (_name, happens) => {
    given('iptables -t nat -A POSTROUTING -o x -j MASQUERADE');
    const before = ruleset();
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    happens();
    const { code, err } = lab.netctl(['destroy', '--yes']);
    expect([code, err]).toEqual([0, expect.stringContaining('empty base chains are left: ') as string]);
    for (const [, commands] of err.matchAll(/hint: (nft delete .*), if nobody else needs (?:it|them)/g))
      given(commands ?? '');
    expect(ruleset()).toBe(before);
  });

  test('of a host whose state directory was lost, and that was applied again', () => {
    const before = ruleset();
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    rmSync(lab.path('state'), { recursive: true });
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    must(lab.netctl(['destroy', '--yes']));
    expect(ruleset()).toBe(before);
  });

  test("of a host that has nothing of netctl's, though they are empty", () => {
    given('iptables -t nat -A OUTPUT -j ACCEPT; iptables -t nat -D OUTPUT -j ACCEPT');
    const before = ruleset();
    expect(before).not.toBe('');
    must(lab.netctl(['destroy', '--yes']));
    expect(ruleset()).toBe(before);
  });

  test('of another who came meanwhile, and his chains', () => {
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
    given(
      'iptables -t nat -A PREROUTING -i x -j ACCEPT; nft add chain ip nat own; nft add chain ip filter idle "{ type filter hook input priority 5; }"',
    );
    must(lab.netctl(['destroy', '--yes']));
    expect(ruleset()).toMatch(/iifname "x" counter accept/);
    expect(ruleset()).toMatch(/chain own \{/);
    expect(ruleset()).toMatch(/chain idle \{/);
  });
});

describe('a table that holds what only nft can read', () => {
  const NATIVE =
    'nft -f - <<X\ntable ip nat {\n chain POSTROUTING {\n  type nat hook postrouting priority 100;\n  oifname "x" masquerade\n }\n}\nX\n';

  test('is said by plan, apply and status, with a way out', () => {
    given(NATIVE);
    const before = ruleset();
    for (const verb of ['plan', 'apply --yes', 'status']) {
      const { code, err } = lab.netctl(verb.split(' '), { spec: SPEC });
      expect([verb, code, err]).toEqual([
        verb,
        1,
        expect.stringMatching(
          /iptables-save .*the table ip nat, in which nft has put what it cannot read.*`table ip own_nat \{ … \}`/,
        ) as string,
      ]);
    }
    expect(ruleset()).toBe(before);
    given('nft delete table ip nat');
    must(lab.netctl(['apply', '--yes'], { spec: SPEC }));
  });

  test('is nothing to a host that has nothing of netctl', () => {
    given(NATIVE);
    must(lab.netctl(['destroy', '--yes']));
    must(lab.netctl(['apply', '--yes'], { spec: 'apiVersion: netctl/v1\nnetworks: {}\n' }));
  });

  for (const [tool, add, remove, spec] of [
    [
      'iptables-save',
      'nft add rule ip nat POSTROUTING oifname x masquerade',
      'nft flush chain ip nat POSTROUTING',
      SPEC,
    ],
    ['ebtables-nft-save', 'nft add rule bridge nat PREROUTING log', 'nft flush chain bridge nat PREROUTING', OUTSIDE],
  ] as const) {
    test(`is not taken for one without netctl's rules: ${tool}`, () => {
      must(lab.netctl(['apply', '--yes'], { spec }));
      given(add);
      const before = ruleset();
      for (const argv of [['apply', '--yes'], ['status'], ['destroy', '--yes']]) {
        const { code, err } = lab.netctl(argv, argv[0] === 'destroy' ? {} : { spec });
        expect([argv[0], code, err]).toEqual([
          argv[0],
          1,
          expect.stringContaining(`${tool} failed: it does not show the table `) as string,
        ]);
      }
      expect(ruleset()).toBe(before);
      given(remove);
      must(lab.netctl(['apply', '--yes'], { spec }));
      must(lab.netctl(['destroy', '--yes']));
      expect(ruleset()).not.toContain('netctl');
    });
  }
});
