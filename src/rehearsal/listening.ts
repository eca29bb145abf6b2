// rehearsal/listening.ts — sockets of others that a name server or a DHCP server could want in vain.

export const READ_SOCKETS: readonly string[] = ['ss', '-H', '-n', '-l', '-p', '-t', '-u', '( sport = :53 or sport = :67 )'];

/** Of what `READ_SOCKETS` prints. Those of our own daemons (`own`, by their numbers) are known already. */
export function listeningOf(text: string, own: ReadonlySet<number>): readonly { readonly address: string; readonly port: number }[] {
  return socketsOf(text, own).flatMap(({ protocol, address, port }) => (protocol === 'tcp' && port === 53 ? [{ address, port }] : []));
}

/** Others' sockets of UDP: whether they share their port is not to be read, so no copy of them is made. */
export function unclearOf(text: string, own: ReadonlySet<number>): readonly string[] {
  return [...new Set(socketsOf(text, own).flatMap(({ protocol, port }) => (protocol === 'udp' ? [`somebody listens on port ${port} of UDP, and whether he shares it cannot be read`] : [])))];
}

function socketsOf(text: string, own: ReadonlySet<number>): readonly { readonly protocol: string; readonly address: string; readonly port: number }[] {
  return text.split('\n').flatMap((line) => {
    // With one protocol alone, `ss` does not name it; with two it does, first.
    const [protocol = '', , , , local = ''] = line.trim().split(/\s+/);
    const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(local) ?? [];
    // On one device alone (`127.0.0.53%lo`), or for IPv6 alone: in nobody's way.
    if (port === '' || address.includes('%') || address.startsWith('[') || [...line.matchAll(/pid=(\d+)/g)].some(([, pid]) => own.has(Number(pid)))) return [];
    // A star is both families.
    return [{ protocol, address: address === '*' ? '::' : address, port: Number(port) }];
  });
}
