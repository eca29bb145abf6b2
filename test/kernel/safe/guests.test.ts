// test/kernel/safe/guests.test.ts — guests with leases and connections, while an apply is rolled back: they renew what
// they had, and what they say goes on.
// NETCTL_FAILURES=10 has it fail so often at a step that is drawn by chance, NETCTL_SEED=… others.
import { spawn as spawnChild } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Chance } from '../../walk/chance.ts';
import { must } from '../lab.ts';
import { prepares, reads } from './calls.ts';
import type { Call } from './calls.ts';
import { ATOMIC, FailingHost, SEED, soon } from './failing.ts';
import type { Ordered } from './failing.ts';

/**
 * `one` is called from outside, `two` calls out, `three` is on a network that is about to go, and `left` is to go
 * itself.
 */
const SETTLED = `defaults: { floatingPool: public }
pools: { public: { ranges: [203.0.113.64/26] } }
hosts: { this: { publicInterface: eth1, sourceAddress: 203.0.113.11 } }
networks:
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 10.20.0.0/24 }
  gone: { mode: flat-dhcp, bridge: br-gone, interface: null, cidr: 10.30.0.0/24 }
instances:
  one: { nics: [{ network: more, floating: [203.0.113.65], device: { type: veth, name: v-one, netns: GUEST-1 } }] }
  two: { nics: [{ network: more, device: { type: veth, name: v-two, netns: GUEST-2 } }] }
  three: { nics: [{ network: gone, floating: [203.0.113.67], device: { type: veth, name: v-three, netns: GUEST-3 } }] }
  left: { nics: [{ network: more, device: { type: veth, name: v-left, netns: GUEST-4 } }] }
`;

/**
 * The server of the two is restarted, the network of the third goes with its server and its leases, an uplink is taken,
 * and its floating address is another's.
 */
const DARED = `defaults: { floatingPool: public, domain: example.test, leaseTime: 1h }
pools: { public: { ranges: [203.0.113.64/26] } }
hosts: { this: { publicInterface: eth1, sourceAddress: 203.0.113.11 } }
networks:
  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 10.20.0.0/24, mtu: 1400 }
  lab: { mode: flat-dhcp, bridge: br-lab, interface: eth2, cidr: 192.168.50.0/24 }
instances:
  one: { nics: [{ network: more, floating: [203.0.113.65], device: { type: veth, name: v-one, netns: GUEST-1 } }] }
  two: { nics: [{ network: more, device: { type: veth, name: v-two, netns: GUEST-2 } }] }
  four: { nics: [{ network: lab, floating: [203.0.113.67], device: { type: tap, name: tap-four } }] }
`;

class Guests {
  readonly on = new FailingHost(['g1', 'g2', 'g3', 'g4']);
  private readonly own: ChildProcess[] = [];
  private readonly sessions: { readonly child: ChildProcess; readonly said: string[] }[] = [];

  /** All have their leases; a session leads in, and one out. */
  async begin(): Promise<void> {
    const {
      on: {
        lab,
        guests: [g1 = '', g2 = '', g3 = '', g4 = ''],
      },
    } = this;
    const script = lab.write(
      'guest-script',
      `#!/bin/sh
[ "$1" != bound ] || { ip address add "$ip/$mask" dev "$interface" && ip route replace default via "$router" dev "$interface"; }
echo "$1 $ip" >>"$TOLD"
`,
    );
    chmodSync(script, 0o755);
    for (const guest of [g1, g2, g3, g4]) {
      this.runs(guest, ['udhcpc', '-f', '-t', '5', '-T', '1', '-A', '1', '-i', 'eth0', '-s', script], {
        TOLD: this.told(guest),
      });
      expect(await this.hears(guest, /^bound /m), guest).toBe(true);
    }
    for (const [server, client, from, to] of [
      [g1, lab.world, '203.0.113.1', '203.0.113.65'],
      [lab.world, g2, addressIn(readFileSync(this.told(g2), 'utf8')), '203.0.113.1'],
    ] as const) {
      await lineOf(this.runs(server, ['perl', 'test/kernel/safe/sshd.pl']));
      const child = this.runs(client, ['perl', 'test/kernel/safe/operator.pl', from, '50022', to]);
      const said: string[] = [];
      createInterface({ input: streamOf(child) }).on('line', (line) => {
        said.push(line);
      });
      this.sessions.push({ child, said });
      expect(
        await soon(
          () => said[0],
          (line) => line !== undefined,
          10_000,
        ),
      ).toMatch(/^in /);
    }
  }

  /** In any order: a server that reads them writes them in its own. */
  leases(): readonly string[] {
    return ['more', 'gone']
      .flatMap((network) =>
        readFileSync(this.on.lab.state(`networks/${network}/leases`), 'utf8')
          .split('\n')
          .map((line) => `${network}: ${line}`),
      )
      .toSorted();
  }

