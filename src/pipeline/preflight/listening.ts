// pipeline/preflight/listening.ts — sockets of others that a name server or a DHCP server could want in vain.

export const READ_SOCKETS: readonly string[] = [
  'ss',
  '-H',
  '-n',
  '-l',
  '-p',
  '-t',
  '-u',
  '( sport = :53 or sport = :67 )',
];

/** A socket for IPv4 that waits for somebody. */
export interface Listening {
  readonly protocol: string;
  /** `::` is both families, all addresses of them. */
  readonly address: string;
  /** It takes what comes by that alone. */
  readonly device?: string;
  readonly port: number;
  /** Whose it is: several where one has it from another. */
  readonly users: readonly { readonly name: string; readonly pid: number }[];
}

/**
 * Of which a copy is made: of TCP, and not on one device alone (`127.0.0.53%lo`). Who does not share a port of UDP is
 * known before.
 */
export function listeningOf(
  text: string,
  own: ReadonlySet<number>,
): readonly { readonly address: string; readonly port: number }[] {
  return socketsOf(text, own).flatMap(({ protocol, address, device, port }) =>
    protocol === 'tcp' && port === 53 && device === undefined ? [{ address, port }] : [],
  );
}

/** As `ss` prints them; those of our own daemons (`own`) are left out. */
export function socketsOf(text: string, own: ReadonlySet<number>): readonly Listening[] {
  return text.split('\n').flatMap((line): readonly Listening[] => {
    // With one protocol alone, `ss` does not name it; with two it does, first.
    const [protocol = '', , , , local = ''] = line.trim().split(/\s+/);
    const [, written = '', device, port = ''] = /^(.*?)(?:%([^:\]]+))?:(\d+)$/.exec(local) ?? [];
    const users = [...line.matchAll(/\("((?:[^"\\]|\\.)*)",pid=(\d+)/g)].map(([, name = '', pid]) => ({
      name,
      pid: Number(pid),
    }));
    // An IPv4 address in a socket for IPv6 is one; a star is both families.
    const address = written === '*' ? '::' : written.replace(/^\[::ffff:(\d+\.\d+\.\d+\.\d+)\]$/, '$1');
    // For IPv6 alone: in nobody's way.
    if (port === '' || address.startsWith('[') || users.some(({ pid }) => own.has(pid))) return [];
    return [{ protocol, address, ...(device === undefined ? {} : { device }), port: Number(port), users }];
  });
}
