// test/kernel/conflicts.test.ts — rule sets of Docker, libvirt, ufw, firewalld and others before, after and between
// applies: theirs stay as they wrote them, and traffic goes, or what stops it is named and its mend mends it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConflictsHost, ELSEWHERE, FAR, FLOATING, WORLD, ruleSet } from './conflicts-host.ts';
import { RunningWatch } from './watch/running.ts';

const ALL = { out: true, in: true, between: true };

describe('Docker and libvirt, there before', () => {
  let site: ConflictsHost;
  let before: string;
  beforeAll(() => {
    site = new ConflictsHost();
    site.load('libvirt.iptables', 'docker.iptables', 'libvirt.nft', 'docker.nft');
    before = site.theirs();
    site.apply();
    site.inject();
    site.lab.lease(site.guest);
  });
  afterAll(() => {
    site.lab.close();
  });

  test('stay as they wrote them, and hurt nothing that netctl forwards', () => {
    expect(site.theirs()).toBe(before);
    expect(site.traffic()).toEqual({ ...ALL, between: false });
  });

  test("what they stop over a bridge is named, and Docker's own way mends it", () => {
    const findings = site.found();
    expect(findings.map(({ code, hint }) => [code, hint])).toEqual([
      ['bridge-netfilter', 'iptables -I DOCKER-USER -i br-plain -o br-plain -j ACCEPT'],
    ]);
    site.mend(findings);
    expect([site.codes(), site.traffic()]).toEqual([[], ALL]);
    expect(site.theirs()).toBe(
      before
        .replace('-A DOCKER', '-A DOCKER-USER -i br-plain -o br-plain -j ACCEPT\n-A DOCKER')
        .replace(/(-A DOCKER-USER .*\n)((?:-A DOCKER(?!-USER).*\n)+)/, '$2$1'),
    );
  });
});

describe('others, there after', () => {
  let site: ConflictsHost;
  beforeAll(() => {
    site = new ConflictsHost();
    site.apply();
    site.inject();
    site.lab.ip(site.guest, 'address add 192.168.50.10/24 dev eth0');
    site.lab.ip(site.guest, 'route add default via 192.168.50.1');
  });
  afterAll(() => {
    site.lab.close();
  });

  test('ufw, between two applies', () => {
    site.load('ufw.iptables');
    const theirs = site.theirs();
    site.plays(
      'ufw',
      '[ "$*" = "route allow in on br-plain out on br-plain" ]\niptables -A ufw-user-forward -i br-plain -o br-plain -j ACCEPT',
    );
    // It lets pings pass.
    expect(site.traffic()).toEqual(ALL);
    const findings = site.found();
    expect(
      findings.map(({ code, message }) => [code, message.includes('packets between instances (TCP, UDP) ')]),
    ).toEqual([['bridge-netfilter', true]]);
    site.mend(findings);
    expect(site.found()).toEqual([]);
    site.apply('\n  more: { mode: flat-dhcp, interface: null, cidr: 192.168.53.0/24 }');
    expect(site.theirs()).toBe(
      theirs.replace('-A ufw-user-input', '-A ufw-user-forward -i br-plain -o br-plain -j ACCEPT\n-A ufw-user-input'),
    );
    expect(site.traffic()).toEqual(ALL);
    site.do('iptables -P FORWARD ACCEPT; iptables -P INPUT ACCEPT');
    site.apply();
  });

  test("Docker puts its chains above netctl's each time it starts", () => {
    site.load('docker.iptables');
    site.do(
      'iptables -D FORWARD -j DOCKER-FORWARD; iptables -D FORWARD -j DOCKER-USER; iptables -I FORWARD -j DOCKER-FORWARD; iptables -I FORWARD -j DOCKER-USER; iptables -I FORWARD -i br-plain -o br-plain -j ACCEPT',
    );
    expect([site.codes(), site.traffic()]).toEqual([[], ALL]);
  });

  test("a rule above netctl's", () => {
    site.do('iptables -I FORWARD -o eth1 -p icmp -j DROP');
    const findings = site.found();
    expect(findings.map(({ message }) => message)).toEqual([
      'lab: packets of instances to the outside (ICMP) and replies from floating addresses (ICMP) are dropped by a rule in chain FORWARD of table filter (iptables): -A FORWARD -o eth1 -p icmp -j DROP',
    ]);
    expect(site.traffic()).toEqual({ ...ALL, out: false, in: false });
    site.mend(findings);
    expect([site.codes(), site.traffic()]).toEqual([[], ALL]);
  });

  test('firewalld, whose own way is a zone', () => {
    site.plays(
      'firewall-cmd',
      `case "$*" in *--permanent*) exit 0 ;; "--zone=trusted --change-interface=br-lab" | "--zone=trusted --change-interface=br-plain") ;; *) exit 2 ;; esac
nft delete table inet firewalld
nft -f ${ruleSet('firewalld-trusted.nft')}
nft 'insert rule inet firewalld filter_FORWARD_ZONES iifname "br-plain" goto filter_FWD_trusted; insert rule inet firewalld filter_FWD_trusted_allow oifname "br-plain" accept'`,
    );
    site.load('firewalld.nft');
    const theirs = site.theirs();
    const findings = site.found();
    expect(
      findings.map(
        ({ code, message }) => `${code}: ${message.replace(/ are dropped by a rule in (chain \S+) .*: /, ' | $1 | ')}`,
      ),
    ).toEqual([
      'foreign-drop: lab: DHCP requests and DNS requests | chain filter_IN_public | reject with icmpx admin-prohibited',
      'foreign-drop: lab: packets of instances to the outside | chain filter_FWD_public | reject with icmpx admin-prohibited',
      'bridge-netfilter: plain: packets between instances | chain filter_FWD_public | reject with icmpx admin-prohibited',
    ]);
    // What comes for a floating address firewalld lets in by itself.
    expect(site.traffic()).toEqual({ out: false, in: true, between: false });
    expect(site.theirs()).toBe(theirs);
    site.mend(findings);
    expect([site.codes(), site.traffic()]).toEqual([[], ALL]);
    expect(site.lab.lease(site.guest)).toMatchObject({ ip: '192.168.50.10' });
    site.do('nft delete table inet firewalld');
  });

  test('a second firewall in nft, rule by rule', () => {
    site.load('strict.nft');
    const findings = site.found();
    expect(findings.map(({ code }) => code).sort()).toEqual(['bridge-netfilter', 'foreign-policy', 'foreign-policy']);
    expect(site.traffic()).toEqual({ out: false, in: false, between: false });
    site.mend(findings);
    expect([site.codes(), site.traffic()]).toEqual([[], ALL]);
    expect(site.lab.lease(site.guest)).toMatchObject({ ip: '192.168.50.10' });
    expect(site.lab.resolves(site.guest, 'g1.novalocal', '192.168.50.1')).toBe('192.168.50.10');
    site.do('nft delete table inet filter');
  });

  test('rp_filter, where answers go by another way', () => {
    expect(site.reaches(site.lab.world, ELSEWHERE, FAR)).toBe(true);
    site.do('sysctl -q -w net.ipv4.conf.eth2.rp_filter=1');
    const findings = site.found();
    expect(findings.map(({ code, hint }) => [code, hint])).toEqual([
      ['rp-filter', 'sysctl -w net.ipv4.conf.eth2.rp_filter=2'],
    ]);
    expect(site.reaches(site.lab.world, ELSEWHERE, FAR)).toBe(false);
    site.mend(findings);
    expect([site.codes(), site.reaches(site.lab.world, ELSEWHERE, FAR)]).toEqual([[], true]);
  });

  test('rules of iptables-legacy, which netctl does not use here', () => {
    site.do('iptables-legacy -P FORWARD DROP; iptables-legacy -A FORWARD -i docker0 -j ACCEPT');
    const findings = site.found();
    expect(findings.map(({ code }) => code)).toEqual(['foreign-policy', 'bridge-netfilter', 'two-backends']);
    expect(site.traffic()).toEqual({ out: false, in: false, between: false });
    site.mend(findings.slice(0, 2));
    expect([site.codes(), site.traffic()]).toEqual([['two-backends'], ALL]);
    site.mend(site.found());
    expect([site.codes(), site.traffic()]).toEqual([[], ALL]);
  });
});

