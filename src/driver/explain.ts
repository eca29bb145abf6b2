// driver/explain.ts — what a refusal means, where the kernel's own words say too little.

/** Asked of a kernel without 802.1Q, `ip` knows no more than that the operation is not supported. */
export function meaningOf(line: string, stderr: string): string | undefined {
  if (!/ type vlan\b/.test(line) || !/Operation not supported|Unknown device type/.test(stderr)) return undefined;
  return 'this kernel has no VLANs: it was built without 802.1Q, or its module 8021q is not installed';
}

/** Who listens for names, and for DHCP: asked where a daemon of ours found its address in use. */
export const READ_HOLDERS: readonly string[] = [
  'ss',
  '-H',
  '-n',
  '-l',
  '-p',
  '-t',
  '-u',
  '( sport = :53 or sport = :67 )',
];

/** Of what dnsmasq says: the address whose port 53 it wants, or nothing where that is DHCP's port of all. */
const IN_USE = /(?:listening socket for (\S+)|DHCP server socket): Address already in use/;

export function isInUse(stderr: string): boolean {
  return IN_USE.test(stderr);
}

/** `192.168.50.1:53 is held by named (pid 612)`; undefined where nobody is seen who does. */
export function holderOf(stderr: string, printed: string): string | undefined {
  const [said, wanted] = IN_USE.exec(stderr) ?? [];
  if (said === undefined) return undefined;
  const held = printed.split('\n').flatMap((line): readonly string[] => {
    const [, , , , local = ''] = line.trim().split(/\s+/);
    const [, address = '', port = ''] = /^(.*?)(?:%[^:\]]+)?:(\d+)$/.exec(local) ?? [];
    const isMeant =
      wanted === undefined ? port === '67' : port === '53' && [wanted, '0.0.0.0', '*', '[::]'].includes(address);
    const users = [...line.matchAll(/\("((?:[^"\\]|\\.)*)",pid=(\d+)/g)].map(([, name, pid]) => `${name} (pid ${pid})`);
    return isMeant ? [`${address}:${port} is held by ${users.length === 0 ? 'a program' : users.join(', ')}`] : [];
  });
  return held.length === 0 ? undefined : [...new Set(held)].join('; ');
}
