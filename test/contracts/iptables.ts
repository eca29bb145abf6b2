// test/contracts/iptables.ts — what netctl relies on in iptables-save and iptables-restore: the same on the fake and in both backends.
import { describe, expect, test } from 'vitest';
import { parseSave } from '../../src/kinds/chain/parse.ts';
import type { Rule } from '../../src/kinds/chain/model.ts';
import { chain, renderSave } from '../../src/kinds/chain/render.ts';

/** A host without rules. */
export interface Bare {
  /** `iptables-restore -w 5 --noflush`; says whether it was accepted. */
  restore(text: string): boolean;
  /** `iptables-save` */
  save(): string;
}

const match: Rule['match'] = [
  { match: 'ctstate', states: ['INVALID'], not: true }, { match: 'protocol', protocol: 'tcp', sourcePort: 1024, destinationPort: 53 },
  { match: 'out', link: 'br1', not: true }, { match: 'in', link: 'br0' }, { match: 'destination', cidr: '10.1.2.3/32' }, { match: 'source', cidr: '10.0.0.0/8', not: true },
];
const rule = (more: Partial<Rule> = {}): Rule => ({ rank: 0, match: [], then: { target: 'accept' }, why: 'networks.lab', ...more });
const udp: Rule['match'] = [{ match: 'out', link: 'br0' }, { match: 'protocol', protocol: 'udp', destinationPort: 68 }];

const chains = [
  chain('filter', 'netctl-b', []),
  chain('filter', 'netctl-a', [
    rule(), rule({ match }), rule({ match: udp }), rule({ then: { target: 'drop' } }), rule({ then: { target: 'return' } }), rule({ then: { target: 'jump', chain: 'netctl-b' } }),
    rule({ match: [{ match: 'ctstate', states: ['NEW', 'ESTABLISHED'] }] }), rule({ match: [{ match: 'protocol', protocol: 'udp' }] }),
    rule({ why: `odd "quotes" \\ 'and' $signs \`here\` ü ${'x'.repeat(300)}` }), rule({ why: 'plain' }),
  ]),
  chain('filter', 'FORWARD', [rule({ then: { target: 'jump', chain: 'netctl-a' } })]),
  chain('mangle', 'netctl-m', [rule({ match: udp, then: { target: 'checksum-fill' } })]),
  chain('nat', 'netctl-n', []),
];
const start = renderSave(chains);
const own = (save: string): readonly string[] => renderSave(parseSave(save, {}).toSorted((a, b) => (`${a.table} ${a.name}` < `${b.table} ${b.name}` ? -1 : 1))).split('\n');

export function iptablesContract(name: string, bare: () => Bare): void {
  const started = (): Bare => {
    const host = bare();
    expect(host.restore(start)).toBe(true);
    return host;
  };
  const filter = (...lines: readonly string[]): string => ['*filter', ...lines, 'COMMIT', ''].join('\n');

  describe(name, () => {
    test('says nothing of tables that nobody has used', () => expect(bare().save().split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]));
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
      ] as const) test(what, () => {
        const host = started();
        const before = host.save();
        const text = filter('-A netctl-b -i first -j ACCEPT', ...lines);
        expect(host.restore(what === 'no end' ? text.replace('COMMIT\n', '') : text)).toBe(false);
        expect(own(host.save())).toEqual(own(before));
      });
    });

    test('is atomic for each table only: the one before the refused one is in', () => {
      const host = started();
      expect(host.restore(`${filter('-A netctl-b -i first -j ACCEPT')}*nat\n-A netctl-nowhere -j ACCEPT\nCOMMIT\n`)).toBe(false);
      expect(host.save()).toContain('-A netctl-b -i first -j ACCEPT');
    });

    describe('does', () => {
      const rows: readonly (readonly [what: string, lines: readonly string[], links: readonly string[]])[] = [
        ['insert at a number, counted from one', ['-I netctl-b 1 -i a -j ACCEPT', '-I netctl-b 2 -i c -j ACCEPT', '-I netctl-b 2 -i b -j ACCEPT'], ['a', 'b', 'c']],
        ['insert on top', ['-A netctl-b -i b -j ACCEPT', '-I netctl-b -i a -j ACCEPT'], ['a', 'b']],
        ['remove by number', ['-A netctl-b -i a -j ACCEPT', '-A netctl-b -i b -j ACCEPT', '-A netctl-b -i c -j ACCEPT', '-D netctl-b 3', '-D netctl-b 1'], ['b']],
        ['empty a chain that is declared again, and keep jumps to it', ['-A netctl-b -i a -j ACCEPT', ':netctl-b - [0:0]', '-A netctl-b -i b -j ACCEPT'], ['b']],
        ['remove the first of two alike', ['-A netctl-b -i a -j ACCEPT', '-A netctl-b -i b -j ACCEPT', '-A netctl-b -i a -j ACCEPT', '-D netctl-b -i a -j ACCEPT'], ['b', 'a']],
      ];
      for (const [what, lines, links] of rows) test(what, () => {
        const host = started();
        expect(host.restore(filter(...lines))).toBe(true);
        expect([...host.save().matchAll(/^-A netctl-b -i (\w+) -j ACCEPT$/gm)].map(([, link]) => link)).toEqual(links);
      });
      test('remove a rule by what it says, its comment included', () => {
        const host = started();
        const [hook = ''] = /^-A FORWARD .*$/m.exec(host.save()) ?? [];
        expect(host.restore(filter(`-I FORWARD 1 ${hook.replace('-A FORWARD ', '').replace('networks.lab', 'networks.other')}`, hook.replace('-A', '-D')))).toBe(true);
        expect([...host.save().matchAll(/^-A FORWARD .*$/gm)].map(([line]) => line)).toEqual([hook.replace('networks.lab', 'networks.other')]);
      });
      test('remove a rule with a comment full of quotes by what it says', () => {
        const host = started();
        expect(host.restore(filter('-A netctl-b -m comment --comment "a \\"b\\" \\\\ \\\'c\\\' $d" -j ACCEPT'))).toBe(true);
        const [rule = ''] = /^-A netctl-b .*$/m.exec(host.save()) ?? [];
        expect(host.restore(filter(rule.replace('-A', '-D')))).toBe(true);
        expect(host.save()).not.toMatch(/^-A netctl-b /m);
      });
      test('remove all of ours, in chains that jump to each other', () => {
        const host = started();
        const unhook = (/^-A FORWARD .*$/m.exec(host.save())?.[0] ?? '').replace('-A', '-D');
        expect(host.restore(`${filter(unhook, '-F netctl-b', '-F netctl-a', '-X netctl-b', '-X netctl-a')}*mangle\n-F netctl-m\n-X netctl-m\nCOMMIT\n*nat\n-X netctl-n\nCOMMIT\n`)).toBe(true);
        expect(parseSave(host.save(), {})).toEqual([]);
      });
    });
  });
}
