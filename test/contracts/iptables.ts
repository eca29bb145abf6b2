// test/contracts/iptables.ts — what netctl relies on in iptables-save and iptables-restore: the same on the fake and in
// both backends.
import { describe, expect, test } from 'vitest';
import { parseSave } from '../../src/kinds/chain/iptables/parse.ts';
import { chain } from '../../src/kinds/chain/model.ts';
import type { Rule } from '../../src/kinds/chain/model.ts';
import { renderSave } from '../../src/kinds/chain/iptables/render.ts';

/** A host without rules. */
export interface Bare {
  /** `iptables-restore -w 5 --noflush`; says whether it was accepted. */
  restore(text: string): boolean;
  /** `iptables-save` */
  save(): string;
}

const match: Rule['match'] = [
  { match: 'ctstate', states: ['INVALID'], not: true },
  { match: 'protocol', protocol: 'tcp', sourcePort: 1024, destinationPort: 53 },
  { match: 'out', link: 'br1', not: true },
  { match: 'in', link: 'br0' },
  { match: 'destination', cidr: '10.1.2.3/32' },
  { match: 'source', cidr: '10.0.0.0/8', not: true },
];
const rule = (more: Partial<Rule> = {}): Rule => ({
  rank: 0,
  match: [],
  then: { target: 'accept' },
  why: 'networks.lab',
  ...more,
});
const web: Rule['match'] = [
  { match: 'destination', cidr: '169.254.169.254/32' },
  { match: 'protocol', protocol: 'tcp', destinationPort: 80 },
];
const udp: Rule['match'] = [
  { match: 'out', link: 'br0' },
  { match: 'protocol', protocol: 'udp', destinationPort: 68 },
];

const chains = [
  chain('filter', 'netctl-b', []),
  chain('filter', 'netctl-a', [
    rule(),
    rule({ match }),
    rule({ match: udp }),
    rule({ then: { target: 'drop' } }),
    rule({ then: { target: 'return' } }),
    rule({ then: { target: 'jump', chain: 'netctl-b' } }),
    rule({ match: [{ match: 'ctstate', states: ['NEW', 'ESTABLISHED'] }] }),
    rule({
      match: [
        { match: 'in', link: 'br0' },
        { match: 'protocol', protocol: 'tcp', destinationPort: 8775 },
        { match: 'local' },
      ],
    }),
    rule({ match: [{ match: 'protocol', protocol: 'udp' }] }),
    rule({ why: `odd "quotes" \\ 'and' $signs \`here\` ü ${'x'.repeat(300)}` }),
    rule({ why: 'plain' }),
  ]),
  chain('filter', 'FORWARD', [rule({ then: { target: 'jump', chain: 'netctl-a' } })]),
  chain('mangle', 'netctl-m', [rule({ match: udp, then: { target: 'checksum-fill' } })]),
  chain('nat', 'netctl-in', [
    rule({ match: [...web, { match: 'in', link: 'br0' }], then: { target: 'dnat', to: '10.0.0.5:8775' } }),
    rule({ match: web, then: { target: 'redirect', port: 8775 } }),
    rule({ then: { target: 'dnat', to: '10.0.0.3' } }),
  ]),
  chain('nat', 'netctl-out', [
    rule({
      match: [
        { match: 'out', link: 'br0' },
        { match: 'every', nth: 3 },
      ],
      then: { target: 'snat', to: '203.0.113.8' },
    }),
    rule({
      match: [{ match: 'source', cidr: '10.0.0.0/24' }],
      then: { target: 'snat', to: '203.0.113.8-203.0.113.11' },
    }),
    rule({
      match: [
        { match: 'source', cidr: '10.0.0.0/24' },
        { match: 'ctstate', states: ['DNAT'], not: true },
      ],
    }),
  ]),
  chain('nat', 'POSTROUTING', [rule({ then: { target: 'jump', chain: 'netctl-out' } })]),
  chain('nat', 'PREROUTING', [rule({ then: { target: 'jump', chain: 'netctl-in' } })]),
];
const start = renderSave(chains);
const own = (save: string): readonly string[] =>
  renderSave(parseSave(save, {}).toSorted((a, b) => (`${a.table} ${a.name}` < `${b.table} ${b.name}` ? -1 : 1))).split(
    '\n',
  );

