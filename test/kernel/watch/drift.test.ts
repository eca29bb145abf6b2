// test/kernel/watch/drift.test.ts — what somebody does to the host while a watch runs is undone at once, whatever it
// is, and nothing else is touched.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damagesOf, race, specFor } from '../damages.ts';
import { Lab, must } from '../lab.ts';
import { RunningWatch } from './running.ts';

let lab: Lab;
let guest: string;
let settled: string;
let watch: RunningWatch;

beforeAll(async () => {
  lab = new Lab();
  guest = lab.namespace('vm-1');
  lab.write('spec.yaml', specFor(guest));
  watch = new RunningWatch(lab);
  await watch.says('ready');
  settled = lab.snapshot();
});
afterAll(async () => {
  await watch.end();
  lab.close();
});

describe('within seconds, without anybody asking for it', () => {
  test.each(
    damagesOf(
      () => lab,
      () => guest,
    ),
  )('%s', async (_name, damage) => {
    const before = watch.said.filter(({ event }) => event === 'applied').length;
    race(damage);
    await watch.says('applied', { times: before + 1 });
    await watch.until(() => lab.snapshot() === settled, 'the host is as it was');
    // It may look once more at what it has just done.
    await watch.until(() => watch.settled(), 'it says so');
    expect(lab.lease(guest)).toMatchObject({ ip: '192.168.50.2', router: '192.168.50.1', ntpsrv: '192.168.50.1' });
  });

  test('and then it is quiet', async () => {
    await watch.until(() => watch.status().settled, 'it says that all is well');
    // Its own changes have echoed, it has looked at all once more, and the kernel has said all it had to say.
    let [heard, since] = [0, performance.now()];
    await watch.until(() => {
      const said = watch.said.filter(({ event }) => event === 'checked' || event === 'applied').length;
      if (said !== heard) [heard, since] = [said, performance.now()];
      return performance.now() - since > 3_000;
    }, 'it does nothing for three seconds');
    expect(watch.strays).toEqual([]);
  });
});

describe('what of others stops traffic', () => {
  test.each([
    ['a policy', 'iptables-legacy -P FORWARD DROP', 'iptables-legacy -P FORWARD ACCEPT', 'foreign-policy'],
    [
      'a setting',
      'sysctl -qw net.ipv4.conf.all.arp_ignore=8',
      'sysctl -qw net.ipv4.conf.all.arp_ignore=0',
      'arp-unanswered',
    ],
    ['a policy rule', 'ip rule add iif br-lab prohibit', 'ip rule del iif br-lab prohibit', 'no-way-out'],
  ])('is in the next status: %s', (_name, stop, go, code) => {
    const asked = (): { readonly status: number | null; readonly text: string } => {
      const { code: status, out } = lab.netctl(['status'], { spec: null });
      return { status, text: out };
    };
    expect(asked().status).toBe(0);
    must(lab.in(lab.host, stop.split(' ')));
    const { status, text } = asked();
    must(lab.in(lab.host, go.split(' ')));
    expect(text).toContain(`blocked: ${code}`);
    expect(status).toBe(2);
    expect(asked().status).toBe(0);
  });
});

describe('what somebody else has put in the way', () => {
  test('is left alone and named, and everything else is healed meanwhile', async () => {
    // Else it would have made its own in between.
    watch.signal('SIGSTOP');
    lab.ip(lab.host, 'link del dev tap-vm-2');
    lab.ip(lab.host, 'link add name tap-vm-2 type bridge');
    watch.signal('SIGCONT');
    await watch.says('failed', {
      having: ({ message }) => message.includes("link tap-vm-2 is there already and is not netctl's"),
    });
    lab.ip(lab.host, 'address del 192.168.50.1/24 dev br-lab');
    lab.in(lab.host, ['iptables', '-t', 'nat', '-F', 'netctl-snat']);
    await watch.until(
      () => lab.ip(lab.host, '-j address show dev br-lab').includes('192.168.50.1'),
      'the gateway is back',
    );
    await watch.until(() => lab.rules().some((line) => line.startsWith('-A netctl-snat ')), 'the rules are back');
    expect(watch.status()).toMatchObject({
      settled: false,
      failures: [{ ref: 'link tap-vm-2', message: expect.stringContaining("is not netctl's") as string }],
    });
    expect(lab.netctl(['status']).code).not.toBe(0);
    lab.ip(lab.host, 'link del dev tap-vm-2');
    await watch.until(() => lab.snapshot() === settled, 'it has made its own again');
    await watch.until(() => watch.status().settled, 'it says that all is well');
    expect(watch.status().failures).toEqual([]);
  });
});
