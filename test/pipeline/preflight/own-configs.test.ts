// test/pipeline/preflight/own-configs.test.ts — an operator's dhcp.config that is not there: an error while a server is
// to be started with it, else a warning.
import { expect, test } from 'vitest';
import { Bench } from '../../commands/bench.ts';

const CONFIG = '/etc/dnsmasq-lab.conf';
const SPEC = `apiVersion: netctl/v1
networks:
  lab: { mode: flat-dhcp, bridge: br100, cidr: 10.0.0.0/24, dhcp: { config: ${CONFIG} } }
`;
const INSTANCE = 'instances: { vm-1: { nics: [{ network: lab }] } }\n';

test('plan, status and apply say it at its line, and nothing is done; validate needs no host', async () => {
  const bench = new Bench();
  const said = expect.stringMatching(
    /^spec\.yaml:3:\d+: error: dhcp\.config \/etc\/dnsmasq-lab\.conf is not there[^]*hint: /m,
  ) as string;
  expect(await bench.validate(SPEC + INSTANCE)).toMatchObject({ code: 0 });
  expect(await bench.plan(SPEC + INSTANCE)).toMatchObject({ code: 1, err: said });
  expect(await bench.status(SPEC + INSTANCE)).toMatchObject({ code: 1, err: said });
  expect(await bench.apply(SPEC + INSTANCE)).toMatchObject({ code: 1, err: said });
  expect(bench.scene.whole.host.effects).toBe(0);
});

test('a host that starts no server with it does not need it', async () => {
  expect(await new Bench().plan(SPEC)).toMatchObject({ code: 0, err: '' });
});

test('one that goes while its server runs is a warning, until the server is to be started', async () => {
  const bench = new Bench();
  const { disk, daemons } = bench.scene.whole.host;
  disk.write(CONFIG, 'log-dhcp\n');
  expect(await bench.apply(SPEC + INSTANCE)).toMatchObject({ code: 0, err: '' });
  disk.remove(CONFIG);
  expect(await bench.apply(SPEC + INSTANCE)).toMatchObject({
    code: 0,
    err: expect.stringContaining('warning: dhcp.config') as string,
  });
  for (const { pid } of daemons.having('dnsmasq-lab')) daemons.kill(pid);
  expect(await bench.plan(SPEC + INSTANCE)).toMatchObject({
    code: 1,
    err: expect.stringContaining('error: dhcp.config') as string,
  });
});