export function iptablesContract(name: string, bare: () => Bare): void {
  const started = (): Bare => {
    const host = bare();
    expect(host.restore(start)).toBe(true);
    return host;
  };
  const filter = (...lines: readonly string[]): string => ['*filter', ...lines, 'COMMIT', ''].join('\n');

  describe(name, () => {
    test('says nothing of tables that nobody has used', () =>
      expect(
        bare()
          .save()
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#')),
      ).toEqual([]));
    test('says every rule back as we write it', () => expect(own(started().save())).toEqual(start.split('\n')));
    test('adds to what is there', () => {
      const host = started();
      expect(host.restore(filter('-A netctl-b -j ACCEPT'))).toBe(true);
      expect(own(host.save())).toEqual(expect.arrayContaining(start.split('\n')));
    });

    describe('refuses, and leaves the table as it was:', () => {
      for (const [what, ...lines] of [
        ['a rule in no chain', '-A netctl-nowhere -j ACCEPT'],
        ['a jump to no chain', '-A netctl-b -j netctl-nowhere'],
        ['removing a chain that is jumped to', '-F netctl-b', '-X netctl-b'],
        ['removing a chain with rules', '-D FORWARD 1', '-X netctl-a'],
        ['removing, flushing a chain that is not there', '-X netctl-nowhere'],
        ['flushing a chain that is not there', '-F netctl-nowhere'],
        ['removing a rule that is not there', '-D netctl-a -i no -j DROP'],
        ['removing a number that is not there', '-D netctl-a 99'],
        ['inserting behind the end', '-I netctl-a 99 -j ACCEPT'],
        ['making a chain again', '-N netctl-a'],
        ['no end', ''],
      ] as const)
        test(what, () => {
          const host = started();
          const before = host.save();
          const text = filter('-A netctl-b -i first -j ACCEPT', ...lines);
          expect(host.restore(what === 'no end' ? text.replace('COMMIT\n', '') : text)).toBe(false);
          expect(own(host.save())).toEqual(own(before));
        });
    });

    describe('knows where an address can be translated:', () => {
      for (const [what, accepted, ...lines] of [
        ['a source behind routing', true, '-A netctl-out -j SNAT --to-source 203.0.113.9'],
        ['a source before it', false, '-A netctl-in -j SNAT --to-source 203.0.113.9'],
        ['a destination for what the host sends', true, '-A OUTPUT -j netctl-in'],
        ['a destination behind routing, by a jump', false, '-A netctl-out -j netctl-in'],
        ['a redirection behind routing', false, '-A netctl-out -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8775'],
        [
          'either in a chain that nobody jumps to',
          true,
          ':netctl-x - [0:0]',
          '-A netctl-x -j SNAT --to-source 203.0.113.9',
          '-A netctl-x -j DNAT --to-destination 10.0.0.3',
        ],
        ['a port without a protocol', false, '-A netctl-in -j DNAT --to-destination 10.0.0.3:80'],
        ['a port to redirect to without a protocol', false, '-A netctl-in -j REDIRECT --to-ports 80'],
      ] as const)
        test(`${what}: ${accepted ? 'accepted' : 'refused'}`, () =>
          expect(started().restore(`*nat\n${lines.join('\n')}\nCOMMIT\n`)).toBe(accepted));
      test('a source among what is filtered: refused', () =>
        expect(started().restore(filter('-A INPUT -j SNAT --to-source 203.0.113.9'))).toBe(false));
    });

    test('is atomic for each table only: the one before the refused one is in', () => {
      const host = started();
      expect(
        host.restore(`${filter('-A netctl-b -i first -j ACCEPT')}*nat\n-A netctl-nowhere -j ACCEPT\nCOMMIT\n`),
      ).toBe(false);
      expect(host.save()).toContain('-A netctl-b -i first -j ACCEPT');
    });

    describe('does', () => {
      const rows: readonly (readonly [what: string, lines: readonly string[], links: readonly string[]])[] = [
        [
          'insert at a number, counted from one',
          ['-I netctl-b 1 -i a -j ACCEPT', '-I netctl-b 2 -i c -j ACCEPT', '-I netctl-b 2 -i b -j ACCEPT'],
          ['a', 'b', 'c'],
        ],
        ['insert on top', ['-A netctl-b -i b -j ACCEPT', '-I netctl-b -i a -j ACCEPT'], ['a', 'b']],
        [
          'remove by number',
          [
            '-A netctl-b -i a -j ACCEPT',
            '-A netctl-b -i b -j ACCEPT',
            '-A netctl-b -i c -j ACCEPT',
            '-D netctl-b 3',
            '-D netctl-b 1',
          ],
          ['b'],
        ],
        [
          'empty a chain that is declared again, and keep jumps to it',
          ['-A netctl-b -i a -j ACCEPT', ':netctl-b - [0:0]', '-A netctl-b -i b -j ACCEPT'],
          ['b'],
        ],
        [
          'remove the first of two alike',
          [
            '-A netctl-b -i a -j ACCEPT',
            '-A netctl-b -i b -j ACCEPT',
            '-A netctl-b -i a -j ACCEPT',
            '-D netctl-b -i a -j ACCEPT',
          ],
          ['b', 'a'],
        ],
      ];
      for (const [what, lines, links] of rows)
        test(what, () => {
          const host = started();
          expect(host.restore(filter(...lines))).toBe(true);
          expect([...host.save().matchAll(/^-A netctl-b -i (\w+) -j ACCEPT$/gm)].map(([, link]) => link)).toEqual(
            links,
          );
        });
      test('remove a rule by what it says, its comment included', () => {
        const host = started();
        const [hook = ''] = /^-A FORWARD .*$/m.exec(host.save()) ?? [];
        expect(
          host.restore(
            filter(
              `-I FORWARD 1 ${hook.replace('-A FORWARD ', '').replace('networks.lab', 'networks.other')}`,
              hook.replace('-A', '-D'),
            ),
          ),
        ).toBe(true);
        expect([...host.save().matchAll(/^-A FORWARD .*$/gm)].map(([line]) => line)).toEqual([
          hook.replace('networks.lab', 'networks.other'),
        ]);
      });
      test('remove a rule with a comment full of quotes by what it says', () => {
        const host = started();
        expect(host.restore(filter('-A netctl-b -m comment --comment "a \\"b\\" \\\\ \\\'c\\\' $d" -j ACCEPT'))).toBe(
          true,
        );
        const [rule = ''] = /^-A netctl-b .*$/m.exec(host.save()) ?? [];
        expect(host.restore(filter(rule.replace('-A', '-D')))).toBe(true);
        expect(host.save()).not.toMatch(/^-A netctl-b /m);
      });
      test('remove all of ours, in chains that jump to each other', () => {
        const host = started();
        const unhook = (/^-A FORWARD .*$/m.exec(host.save())?.[0] ?? '').replace('-A', '-D');
        const nat = [...host.save().matchAll(/^-A P[A-Z]+ .*-j netctl-(?:in|out)$/gm)].map(([line]) =>
          line.replace('-A', '-D'),
        );
        expect(
          host.restore(
            `${filter(unhook, '-F netctl-b', '-F netctl-a', '-X netctl-b', '-X netctl-a')}*mangle\n-F netctl-m\n-X netctl-m\nCOMMIT\n*nat\n${nat.join('\n')}\n-F netctl-in\n-F netctl-out\n-X netctl-in\n-X netctl-out\nCOMMIT\n`,
          ),
        ).toBe(true);
        expect(parseSave(host.save(), {})).toEqual([]);
      });
    });
  });
}
