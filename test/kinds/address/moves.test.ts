// test/kinds/address/moves.test.ts — addresses that go from an interface to its bridge and back.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../src/core/resource.ts';
import { address } from '../../../src/kinds/address/index.ts';
import type { Address } from '../../../src/kinds/address/model.ts';

describe('of addresses that move', () => {
  const gone = (link: string, cidr: string, rest: Partial<Address> = {}): Change<Address> => ({
    verb: 'delete',
    ref: `address ${link} ${cidr}`,
    before: { kind: 'address', link, cidr, goes: true, ...rest },
  });
  const made = (link: string, cidr: string, rest: Partial<Address> = {}): Change<Address> => ({
    verb: 'create',
    ref: `address ${link} ${cidr}`,
    after: { kind: 'address', link, cidr, movedFrom: 'eth1', ...rest },
  });
  const [a, b] = ['192.0.2.5/24', '192.0.2.6/24'];
  for (const [name, changes, lines] of [
    [
      'those on the bridge come before those on the interface go',
      [
        made('br-lab', a),
        made('br-lab', b),
        gone('eth1', b, { borrowed: true, comesAfter: a }),
        gone('eth1', a, { borrowed: true }),
      ],
      [[`+ br-lab ${a}`, `+ br-lab ${b}`, `- eth1 ${b}`, `- eth1 ${a}`]],
    ],
    [
      'one between two goes with them, one beside them by itself',
      [
        made('br-lab', a),
        made('br-lab', b),
        gone('eth1', a),
        gone('eth1', '10.0.0.7/32', { comesAfter: a }),
        gone('eth1', b, { comesAfter: '10.0.0.7/32' }),
        gone('eth1', '10.0.0.8/32', { comesAfter: b }),
      ],
      [[`+ br-lab ${a}`, `+ br-lab ${b}`, `- eth1 ${b}`, '- eth1 10.0.0.7/32', `- eth1 ${a}`], ['- eth1 10.0.0.8/32']],
    ],
    [
      'one that is in two places goes from both',
      [made('br-lab', a), gone('eth1', a), gone('br-old', a)],
      [[`+ br-lab ${a}`, `- eth1 ${a}`, `- br-old ${a}`]],
    ],
    [
      'what is the first of its bridge comes before what arrives from another',
      [made('br-b', '10.0.0.1/24', { first: true }), made('br-b', a), gone('br-a', a)],
      [['+ br-b 10.0.0.1/24', `+ br-b ${a}`, `- br-a ${a}`]],
    ],
    [
      'one that gets another length is there before the old one goes',
      [made('br-lab', '192.0.2.5/25'), gone('br-lab', a)],
      [['+ br-lab 192.0.2.5/25', `- br-lab ${a}`]],
    ],
    [
      'with the first, before those that it is before',
      [made('br-lab', '10.0.0.1/24', { first: true }), made('br-lab', '192.0.2.5/25'), gone('br-lab', a)],
      [['+ br-lab 10.0.0.1/24', '+ br-lab 192.0.2.5/25', `- br-lab ${a}`]],
    ],
    [
      'one in whose network the first is goes before another has a network to itself',
      [made('br-lab', '192.0.2.6/25', { first: true }), made('br-lab', a), gone('br-lab', '192.0.2.5/25')],
      [['+ br-lab 192.0.2.6/25', '- br-lab 192.0.2.5/25', '+ br-lab 192.0.2.6/25', `+ br-lab ${a}`]],
    ],
    [
      'not where that comes into the network of one that goes later',
      [
        made('br-lab', '192.0.2.6/25', { first: true }),
        made('br-lab', a),
        gone('br-lab', '192.0.2.5/25'),
        gone('br-lab', b),
      ],
      [['+ br-lab 192.0.2.6/25', `+ br-lab ${a}`, '- br-lab 192.0.2.5/25', `- br-lab ${b}`]],
    ],
    [
      'another address of its link goes by itself',
      [made('br-lab', '192.0.2.7/25'), gone('br-lab', a)],
      [['+ br-lab 192.0.2.7/25'], [`- br-lab ${a}`]],
    ],
  ] as const satisfies readonly (readonly [string, readonly Change<Address>[], readonly (readonly string[])[]])[]) {
    test(name, () => {
      const shown = (line: string): string =>
        line.replace(
          /^address (del|replace) (\S+) (?:metric 117 )?dev (\S+)$/,
          (_, verb: string, cidr: string, link: string) => `${verb === 'del' ? '-' : '+'} ${link} ${cidr}`,
        );
      expect(
        address.steps(changes).map(({ ops }) => ops.flatMap((op) => (op.op === 'batch' ? op.lines.map(shown) : []))),
      ).toEqual(lines);
    });
  }
});
