// test/kernel/watch/rolled-back.test.ts — a watch and specs that were rolled back: by itself, because something no
// longer answers, or by an operator's clock.
import { afterEach, describe, expect, test } from 'vitest';
import { begin } from '../begun.ts';
import { Lab, must } from '../lab.ts';
import { RunningWatch } from './running.ts';

const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br-lab, interface: null, cidr: 192.168.50.0/24 }
`;
/** The gateway is behind eth1; a host that takes its address for a floating one of its own cannot reach it any more. */
const CUTTING = `${SPEC}pools: { cut: { ranges: [203.0.113.1], interface: eth1 } }
instances:
  vm-1: { nics: [{ network: lab, floating: [203.0.113.1] }] }
`;

let lab: Lab;
let running: RunningWatch | undefined;
afterEach(async () => {
  await running?.end();
  running = undefined;
  lab.close();
});

/** Without what a watch listens with. */
function held(): string {
  return lab
    .snapshot()
    .split('\n')
    .filter((line) => !/^(ip|nft|setpriv) .*monitor/.test(line))
    .join('\n');
}

describe('a watch', () => {
  test('rolls back a spec by which the gateway no longer answers, stays with the one before, and refuses it until it changes', async () => {
    lab = new Lab();
    lab.write('spec.yaml', SPEC);
    running = new RunningWatch(lab);
    await running.says('ready');
    const before = held();
    lab.write('spec.yaml', CUTTING);
    const refused = await running.says('spec-refused');
    expect(JSON.stringify(refused)).toContain('default gateway 203.0.113.1 no longer answers');
    await running.until(() => held() === before, 'the host is as before');
    expect(lab.pings(lab.host, '203.0.113.1')).toBe(true);
    expect(running.status().refused?.problems.join()).toContain('was rolled back as generation 2');
    expect(must(lab.netctl(['history'])).out).toMatch(
      / 2 .*rolled back: default gateway 203\.0\.113\.1 no longer answers\n$/,
    );
    // Also by the next watch.
    await running.end();
    running = new RunningWatch(lab);
    await running.says('ready');
    expect(held()).toBe(before);
    lab.write(
      'spec.yaml',
      `${SPEC}  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 192.168.60.0/24 }\n`,
    );
    await running.until(() => lab.ip(lab.host, '-br link').includes('br-more'), 'the next spec is applied');
    expect(running.status().refused).toBeUndefined();
  });

  test('waits while an apply waits to be confirmed, and does not apply again what nobody confirmed', async () => {
    lab = new Lab();
    lab.write('spec.yaml', SPEC);
    must(lab.netctl(['apply', '--yes']));
    const before = held();
    const other = `${SPEC}  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 192.168.60.0/24 }\n`;
    const applied = begin(lab, ['apply', '--yes', '--confirm-timeout', '15s'], { spec: other });
    await applied.says('is in place');
    running = new RunningWatch(lab);
    expect(await running.says('waits')).toMatchObject({ holder: 'generation 2 to be confirmed' });
    expect(await applied.ended).toBe(5);
    await running.says('spec-refused');
    expect(held()).toBe(before);
    // An operator who has it kept has the last word.
    must(lab.netctl(['apply', '--yes']));
    await running.until(
      () => running?.status().refused === undefined && running?.status().settled,
      'the watch holds the host to it',
    );
    expect(lab.ip(lab.host, '-br link')).toContain('br-more');
  });

  test('after a reboot makes the host what it was before an apply that nobody confirmed', async () => {
    lab = new Lab();
    lab.write('spec.yaml', SPEC);
    must(lab.netctl(['apply', '--yes']));
    const applied = begin(lab, ['apply', '--yes', '--confirm-timeout', '10m'], {
      spec: `${SPEC}  more: { mode: flat-dhcp, bridge: br-more, interface: null, cidr: 192.168.60.0/24 }\n`,
    });
    await applied.says('is in place');
    process.kill(applied.pid, 'SIGKILL');
    await applied.ended;
    lab.reboot({ processes: 'end' });
    running = new RunningWatch(lab);
    expect(JSON.stringify(await running.says('rolled-back'))).toContain('generation 2');
    await running.says('spec-refused');
    expect(lab.ip(lab.host, '-br link')).toContain('br-lab');
    expect(lab.ip(lab.host, '-br link')).not.toContain('br-more');
    expect(must(lab.netctl(['history'])).out).toMatch(
      / 2 .*rolled back: not confirmed in time, and the host was rebooted\n$/m,
    );
  });
});