describe('under a watch', () => {
  let site: ConflictsHost;
  let watch: RunningWatch;
  beforeAll(async () => {
    site = new ConflictsHost();
    site.load('docker.iptables', 'ufw.iptables');
    site.lab.write('spec.yaml', site.spec());
    watch = new RunningWatch(site.lab, ['--resync-interval', '1s']);
    await watch.says('ready');
    site.inject();
    site.lab.lease(site.guest);
  });
  afterAll(async () => {
    await watch.end();
    site.lab.close();
  });

  test('what they stop is logged once, and said by status', async () => {
    const looks = watch.said.filter(({ event }) => event === 'checked').length;
    await watch.says('checked', { times: looks + 2, having: ({ whole }) => whole === true });
    expect(
      watch.said
        .filter(({ event }) => event === 'conflict')
        .map(({ level, message }) => [level, message.split('\n').at(-1)?.trim()]),
    ).toEqual([['warning', 'hint: iptables -I DOCKER-USER -i br-plain -o br-plain -j ACCEPT']]);
    const { code, out } = site.lab.netctl(['status', '-o', 'json']);
    expect([code, JSON.parse(out)]).toMatchObject([
      2,
      { settled: true, watch: { settled: true }, conflicts: [{ code: 'bridge-netfilter' }] },
    ]);
    expect(site.lab.netctl(['status']).out).toContain('hint: iptables -I DOCKER-USER');
  });

  test('and when it is gone', async () => {
    site.do('iptables -I DOCKER-USER -i br-plain -o br-plain -j ACCEPT');
    await watch.says('recovered', { having: ({ message }) => message.includes('packets between instances') });
    expect(site.traffic()).toEqual(ALL);
  });

  for (const [name, deed] of [
    [
      'firewalld reloads, and empties iptables',
      'for table in raw mangle nat filter; do iptables -t $table -F; iptables -t $table -X; done; iptables -P FORWARD ACCEPT; iptables -P INPUT ACCEPT',
    ],
    ['Docker starts again', `iptables-restore --noflush ${ruleSet('docker.iptables')}`],
    ['ufw is loaded anew, over everything', `iptables-restore ${ruleSet('ufw.iptables')}`],
  ] as const) {
    test(`${name}: what was netctl's is there again, and theirs as they wrote it`, async () => {
      site.do(deed);
      const theirs = site.theirs();
      await watch.until(
        () => site.lab.rules().filter((line) => /^-A [A-Z]+ .*-j netctl-/.test(line)).length === 7,
        'the jumps are there again',
      );
      await watch.until(() => watch.settled(), 'nothing differs');
      expect(site.theirs()).toBe(theirs);
      expect([site.reaches(site.guest, WORLD), site.reaches(site.lab.world, FLOATING)]).toEqual([true, true]);
    });
  }
});