  /** Of the two long sessions, as the kernel knows them: whose, and how they are translated. */
  connections(): readonly string[] {
    const { lab } = this.on;
    return must(lab.in(lab.host, ['conntrack', '-L', '-p', 'tcp']))
      .out.split('\n')
      .filter((line) => / ESTABLISHED .*sport=50022 /.test(line))
      .map((line) =>
        line
          .split(' ')
          .filter((word) => /^(src|dst|sport|dport)=/.test(word))
          .join(' '),
      )
      .toSorted();
  }

  async alive(): Promise<readonly string[]> {
    return await Promise.all(
      this.sessions.map(async ({ child, said }) => {
        const had = said.length;
        child.stdin?.write('?\n');
        const answer = await soon(
          () => said.slice(had).find((line) => line.startsWith('session')),
          (line) => line !== undefined,
          40_000,
        );
        return answer ?? 'no answer';
      }),
    );
  }

  /** Asks its server by name whether what it has is still its own; says what it was told. */
  async renews(guest: string): Promise<string> {
    const had = readFileSync(this.told(guest), 'utf8').length;
    for (const { pid, command } of this.on.lab.processes(guest))
      if (command.startsWith('udhcpc')) process.kill(pid, 'SIGUSR1');
    return (
      await soon(
        () => readFileSync(this.told(guest), 'utf8').slice(had),
        (text) => text !== '',
        10_000,
      )
    ).trim();
  }

  async hears(guest: string, what: RegExp): Promise<boolean> {
    return await soon(
      () => existsSync(this.told(guest)) && what.test(readFileSync(this.told(guest), 'utf8')),
      (is) => is,
      20_000,
    );
  }

  close(): void {
    for (const child of this.own) child.kill('SIGKILL');
    this.on.lab.close();
  }

  private told(guest: string): string {
    return this.on.lab.path(`${guest}.told`);
  }

  private runs(namespace: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = spawnChild('ip', ['netns', 'exec', namespace, ...argv], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, ...env },
    });
    this.own.push(child);
    return child;
  }
}

function addressIn(told: string): string {
  return /^bound (\S+)$/m.exec(told)?.[1] ?? '';
}

function streamOf({ stdout }: ChildProcess): NodeJS.ReadableStream {
  if (stdout === null) throw new Error('it has no standard output');
  return stdout;
}

async function lineOf(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve) => {
    createInterface({ input: streamOf(child) }).once('line', () => {
      resolve();
    });
  });
}

let all: Guests;
let made: readonly Call[];
beforeEach(() => {
  all = new Guests();
  const { on } = all;
  on.settle(SETTLED);
  // Which calls it makes while they have leases; then they are not disturbed again.
  for (const guest of on.guests) on.lab.lease(guest);
  made = on.dare(DARED, []).made;
  on.settle(SETTLED);
});
afterEach(() => {
  all.close();
});

/** Rolls it back, and says what the guest that was about to leave then hears when it renews. */
async function rolledBack(code: number, how: readonly string[], orders: readonly Ordered[]): Promise<string> {
  const { on } = all;
  await all.begin();
  const [before, leases, connections] = [on.look(), all.leases(), all.connections()];
  expect(connections).toHaveLength(2);
  const tried = on.dare(DARED, orders, how);
  expect((await on.judge(tried, before, orders)).wrong, tried.ended.err).toEqual([]);
  expect(tried.ended.code, tried.ended.err).toBe(code);
  const isOthers = (line: string): boolean => !line.includes(' left ');
  expect(all.leases().filter(isOthers)).toEqual(leases.filter(isOthers));
  expect(all.connections()).toEqual(connections);
  expect(await all.alive()).toEqual(['session alive', 'session alive']);
  const [, , , left = ''] = on.guests;
  for (const guest of on.guests)
    if (guest !== left) expect(await all.renews(guest), guest).toMatch(/^renew 10\.(20|30)\.0\.\d+$/);
  return await all.renews(left);
}

const writes = (): readonly Call[] =>
  made.filter((call) => !reads(call) && !prepares(call) && !call.command.startsWith('nft'));

test('nobody confirms it', async () => {
  expect(await rolledBack(5, ['apply', '--confirm-timeout', '2s', '--allow-mass-delete'], [])).toMatch(
    /^renew 10\.20\.0\.\d+$/,
  );
});

test('the last step fails, when a lease was released: that guest is told so, and has its address again', async () => {
  const release = writes().findLast(({ command }) => command.startsWith('dhcp_release'));
  const last = writes().at(-1);
  expect(last?.number).toBeGreaterThan(release?.number ?? Infinity);
  const told = await rolledBack(3, ATOMIC, [{ number: last?.number ?? 0, how: 'fails' }]);
  expect(told).toMatch(/^nak /);
  expect(await all.hears(all.on.guests[3] ?? '', /^bound (\S+)\n[^]*nak [^]*bound \1\n/m)).toBe(true);
});

for (let turn = 0; turn < Number(env['NETCTL_FAILURES'] ?? 0); turn++) {
  test(`a step fails, drawn by chance ${turn}`, async () => {
    const chance = new Chance(`${SEED} guests ${turn}`);
    await rolledBack(3, ATOMIC, [
      {
        number: chance.of(writes()).number,
        how: chance.of(['fails', 'fails halfway', 'fails late', 'is killed halfway']),
      },
    ]);
  });
}
