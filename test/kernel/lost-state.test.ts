// test/kernel/lost-state.test.ts — the whole state directory is lost, again and again: everybody keeps his addresses,
// whoever made his device.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, must } from './lab.ts';

const KINDS = ['tap', 'veth', 'external'] as const;
const NETWORKS = ['lab', 'more', 'office'] as const;

let lab: Lab;
let guest = '';

/** Instance `i` has a device of one sort on one network, and the routed ones a floating address. */
function instance(i: number): string {
  const [kind, network] = [KINDS[i % 3], NETWORKS[Math.floor(i / 3) % 3]];
  const device =
    kind === 'veth'
      ? `{ type: veth, name: v${i}, netns: ${guest}, peer: e${i} }`
      : `{ type: ${kind ?? ''}, name: d${i} }`;
  return `  vm-${i}: { nics: [{ network: ${network ?? ''}, device: ${device}${network === 'office' ? '' : ', floating: [{ pool: public }]'} }] }\n`;
}

/** What is not the lowest free to be had: those who came first have left. */
const spec = (instances: readonly number[]): string => `apiVersion: netctl/v1
hosts: { h1: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, interface: null, cidr: 192.168.50.0/24 }
  more: { mode: flat-dhcp, interface: null, cidr: 192.168.51.0/24 }
  office: { mode: flat, interface: null, cidr: 192.168.52.0/24 }
pools: { public: { ranges: [203.0.113.64/26] } }
instances:
${instances.map(instance).join('')}`;

beforeAll(() => {
  lab = new Lab();
  guest = lab.namespace('guest');
  for (let i = 2; i < 30; i += 3) lab.ip(lab.host, `tuntap add dev d${i} mode tap`);
});
afterAll(() => {
  lab.close();
});

/** Who has which address; not who had one before. */
function held(): string {
  const used = ['lab', 'more', 'office', 'public'].map(
    (name) =>
      JSON.parse(must(lab.netctl(['ip', 'used', name, '-o', 'json'])).out) as {
        readonly uses: readonly { readonly is: string; readonly first: string; readonly holder?: string }[];
      },
  );
  return used
    .flatMap(({ uses }) =>
      uses.flatMap(({ is, first: ip, holder }) =>
        is === 'fixed' || is === 'floating' ? [`${ip} ${holder ?? ''}\n`] : [],
      ),
    )
    .join('');
}

const first = Array.from({ length: 24 }, (_, i) => i);
const stay = first.slice(6, 24).reverse();

for (const [name, lose] of [
  [
    'the state directory',
    () => {
      rmSync(lab.path('state'), { recursive: true });
    },
  ],
  [
    'its allocations',
    () => {
      rmSync(lab.state('allocations.json'));
    },
  ],
  [
    'it, and what lies in the run directory beside the daemons',
    () => {
      rmSync(lab.state('allocations.json'));
      rmSync(lab.run('allocations.json'));
    },
  ],
  [
    'all but its allocations',
    () => {
      for (const path of [lab.state('host.json'), lab.run('host.json')]) rmSync(path);
    },
  ],
] as const) {
  test(`${name}: eighteen instances keep their addresses, three times in turn`, () => {
    for (const instances of [first, stay])
      must(lab.netctl(['apply', '--yes', '--allow-mass-delete', '--host', 'h1'], { spec: spec(instances) }));
    const before = held();
    expect(before.split('\n').length).toBeGreaterThan(25);
    for (const turn of [1, 2, 3]) {
      lose();
      const { changes } = JSON.parse(must(lab.netctl(['plan', '-o', 'json'])).out) as {
        readonly changes: readonly { readonly ref: string }[];
      };
      expect(
        changes.filter(({ ref }) => !/^(file|process) /.test(ref)),
        `turn ${turn}`,
      ).toEqual([]);
      must(lab.netctl(['apply', '--yes']));
      expect(held(), `turn ${turn}`).toBe(before);
    }
  });
}

