// test/kernel/systemd.test.ts — on a host that systemd runs: a login that ends takes no guard along, a reboot rolls
// back, and the service works in its sandbox.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Booted } from './booted.ts';
import { Lab } from './lab.ts';

const FIRST = `apiVersion: netctl/v1
hosts: { this: { publicInterface: eth1 } }
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 10.0.0.0/24 }
instances:
  vm-1: { nics: [{ network: lab, device: { type: tap, name: vm-1 } }] }
`;
const NEXT = FIRST.replace(
  'interface: null, cidr: 10.0.0.0/24',
  'interface: eth2, cidr: 10.0.0.0/24, dhcp: { leaseTime: 1h }',
).replaceAll('vm-1', 'vm-2');
const PATIENCE = { timeout: 30_000, interval: 50 };

let lab: Lab;
let host: Booted;

beforeAll(async () => {
  lab = new Lab();
  host = new Booted(lab);
  await host.boot();
  // As an operator installs it.
  host.sh(`cd ${resolve('.')}; mkdir -p /usr/local/lib/node_modules/netctl; cp -r package.json dist schemas completions systemd /usr/local/lib/node_modules/netctl/
ln -s ../lib/node_modules/netctl/dist/netctl.js /usr/local/bin/netctl; cp systemd/*.service /etc/systemd/system/; systemctl daemon-reload
mkdir -p /etc/netctl/spec.d; echo NETCTL_HOST=this >/etc/default/netctl; rm -rf /var/lib/netctl`);
  wanted(FIRST);
  host.sh('netctl apply --yes');
});
afterAll(async () => {
  await host.close();
  lab.close();
});

function wanted(spec: string): void {
  host.sh(`cat >/etc/netctl/spec.d/spec.yaml <<'END'\n${spec}END`);
}

/** The host, with netctl's daemons and without systemd's. */
function shown(): string {
  return lab
    .snapshot()
    .split('\n')
    .filter((line) => !/^[/(]|^(dbus-daemon|ip|netctl|nft|node|perl|standby) /.test(line) || line.includes('dnsmasq'))
    .join('\n');
}

function outcome(): unknown {
  return (
    JSON.parse(host.sh('netctl history -o json')) as { readonly generations: readonly { readonly outcome: unknown }[] }
  ).generations.at(-1)?.outcome;
}

async function dared(name: string, timeout: string): Promise<void> {
  host.login(name, ['netctl', 'apply', '--yes', '--confirm-timeout', timeout]);
  await vi.waitFor(() => {
    expect(host.sh('cat /var/lib/netctl/pending.json')).toContain('"phase":"waiting"');
  }, PATIENCE);
}

describe('an apply that waits to be confirmed', () => {
  for (const [what, deed] of [
    ['the login ends, with all that is in it', 'systemctl kill --signal=KILL login'],
    [
      'the login ends, and the guard with it',
      'systemctl kill --signal=KILL login; systemctl kill --kill-whom=main --signal=KILL "netctl-guard-*"',
    ],
    [
      'the login ends, and the standby with it',
      'systemctl kill --signal=KILL login; kill -KILL $(pgrep -f "^standby of generation")',
    ],
  ] as const)
    test(`is rolled back: ${what}`, async () => {
      const before = shown();
      wanted(NEXT);
      await dared('login', '5s');
      expect(shown()).not.toBe(before);
      expect(host.sh('systemctl show --property=MainPID --value "netctl-guard-*"')).toMatch(/^[1-9]\d*\n$/);
      host.sh(deed);
      // systemd hears of it when it comes to that.
      await vi.waitFor(() => {
        expect(host.in(['systemctl', 'is-active', '--quiet', 'login']).code).not.toBe(0);
      }, PATIENCE);
      await vi.waitFor(() => {
        expect(host.in(['test', '-e', '/var/lib/netctl/pending.json']).code).toBe(1);
      }, PATIENCE);
      expect(outcome()).toEqual({ is: 'rolled back', why: 'not confirmed in time', left: [] });
      expect(shown()).toBe(before);
      // What rolled it back has ended, and the daemons that it started go on.
      await vi.waitFor(() => {
        expect(host.in(['pgrep', '-f', '^(netctl guard|standby) of generation']).code).toBe(1);
      }, PATIENCE);
      expect(shown()).toBe(before);
    });

  test('is rolled back by the unit for it when the power fails', async () => {
    host.sh('systemctl enable --quiet netctl-unconfirmed');
    wanted(NEXT);
    const before = shown();
    await dared('login', '10m');
    await host.powerCut();
    lab.reboot({ processes: 'end' });
    await host.boot();
    await vi.waitFor(() => {
      expect(host.sh('systemctl is-active netctl-unconfirmed')).toBe('active\n');
    }, PATIENCE);
    expect(outcome()).toEqual({ is: 'rolled back', why: 'not confirmed in time, and the host was rebooted', left: [] });
    expect(shown()).toBe(before);
    expect(host.in(['test', '-e', '/var/lib/netctl/pending.json']).code).toBe(1);
    host.sh('systemctl disable --quiet netctl-unconfirmed');
  });
});

describe('the service', () => {
  test('is ready when the host is in sync with the spec, repairs, takes up a new spec, and leaves all in place when it ends', async () => {
    wanted(FIRST);
    host.sh('systemctl start netctl');
    expect(host.sh('systemctl is-active netctl')).toBe('active\n');
    host.sh('netctl plan --detailed-exitcode');
    const settled = shown();
    for (const damage of [
      'iptables -t nat -F netctl-postrouting-bottom',
      'ip link set dev vm-1 nomaster',
      'ip address del 10.0.0.1/24 dev br-lab',
      'kill $(pgrep -x dnsmasq)',
    ]) {
      host.sh(damage);
      await vi.waitFor(() => {
        expect(shown(), damage).toBe(settled);
      }, PATIENCE);
    }
    // Another than the one that was rolled back above: no watch would apply that.
    wanted(NEXT.replace('1h', '2h'));
    await vi.waitFor(() => {
      expect(host.sh('ip -br link show master br-lab')).toMatch(/^eth2@[^]*^vm-2 /m);
    }, PATIENCE);
    await vi.waitFor(() => {
      host.sh('netctl status');
    }, PATIENCE);
    const next = shown();
    host.sh('systemctl stop netctl');
    expect(shown()).toBe(next);
    expect(host.sh('systemctl show --property=Result --value netctl')).toBe('success\n');
  });

  test('is made of the README’s lines, as they stand', () => {
    const [, block = ''] = /\n```\n(install -m 644[^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
    host.sh(`netctl destroy --yes; rm -rf /etc/netctl /etc/default/netctl /etc/systemd/system/netctl.service; systemctl daemon-reload
mkdir -p "$(npm root --global)"; [ -e "$(npm root --global)/netctl" ] || ln -s /usr/local/lib/node_modules/netctl "$(npm root --global)/netctl"`);
    expect(host.sh(block)).toContain('in sync with the spec');
    expect(host.sh('systemctl is-active netctl; systemctl is-enabled netctl')).toBe('active\nenabled\n');
    expect(host.sh('ip -br address show dev br-lab')).toContain('192.168.50.1/24');
    host.sh('systemctl disable --quiet --now netctl');
  });
});
