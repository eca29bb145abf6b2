// test/kernel/nics.test.ts — guests with several NICs on networks of different modes: each NIC works, and the first
// alone carries the default route.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

let lab: Lab;
let before: string;
const guest = (name: string): string => lab.host.replace(/host$/, name);
const injected = (name: string, file = 'interfaces'): string =>
  readFileSync(lab.state(`guests/${name}/${file}`), 'utf8');
/** The router of the office is outside, on the far side of eth2. */
const spec = (instances: string): string => `apiVersion: netctl/v1
networks:
  office: { mode: flat, interface: eth2, cidr: 10.0.0.0/24, cidr6: "fd00:0:0:64::/64", gateway: 10.0.0.1, dns: [9.9.9.9], mtu: 1400 }
  lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24, domain: example.test }
  side: { mode: flat-dhcp, interface: null, cidr: 192.168.60.0/24, mtu: 1300 }
instances:
${instances}`;
const nics = (name: string, ...networks: readonly string[]): string =>
  `  ${name}: { nics: [${networks.map((network, i) => `{ network: ${network}, device: { type: veth, name: ${name}-${i}, netns: ${guest(name)} } }`).join(', ')}] }\n`;
const settles = (text: string): void => {
  must(lab.netctl(['apply', '--yes', '--allow-mass-delete'], { spec: text }));
  expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
};
const routes = (name: string): readonly string[] =>
  lab
    .ip(guest(name), '-4 route show')
    .split('\n')
    .map((line) => line.replaceAll(/ (proto|scope|src|metric) \S+/g, '').trim())
    .filter((line) => line !== '')
    .sort();
const address = (name: string, link: string, family: 4 | 6 = 4): string =>
  (
    JSON.parse(lab.ip(guest(name), `-j -${family} addr show dev ${link} scope global`)) as readonly {
      readonly addr_info: readonly { readonly local?: string }[];
    }[]
  )
    .flatMap(({ addr_info }) => addr_info)
    .find(({ local }) => local !== undefined)?.local ?? '';
const reaches = (name: string, from: string, to: string): boolean =>
  lab.in(guest(name), ['ping', '-n', '-c', '1', '-w', '5', '-I', from, to]).code === 0;

