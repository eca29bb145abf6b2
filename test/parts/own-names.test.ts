// test/parts/own-names.test.ts — by which names an instance is known, and what a network's DNS asks nobody about.
import { describe, expect, test } from 'vitest';
import { nameLines, ownZones } from '../../src/parts/own-names.ts';

const vm = (
  name: string,
  hostname: string,
  ip = '10.0.0.2',
): { readonly name: string; readonly hostname: string; readonly ip: string } => ({ ip, name, hostname });

describe('an instance is known', () => {
  for (const [how, guests, domain, lines] of [
    ['by one name where it has one', [vm('web', 'web')], 'novalocal', ['10.0.0.2 web.novalocal web']],
    [
      'by its host name, and by its own',
      [vm('web', 'www')],
      'novalocal',
      ['10.0.0.2 www.novalocal www web.novalocal web'],
    ],
    ['without a domain', [vm('web', 'www')], '', ['10.0.0.2 www web']],
    ['not twice by the letters’ case', [vm('Web', 'web')], '', ['10.0.0.2 web']],
    ['not by what is no DNS label', [vm('web_1.a', 'web-1-a')], '', ['10.0.0.2 web-1-a']],
    [
      'not by what is another’s host name',
      [vm('a', 'b'), vm('c', 'A', '10.0.0.3')],
      '',
      ['10.0.0.2 b', '10.0.0.3 A c'],
    ],
    [
      'each by the other’s host name: host names win',
      [vm('a', 'b'), vm('b', 'a', '10.0.0.3')],
      '',
      ['10.0.0.2 b', '10.0.0.3 a'],
    ],
  ] as const)
    test(how, () => {
      expect(nameLines(guests, { domain })).toEqual(lines);
    });
});

test('its domain, names without a dot and the reverse zones of RFC 6303 are its own', () => {
  const zones = ownZones({ domain: 'novalocal' });
  expect(zones).toEqual(
    expect.arrayContaining([
      'server=/novalocal/',
      'server=//',
      'server=/168.192.in-addr.arpa/',
      'rev-server=172.16.0.0/12',
      'server=/d.f.ip6.arpa/',
      'rev-server=100.64.0.0/10',
    ]),
  );
  expect(zones).toHaveLength(new Set(zones).size);
  expect(ownZones({ domain: '' })).toEqual(zones.filter((zone) => zone !== 'server=/novalocal/'));
});
