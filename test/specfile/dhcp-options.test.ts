// test/specfile/dhcp-options.test.ts — which DHCP options dnsmasq would not send as they are written. What is valid is
// tried with a client: test/kernel/dhcp-options.test.ts.
import { describe, expect, test } from 'vitest';
import { optionProblem } from '../../src/specfile/dhcp-options.ts';
import { lab, problemsOf } from './problems.ts';

describe('refused', () => {
  for (const [option, message] of [
    ['option:ntp-server,ntp.example.org', 'ntp.example.org is not an IPv4 address'],
    ['42,192.168.50.999', '192.168.50.999 is not an IPv4 address'],
    ['4,10.0.0.0/24', '10.0.0.0/24 is not an IPv4 address'],
    ['option:router,', 'option:router has a comma and no value'],
    ['26', '26 has no value, and dnsmasq would send it empty'],
    ['tag:foo,option:ntp-server', 'option:ntp-server has no value, and dnsmasq would send it empty'],
    ['19', '19 has no value'],
    ['option:netmask,255.0.0.0,255.255.0.0', '2 addresses where DHCP has room for one'],
    ['option:static-route,10.1.0.1', 'an address without the one that belongs to it'],
    ['option:mtu,99999', '99999 is not from 68 to 65535'],
    ['26,67', '67 is not from 68 to 65535'],
    ['46,3', '3 is none of 1, 2, 4, 8'],
    ['option:mtu,1400b', "a value of another size than the option's"],
    ['option:mtu,05:78:00', '3 bytes where the option has 2'],
    ['option:ip-forward-enable,yes', 'yes is not a number'],
    ['option:ip-forward-enable,2', '2 is not from 0 to 1'],
    ['24,600', 'dnsmasq does not know that this option has 4 bytes'],
    ['option:T1,1h30m', '1h30m is not a time'],
    ['option:T2,9999w', '9999w is too long a time'],
    ['40,10.0.0.1', 'dnsmasq would send 10.0.0.1 as addresses, not as text'],
    ['40,123', 'dnsmasq would send 123 as a number, not as text'],
    ['option:domain-search,a b', 'a b is not a DNS domain'],
    ['option:domain-search,-a.example', '-a.example is not a DNS domain'],
    ['option:classless-static-route,10.0.0.0/8', 'a destination without its router'],
    ['121,10.0.0.0,192.168.50.1', '10.0.0.0 is no range of addresses'],
    ['121,10.0.0.0/33,192.168.50.1', '10.0.0.0/33 is no range of addresses'],
    ['121,10.0.0.1/8,192.168.50.1', '10.0.0.1/8 is an address in 10.0.0.0/8, not the range'],
    ['121,10.0.0.0/8,192.168.50.1/24', "192.168.50.1/24 is no router's address"],
    ['249,10.0.0.0/8', 'a destination without its router'],
    ['224,1,2,3', 'dnsmasq would take 1,2,3 for addresses, and 1 is none'],
    ['224,99999999999', '99999999999 is more than 4 bytes hold'],
    ['224,300b', '300b is more than 1 byte hold'],
    ['224,01:2ff', '01:2ff is not bytes'],
    ['51,3600', 'DHCP option 51 cannot be given'],
    ['0,1', 'there is no DHCP option 0'],
    ['255,1.2.3.4', 'there is no DHCP option 255'],
    ['option6:dns-server,[fd00::1]', 'option6:dns-server is an option of DHCPv6'],
    ['option:bootfile-name,a"b', 'a quote within a text'],
    ['17,/srv #1', "dnsmasq reads what follows a '#' as a comment"],
    ['encap:300,1,2', 'there is no DHCP option 300 to put another into'],
    ['vi-encap:cisco,1,2', 'cisco is not the number of an enterprise'],
    ['tag:,option:mtu,1400', 'tag: names nothing'],
    ['tag:lab', 'tag:lab is not a DHCP option'],
    [`66,${'a'.repeat(256)}`, '66 has 256 bytes, and dnsmasq sends no more than 255 in an option'],
    [`vi-encap:2,1,${'a'.repeat(251)}`, '1 has 251 bytes, and dnsmasq sends no more than 250'],
    [`42,${Array.from({ length: 64 }, () => '10.0.0.1').join(',')}`, '42 has 256 bytes'],
  ] as const)
    test(option.slice(0, 60), () => {
      expect(optionProblem(option)?.message).toContain(message);
    });
});