/** Brings up what the file names, with the calls that ifupdown makes of it. */
function boot(name: string): void {
  const run = (words: string): void => {
    lab.ip(guest(name), words);
  };
  for (const link of JSON.parse(lab.ip(guest(name), '-j link show type veth')) as readonly {
    readonly ifname: string;
  }[]) {
    for (const family of ['-4', '-6']) run(`${family} address flush dev ${link.ifname} scope global`);
    run(`link set dev ${link.ifname} up`);
  }
  const stanzas = injected(name)
    .split(/^(?=iface )/m)
    .slice(1)
    .map((stanza) => {
      const [head = '', ...lines] = stanza.split('\n').filter((line) => line !== '' && !/^(auto|#)/.test(line));
      const [, link = '', family = ''] = head.split(' ');
      return {
        link,
        family,
        options: new Map(
          lines.map((line) => [line.trim().split(' ', 1).join(''), line.trim().split(' ').slice(1).join(' ')]),
        ),
      };
    });
  for (const { link, family, options } of stanzas.filter(
    (stanza) => stanza.family !== 'loopback' && stanza.link !== 'lo',
  )) {
    const said = (option: string): string => options.get(option) ?? '';
    run(`link set dev ${link} address ${said('hwaddress').replace('ether ', '')}`);
    if (family === 'inet6') run(`-6 address add ${said('address')}/${said('netmask')} dev ${link}`);
    else {
      run(`-4 address add ${said('address')}/${said('netmask')} broadcast ${said('broadcast')} dev ${link}`);
      if (options.has('mtu')) run(`link set dev ${link} mtu ${said('mtu')}`);
      if (options.has('gateway')) run(`-4 route add default via ${said('gateway')} dev ${link}`);
    }
  }
}

beforeAll(() => {
  lab = new Lab();
  for (const name of ['vm-1', 'vm-2']) lab.namespace(name);
  lab.ip(lab.world, 'address add 10.0.0.1/24 dev far2');
  lab.ip(lab.world, 'address add fd00:0:0:64::1/64 dev far2');
  before = lab.snapshot();
});
afterAll(() => {
  lab.close();
});

describe('three NICs', () => {
  beforeAll(() => {
    settles(spec(nics('vm-1', 'office', 'lab', 'side') + nics('vm-2', 'lab', 'office', 'side')));
    for (const name of ['vm-1', 'vm-2']) boot(name);
  });

  test('a NIC on a flat network is as its file says, and has the MAC that it had', () => {
    expect(address('vm-1', 'eth0')).toBe('10.0.0.2');
    expect(address('vm-2', 'eth1')).toBe('10.0.0.3');
    const { links } = JSON.parse(injected('vm-1', 'network_data.json')) as {
      readonly links: readonly { readonly ethernet_mac_address: string }[];
    };
    const macs = ['eth0', 'eth1', 'eth2'].map(
      (link) =>
        (JSON.parse(lab.ip(guest('vm-1'), `-j link show dev ${link}`)) as readonly { readonly address: string }[])[0]
          ?.address,
    );
    expect(links.map((link) => link.ethernet_mac_address)).toEqual(macs);
  });

  test('one with DHCP gets its own address, and a router only if it is the first', () => {
    const [second, third, first] = [
      lab.lease(guest('vm-1'), 'eth1'),
      lab.lease(guest('vm-1'), 'eth2'),
      lab.lease(guest('vm-2'), 'eth0'),
    ];
    lab.lease(guest('vm-2'), 'eth2');
    expect(second).toMatchObject({ ip: '192.168.50.2', dns: '192.168.50.1', domain: 'example.test', mtu: '1500' });
    expect(third).toMatchObject({ ip: '192.168.60.2', dns: '192.168.60.1', domain: 'novalocal', mtu: '1300' });
    expect([second['router'], third['router'], second['staticroutes'], third['staticroutes']]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(first).toMatchObject({ ip: '192.168.50.3', router: '192.168.50.1' });
  });

  test('there is one default route, by the first NIC', () => {
    expect(routes('vm-1')).toEqual([
      '10.0.0.0/24 dev eth0',
      '192.168.50.0/24 dev eth1',
      '192.168.60.0/24 dev eth2',
      'default via 10.0.0.1 dev eth0',
    ]);
    expect(routes('vm-2')).toEqual([
      '10.0.0.0/24 dev eth1',
      '192.168.50.0/24 dev eth0',
      '192.168.60.0/24 dev eth2',
      'default via 192.168.50.1 dev eth0',
    ]);
  });

  test('neighbours are reached by each NIC, and the router outside by the flat one', () => {
    for (const [link, to] of [
      ['eth0', '10.0.0.3'],
      ['eth0', '10.0.0.1'],
      ['eth1', '192.168.50.3'],
      ['eth1', '192.168.50.1'],
      ['eth2', '192.168.60.3'],
      ['eth2', '192.168.60.1'],
    ] as const) {
      expect(reaches('vm-1', link, to), `${link} to ${to}`).toBe(true);
    }
    expect(lab.pings(lab.world, '10.0.0.2')).toBe(true);
    // What is for nobody it knows goes to the first NIC's router.
    expect(reaches('vm-1', '10.0.0.2', '203.0.113.1')).toBe(true);
  });

  test('and over IPv6, by addresses that are known beforehand', () => {
    expect(address('vm-2', 'eth1', 6)).toMatch(/^fd00::64:f816:3eff:fe/);
    expect(reaches('vm-1', 'eth0', address('vm-2', 'eth1', 6))).toBe(true);
    expect(reaches('vm-1', 'eth0', 'fd00:0:0:64::1')).toBe(true);
  });

  test('a whole packet passes, no greater one', () => {
    const sends = (bytes: number): boolean =>
      lab.in(guest('vm-1'), ['ping', '-n', '-c', '1', '-w', '5', '-M', 'do', '-s', String(bytes - 28), '10.0.0.3'])
        .code === 0;
    expect([sends(1400), sends(1401)]).toEqual([true, false]);
  });
});

describe('a guest more with three NICs', () => {
  const server = (network: string): string => readFileSync(lab.run(`dnsmasq-${network}.pid`), 'utf8').trim();
  const two = (): string => nics('vm-1', 'office', 'lab', 'side') + nics('vm-2', 'lab', 'office', 'side');

  test('its second and third NIC are a SIGHUP to their servers, which have no router for them and go on after they asked', () => {
    const before = ['lab', 'side'].map(server);
    lab.namespace('vm-5');
    settles(spec(two() + nics('vm-5', 'office', 'lab', 'side')));
    for (let i = 0; i < 2; i++) {
      const asked = [
        lab.lease(guest('vm-5'), 'eth1'),
        lab.lease(guest('vm-5'), 'eth2'),
        lab.lease(guest('vm-2'), 'eth0'),
      ];
      expect(asked.map(({ router }) => router)).toEqual([undefined, undefined, '192.168.50.1']);
      // Read again, once with a name more and once with one less.
      settles(
        spec(
          two() +
            nics('vm-5', 'office', 'lab', 'side') +
            (i === 0 ? '  vm-4: { nics: [{ network: lab }, { network: side }] }\n' : ''),
        ),
      );
    }
    expect(['lab', 'side'].map(server)).toEqual(before);
  });

  test('with MACs of its own, which look like those of another NIC: it has its router all the same, and the other has none', () => {
    const device = (i: number): string => `device: { type: veth, name: vm-5-${i}, netns: ${guest('vm-5')} }`;
    settles(
      spec(
        `${two()}  vm-5: { nics: [{ network: side, mac: "fa:16:3e:e1:00:01", ${device(0)} }, { network: lab, mac: "02:00:00:00:00:02", ${device(1)} }] }\n`,
      ),
    );
    expect([lab.lease(guest('vm-5'), 'eth0')['router'], lab.lease(guest('vm-5'), 'eth1')['router']]).toEqual([
      '192.168.60.1',
      undefined,
    ]);
    settles(spec(two()));
  });
});

describe('afterwards', () => {
  test('the files of a guest stay while others change', () => {
    const text = spec(nics('vm-1', 'office', 'lab', 'side') + nics('vm-2', 'side'));
    const plan = must(lab.netctl(['plan'], { spec: text })).out;
    expect(plan).toMatch(/- file .*\/guests\/vm-2\/interfaces/);
    expect(plan).not.toContain('guests/vm-1');
    const server = (): number | undefined =>
      lab.processes().find(({ command }) => command.includes('dnsmasq-lab.pid'))?.pid;
    const serving = server();
    settles(text);
    expect(existsSync(lab.state('guests/vm-2/interfaces'))).toBe(false);
    // It has read its files again, and had given an address to a NIC that is not to have a router.
    expect(server()).toBe(serving);
  });

  test('in another order each NIC keeps its address, and the default route goes to the first', () => {
    settles(spec(nics('vm-1', 'lab', 'side', 'office')));
    boot('vm-1');
    lab.lease(guest('vm-1'), 'eth0');
    lab.lease(guest('vm-1'), 'eth1');
    expect(injected('vm-1')).not.toContain('gateway');
    expect(['eth0', 'eth1', 'eth2'].map((link) => address('vm-1', link))).toEqual([
      '192.168.50.2',
      '192.168.60.2',
      '10.0.0.2',
    ]);
    expect(routes('vm-1')).toContain('default via 192.168.50.1 dev eth0');
  });

  test('destroy restores all, the directories too', () => {
    must(lab.netctl(['destroy', '--yes']));
    expect(lab.snapshot()).toBe(before);
    expect(existsSync(lab.path('state'))).toBe(false);
  });

  test('a lost store learns from the files who has what, also behind devices that are not ours', () => {
    lab.ip(lab.host, `link add name vnet0 type veth peer name eth0 netns ${lab.namespace('vm-3')}`);
    const external = '  vm-3: { nics: [{ network: office, device: { type: external, name: vnet0 } }] }\n';
    settles(spec(nics('vm-1', 'lab', 'side', 'office') + external));
    settles(spec(external));
    expect(injected('vm-3')).toContain('address 10.0.0.3\n');
    rmSync(lab.state('allocations.json'));
    expect(lab.netctl(['plan', '--detailed-exitcode'])).toMatchObject({ code: 0 });
    settles(spec(external));
    expect(must(lab.netctl(['ip', 'show', '10.0.0.3'])).out).toContain('fixed address of vm-3/office ');
    lab.ip(lab.host, 'link del dev vnet0');
  });
});
