// test/kinds/chain/iptables/value.test.ts — what a rule says that was read: of ours all, of others' what could be ours.
import { describe, expect, test } from 'vitest';
import { valueOf } from '../../../../src/kinds/chain/iptables/value.ts';
import type { Said } from '../../../../src/kinds/chain/rule.ts';
import { inOneOrder } from '../../../../src/kinds/chain/tag.ts';
import { ROWS } from '../rows.ts';

describe('each of ours is read as what was written', () => {
  for (const [name, match, then, text] of ROWS)
    test(name, () => expect(valueOf(text)).toEqual({ match: inOneOrder(match), then, why: 'networks.lab' }));
});

describe("others'", () => {
  const accept = { target: 'accept' } as const;
  const other = (words: string): Said['match'][number] => ({ match: 'other', words });
  const rows: readonly (readonly [string, Said])[] = [
    [
      '-i br-lab -j LOG --log-prefix "in: "',
      { match: [{ match: 'in', link: 'br-lab' }], then: { target: 'other', name: 'LOG' }, why: '' },
    ],
    ['-j SNAT --to-source 10.0.0.1 --random', { match: [], then: { target: 'other', name: 'SNAT' }, why: '' }],
    ['-j REDIRECT --to-ports 80-90', { match: [], then: { target: 'other', name: 'REDIRECT' }, why: '' }],
    ['-j DOCKER', { match: [], then: { target: 'other', name: 'DOCKER' }, why: '' }],
    [
      '-s 10.0.0.0/8',
      { match: [{ match: 'source', cidr: '10.0.0.0/8' }], then: { target: 'other', name: 'a rule' }, why: '' },
    ],
    ['! -p tcp -j ACCEPT', { match: [other('! -p tcp')], then: accept, why: '' }],
    [
      '-p sctp -m sctp --dport 5 -j ACCEPT',
      { match: [other('-p sctp'), other('-m sctp'), other('--dport 5')], then: accept, why: '' },
    ],
    [
      '-p tcp -m tcp --dport 1:9 -j ACCEPT',
      { match: [{ match: 'protocol', protocol: 'tcp' }, other('--dport 1:9')], then: accept, why: '' },
    ],
    [
      '-p tcp -m tcp ! --dport 9 -j ACCEPT',
      { match: [{ match: 'protocol', protocol: 'tcp' }, other('! --dport 9')], then: accept, why: '' },
    ],
    ['-m addrtype ! --dst-type LOCAL -j ACCEPT', { match: [other('! --dst-type LOCAL')], then: accept, why: '' }],
    [
      '-m set --match-set s src -j ACCEPT',
      { match: [other('-m set'), other('--match-set s src')], then: accept, why: '' },
    ],
    [
      '-m statistic --mode random --probability 0.1 -j ACCEPT',
      { match: [other('--mode random'), other('--probability 0.1')], then: accept, why: '' },
    ],
    ['-f -j ACCEPT', { match: [other('-f')], then: accept, why: '' }],
    ['-m comment --comment "-j DROP" -j ACCEPT', { match: [], then: accept, why: '-j DROP' }],
    ['-m comment --comment ! -j ACCEPT', { match: [], then: accept, why: '!' }],
  ];
  for (const [text, said] of rows) test(text, () => expect(valueOf(text)).toEqual(said));
});