describe('taken, beside what a client is seen to be sent', () => {
  for (const option of [
    'option:router',
    '1',
    '6',
    '12',
    '15',
    '28',
    'tag:foo,3',
    '224',
    '80',
    'encap:43,1',
    'tag:lab,option:ntp-server,0.0.0.0',
    'tag:!known, option:mtu, 1400',
    'vendor:PXEClient,1,0.0.0.0',
    'vi-encap:9,5,text',
    `66,${'a'.repeat(255)}`,
    'option:T1,1h',
    '46,8',
    'option:server-ip-address,10.0.0.1',
    '108,300',
  ]) {
    test(option.slice(0, 60), () => {
      expect(optionProblem(option)).toBeUndefined();
    });
  }
});

test('each says a way out', () => {
  expect(optionProblem('24,600')?.hint).toBe('write 600i');
  expect(optionProblem('121,10.0.0.1/8,192.168.50.1')?.hint).toBe('write 10.0.0.0/8');
  expect(optionProblem('option:mtu')?.hint).toBe(
    'write its value behind a comma, all in quotes, or leave it out: what is sent is the mtu of the network',
  );
  expect(['option:router,', '224,', '42,'].map((option) => optionProblem(option)?.hint)).toEqual([
    'write its value, or option:router alone, which sends none',
    'write its value, or 224 alone',
    'write its value',
  ]);
  expect(optionProblem('51,3600')?.hint).toBe('write dhcp.leaseTime');
  expect(optionProblem('40,10.0.0.1')?.hint).toBe('put the value in quotes: "10.0.0.1"');
});

const options = (...all: readonly string[]): string =>
  lab(`    dhcp:\n      leaseTime: 1h\n      options:\n${all.map((option) => `        - "${option}"\n`).join('')}`);

describe('beside each other', () => {
  for (const [name, all, problems] of [
    ['by number and by name', ['3,10.0.0.9', 'option:router,10.0.0.8'], ['10:11 dhcp-option-twice, also 9:11']],
    [
      "the network's name is a tag of all",
      ['tag:lab,26,1400', 'option:mtu,1300'],
      ['10:11 dhcp-option-twice, also 9:11'],
    ],
    [
      'tags in any order',
      ['tag:a,tag:!b,42,10.0.0.9', 'net:!b,net:a,042,10.0.0.8'],
      ['10:11 dhcp-option-twice, also 9:11'],
    ],
    ['three times', ['3', '3', '3'], ['10:11 dhcp-option-twice, also 9:11', '11:11 dhcp-option-twice, also 10:11']],
    [
      'beside one that is wrong',
      ['nonsense', '3', '3'],
      ['9:11 bad-dhcp-option', '11:11 dhcp-option-twice, also 10:11'],
    ],
    [
      'more than a small message holds',
      [`224,${'a'.repeat(100)}`, `225,${'b'.repeat(97)}`],
      ['8:7 warning dhcp-options-large'],
    ],
    ['as much as it holds', [`224,${'a'.repeat(100)}`, `225,${'b'.repeat(96)}`], []],
    ['more, but each client gets less', [`tag:a,224,${'a'.repeat(199)}`, `tag:b,224,${'b'.repeat(199)}`], []],
    ['for other clients', ['42,10.0.0.9', 'tag:a,42,10.0.0.8', 'tag:!a,42,10.0.0.7'], []],
    ['within another option', ['encap:43,3,1', 'encap:43,3,2', '3'], []],
    ['T1 as long as the lease', ['option:T1,1h'], ['9:11 renewal-outside-lease']],
    [
      'T2 longer, T1 too short, both for some clients',
      ['tag:a,58,2', 'tag:a,59,61m'],
      ['9:11 renewal-outside-lease', '10:11 renewal-outside-lease'],
    ],
    ['T1 after T2', ['59,20m', '58,20m'], ['10:11 renewal-after-rebinding, also 9:11']],
    ['T1 after the T2 that dnsmasq has', ['58,55m'], ['9:11 renewal-after-rebinding']],
    ['both in time', ['58,10m', '59,20m'], []],
    ['T2 alone: T1 is put before it', ['59,20m'], []],
  ] as const)
    test(name, () => {
      expect(problemsOf(options(...all))).toEqual(problems);
    });
});
