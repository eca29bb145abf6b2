// test/uplinks/format.test.ts — policy rules as `ip -N -j rule` says them, in words that `ip rule add` takes.
import { expect, test } from 'vitest';
import { ruleWords } from '../../src/uplinks/format.ts';

test('all that a rule asks, and what it passes over', () => {
  const rule = {
    priority: 100,
    src: 'all',
    fwmark: '0x3',
    fwmask: '0xf',
    iif: 'eth1',
    uid_start: 100,
    uid_end: 200,
    ipproto: 'ipproto-17',
    sport_start: 5,
    sport_end: 9,
    dport: 53,
    table: '254',
    suppress_prefixlen: 0,
    suppress_ifgroup: '0',
    protocol: '0',
  };
  expect(ruleWords(rule)).toBe(
    'priority 100 from all fwmark 0x3/0xf iif eth1 uidrange 100-200 ipproto 17 sport 5-9 dport 53 lookup 254 suppress_prefixlength 0 suppress_ifgroup 0',
  );
});

test('what it leads to, where that is no table', () => {
  expect(ruleWords({ priority: 5, not: null, src: '10.0.0.0', srclen: 8, dst: 'all', goto: 100, protocol: '0' })).toBe(
    'priority 5 not from 10.0.0.0/8 to all goto 100',
  );
  expect(ruleWords({ priority: 6, src: 'all', sport: 53, action: 'prohibit', protocol: '0' })).toBe(
    'priority 6 from all sport 53 prohibit',
  );
});
