// test/kernel/ip-walk.test.ts — the walk of the kinds that speak `ip`, on a kernel, in namespaces made for it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import type { Driver, Op } from '../../src/core/resource.ts';
import { createLinuxDriver } from '../../src/driver/linux.ts';
import { parseLinks, READ_LINKS } from '../../src/iproute2/links.ts';
import { isNightly } from '../nightly.ts';
import { DRIFT, FOREIGN, Keeper, randomOf, randomWants, UPLINK } from '../kinds/ip-walk.ts';

const execute = promisify(execFile);
const WALKS = isNightly ? 8 : 2;
const STEPS = 8;
const made: string[] = [];

afterAll(async () => {
  for (const name of made) await execute('ip', ['netns', 'del', name]).catch(() => undefined);
});

test('from any wanted set to any other, killed anywhere, then settled', async () => {
  for (let seed = 1; seed <= WALKS; seed++) {
    const random = randomOf(seed);
    const [host, world, ...guests] = await namespaces(seed, ['h', 'w', 'g1', 'g2', 'g3']);
    if (host === undefined || world === undefined) throw new Error('five names make five namespaces');
    await prepare(host, world);
    const untouched = await snapshot(host);
    const power = new Power(createLinuxDriver({ netns: host }));
    const keeper = new Keeper(power);
    for (let step = 0; step < STEPS; step++) {
      const wants = randomWants(random, guests);
      if (random(2) === 0) {
        power.left = random(20);
        await keeper.apply(wants).catch(ignorePowerCut);
        power.left = Infinity;
      }
      for (let i = random(4); i > 0; i--) await drift(host, guests, DRIFT[random(DRIFT.length)]);
      expect(await keeper.apply(wants), `seed ${seed}, step ${step}`).toEqual([]);
      expect((await keeper.plan(wants)).changes).toEqual([]);
    }
    expect(await keeper.apply([]), `seed ${seed}, the end`).toEqual([]);
    expect(await snapshot(host), `seed ${seed}`).toEqual(untouched);
  }
});

class PowerCut extends Error {}

/** Lets so many more lines through. */
class Power implements Driver {
  left = Infinity;
  private readonly driver: Driver;
  constructor(driver: Driver) {
    this.driver = driver;
  }

  read(argv: readonly string[], netns?: string): Promise<string> {
    return this.driver.read(argv, netns);
  }

  files(directory: string): Promise<ReadonlyMap<string, string>> {
    return this.driver.files(directory);
  }

  processes(having: string): ReturnType<Driver['processes']> {
    return this.driver.processes(having);
  }

  invalidate(): void {
    this.driver.invalidate();
  }

  async perform(op: Op): Promise<void> {
    const effects = op.op === 'batch' ? op.lines.length : 1;
    const cut = effects > this.left;
    const done = op.op === 'batch' && cut ? { ...op, lines: op.lines.slice(0, this.left) } : op;
    this.left -= effects;
    if (!cut || (done.op === 'batch' && done.lines.length > 0)) await this.driver.perform(done);
    if (cut) throw new PowerCut('in the middle');
  }
}

function ignorePowerCut(error: unknown): void {
  if (!(error instanceof PowerCut)) throw error;
}

async function namespaces(seed: number, roles: readonly string[]): Promise<readonly string[]> {
  const names = roles.map((role) => `nct-${process.pid}-walk${seed}${role}`);
  for (const name of names) {
    made.push(name);
    await execute('ip', ['netns', 'add', name]);
  }
  return names;
}

async function prepare(host: string, world: string): Promise<void> {
  await ip(host, 'link set dev lo up');
  for (const name of ['eth1', 'eth2']) {
    await ip(host, `link add name ${name} type veth peer name far-${name} netns ${world}`);
    await ip(host, `link set dev ${name} up`);
    await ip(world, `link set dev far-${name} up`);
  }
  for (const line of [...UPLINK, ...FOREIGN])
    await ip(host, line.replaceAll('"', '').replace('netctl vm-1', 'netctl-vm-1'));
}

async function ip(netns: string, line: string): Promise<void> {
  await execute('ip', ['-n', netns, ...line.split(' ')]);
}

/** What is refused because it does not apply is no drift. */
async function drift(host: string, guests: readonly string[], done: (typeof DRIFT)[number] | undefined): Promise<void> {
  if (done === undefined) return;
  const [line, guest] = done;
  const netns = guest === undefined ? host : guests[Number(guest.slice(1)) - 1];
  if (netns !== undefined) await ip(netns, line).catch(() => undefined);
}

/** All devices but for numbers, and what the kernel makes of carriers; all routes. */
async function snapshot(host: string): Promise<unknown> {
  const links = parseLinks((await execute('ip', ['-n', host, ...READ_LINKS.slice(1)])).stdout);
  const routes = await Promise.all(
    ['-4', '-6'].map(async (family) =>
      (await execute('ip', ['-n', host, family, 'route', 'show', 'table', 'main'])).stdout
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !line.startsWith('fe80'))
        .sort(),
    ),
  );
  return {
    routes,
    links: links.map((link) => ({
      ...link,
      addresses: link.addresses.filter((address) => address.family === 4 || address.scope !== 'link'),
    })),
  };
}
