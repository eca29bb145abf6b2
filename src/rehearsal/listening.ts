// rehearsal/listening.ts — sockets of others on which a name server could listen in vain.

export const READ_SOCKETS: readonly string[] = ['ss', '-H', '-n', '-l', '-t', 'sport', '=', ':53'];

/** Of what `READ_SOCKETS` prints. Those on addresses of which our own daemons serve (`own`) are theirs. */
export function listeningOf(text: string, own: ReadonlySet<string>): readonly { readonly address: string; readonly port: number }[] {
  return text.split('\n').flatMap((line) => {
    const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '') ?? [];
    // On one device alone (`127.0.0.53%lo`), or for IPv6 alone: in nobody's way.
    if (port === '' || address.includes('%') || address.startsWith('[') || own.has(address)) return [];
    // A star is both families.
    return [{ address: address === '*' ? '::' : address, port: Number(port) }];
  });
}