test('what was borrowed is restored after all, and a destroyed host remembers nothing', () => {
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  must(lab.in(lab.host, ['sysctl', '-qw', 'net.ipv4.ip_forward=0']));
  must(lab.netctl(['apply', '--yes'], { spec: spec(stay) }));
  rmSync(lab.path('state'), { recursive: true });
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  expect(must(lab.in(lab.host, ['sysctl', '-n', 'net.ipv4.ip_forward'])).out).toBe('0\n');
  must(lab.netctl(['apply', '--yes'], { spec: spec([8]) }));
  expect(held()).toBe('192.168.52.2 vm-8/office\n');
});

const forwarding = (): string => must(lab.in(lab.host, ['sysctl', '-n', 'net.ipv4.ip_forward'])).out;
const LOST =
  /what the host had before netctl is not known any more, .* net\.ipv4\.ip_forward will stay as it is {2}\[originals-lost\]/;

test('of settings the generations tell, where the store and its copy are lost; nothing is said of what was never borrowed', () => {
  for (const before of ['0\n', '1\n']) {
    must(lab.netctl(['destroy', '--yes'], { spec: null }));
    must(lab.in(lab.host, ['sysctl', '-qw', `net.ipv4.ip_forward=${before.trim()}`]));
    must(lab.netctl(['apply', '--yes'], { spec: spec([8]) }));
    for (const path of [lab.state('host.json'), lab.run('host.json')]) rmSync(path);
    expect(must(lab.netctl(['destroy', '--yes'], { spec: null })).err).not.toMatch(LOST);
    expect(forwarding()).toBe(before);
  }
});

test('what nobody knows any more is said: by the apply that begins anew, and by destroy', () => {
  must(lab.in(lab.host, ['sysctl', '-qw', 'net.ipv4.ip_forward=0']));
  expect(must(lab.netctl(['apply', '--yes'], { spec: spec([8]) })).err).not.toMatch(LOST);
  for (const [args, redirects] of [
    [['plan'], '0'],
    [['apply', '--yes'], '1'],
    [['destroy', '--yes'], '0'],
  ] as const) {
    for (const name of ['state', 'run']) rmSync(lab.path(name), { recursive: true, force: true });
    must(lab.in(lab.host, ['sysctl', '-qw', `net.ipv4.conf.all.accept_redirects=${redirects}`]));
    const { err } = must(lab.netctl(args, args[0] === 'destroy' ? { spec: null } : { spec: spec([8]) }));
    expect(err).toMatch(LOST);
    // The kernel writes 1 there when the host stops forwarding.
    const and = redirects === '0' ? ' && sysctl -w net.ipv4.conf.all.accept_redirects=0' : '';
    expect(err).toContain(`\`sysctl -w net.ipv4.ip_forward=0${and}\``);
  }
  expect(forwarding()).toBe('1\n');
  expect(must(lab.netctl(['apply', '--yes'], { spec: spec([8]) })).err).toBe('');
});

test('a rollback of the apply that began anew ends well: nobody knows what the servers had loaded', () => {
  const first = `apiVersion: netctl/v1
networks: { lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.9.0.0/24 } }
instances: { vm-1: { nics: [{ network: lab }] } }
`;
  must(lab.netctl(['destroy', '--yes'], { spec: null }));
  must(lab.netctl(['apply', '--yes'], { spec: first }));
  const before = lab.snapshot();
  for (const name of ['state', 'run']) rmSync(lab.path(name), { recursive: true, force: true });
  must(
    lab.netctl(['apply', '--yes'], {
      spec: first.replace('10.9.0', '10.8.0').replace('vm-1', 'vm-2: { nics: [{ network: lab }] }, vm-1'),
    }),
  );
  const { code, err } = lab.netctl(['rollback', '--yes'], { spec: null });
  expect([code, err]).toEqual([0, expect.not.stringContaining('COULD NOT')]);
  expect(lab.snapshot()).toBe(before);
});
