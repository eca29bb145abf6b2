// uplinks/managers.ts — which programs configure an interface by themselves: DHCP clients, NetworkManager,
// systemd-networkd.
import type { HostReader } from '../core/resource.ts';

/** Told by their arguments which interfaces they look after. */
const CLIENTS: ReadonlySet<string> = new Set([
  'dhclient',
  'dhcpcd',
  'udhcpc',
  'udhcpc6',
  'dhcp6c',
  'pump',
  'wpa_supplicant',
  'odhcp6c',
  'rtsol',
  'rdisc6',
]);

/** Daemons that look after all, and where they put down which of them. */
const DAEMONS = [
  {
    program: 'NetworkManager',
    file: (index: number) => `/run/NetworkManager/devices/${index}`,
    manages: /^managed=(true|1)$/m,
  },
  {
    program: 'systemd-networkd',
    file: (index: number) => `/run/systemd/netif/links/${index}`,
    manages: /^ADMIN_STATE=(?!unmanaged)/m,
  },
] as const;

export async function managersOf(host: HostReader, name: string, index: number): Promise<readonly string[]> {
  const [naming, ...daemons] = await Promise.all([
    host.processes(name),
    ...DAEMONS.map(async ({ program, file, manages }) => {
      const running = (await host.processes(program)).some(
        ({ argv, astray }) => astray !== true && programOf(argv) === program,
      );
      return running && [...(await host.files(file(index))).values()].some((text) => manages.test(text))
        ? [program]
        : [];
    }),
  ]);
  const clients = naming
    .filter(
      ({ argv, astray }) =>
        astray !== true &&
        argv
          .join(' ')
          .split(/\s+/)
          .slice(1)
          .some((word) => word === name || word === `-i${name}`),
    )
    .map(({ argv }) => programOf(argv));
  return [...new Set([...clients.filter((program) => CLIENTS.has(program)), ...daemons.flat()])].sort();
}

/** `busybox udhcpc -i eth1` is udhcpc; a title that a program has given itself ends with a colon. */
function programOf([first = '', second = '']: readonly string[]): string {
  const program = baseName(first.split(' ', 1).join(''));
  return program === 'busybox' ? baseName(second) : program;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/:$/, '');
}
