// commands/own-configs.ts — an operator's `dhcp.config` must be a file that can be read, and not lie where netctl removes what it did not write.
import { DriverError } from '../core/resource.ts';
import type { Diagnostic, HostReader, Ref, Resource, State } from '../core/resource.ts';
import type { Process } from '../kinds/process/model.ts';
import type { Paths } from '../parts/context.ts';
import type { Spec } from '../spec/model.ts';

/** By the paths as they are written, and by where their links lead. Asks the host only where a spec names such a file. */
export async function configsInside({ networks }: Spec, paths: Paths, host: HostReader): Promise<readonly Diagnostic[]> {
  const named = networks.flatMap((network) => (network.mode !== 'flat' && network.dhcp.config !== undefined ? [{ network, config: network.dhcp.config }] : []));
  if (named.length === 0) return [];
  const own = [paths.state, paths.run];
  // Neither the file nor the directories need be there yet.
  const resolved = (await host.read(['realpath', '-m', ...own, ...named.map(({ config }) => config)])).split('\n');
  const directories = [...own, ...resolved.slice(0, own.length)];
  return named.flatMap(({ network, config }, i): Diagnostic[] => {
    const real = resolved[own.length + i] ?? config;
    if (![config, real].some((path) => directories.some((directory) => `${path}/`.startsWith(`${directory}/`)))) return [];
    const leads = real === config ? '' : `, which is ${real}`;
    return [{
      severity: 'error', code: 'config-inside', message: `dhcp.config ${config}${leads} is in a directory of netctl's own, where it would be removed`,
      at: [[...network.path, 'dhcp', 'config']], hint: 'put it elsewhere: /etc/dnsmasq-lab.conf',
    }];
  });
}

/** Bytes. A long list of names to block has less. */
const LARGEST = 16 << 20;

/** Those with which a DHCP server of this host cannot start that is not observed as it is to be. Each is asked for once. */
export async function unfitConfigs({ networks }: Spec, host: HostReader, wanted: State, observed: State): Promise<readonly Diagnostic[]> {
  const said = new Map<string, Promise<Unfit | undefined>>();
  const found = networks.map(async (network): Promise<readonly Diagnostic[]> => {
    const config = network.mode === 'flat' ? undefined : network.dhcp.config;
    const ref: Ref = `process dnsmasq-${network.name}`;
    if (config === undefined || !wanted.has(ref) || isSame(observed.get(ref), wanted.get(ref))) return [];
    const asked = said.get(config) ?? unfitAs(config, host);
    said.set(config, asked);
    const unfit = await asked;
    if (unfit === undefined) return [];
    return [{
      severity: 'error', code: 'config-unfit', against: [ref], at: [[...network.path, 'dhcp', 'config']],
      message: `dhcp.config ${config} ${unfit.is}: the DHCP server of ${network.name} would not start`, hint: unfit.hint,
    }];
  });
  return (await Promise.all(found)).flat();
}

function isSame(observed: Resource | undefined, wanted: Resource | undefined): boolean {
  return isProcess(observed) && isProcess(wanted) && observed.argv.join('\0') === wanted.argv.join('\0');
}

function isProcess(resource: Resource | undefined): resource is Process {
  return resource?.kind === 'process';
}

interface Unfit {
  readonly is: string;
  readonly hint: string;
}

const HINT = 'name a file of this host with lines for dnsmasq, or leave dhcp.config out';

/** Nothing of it is read before it is known to be a file: a pipe would not end, nor a device. */
async function unfitAs(config: string, host: HostReader): Promise<Unfit | undefined> {
  try {
    const [, size = '', kind = ''] = /^(\d+) (.*)$/m.exec(await host.read(['stat', '-L', '-c', '%s %F', '--', config])) ?? [];
    if (!kind.startsWith('regular')) return { is: `is ${KINDS[kind] ?? kind} and no file`, hint: HINT };
    if (Number(size) > LARGEST) return { is: `has ${Number(size) >> 20} MiB`, hint: `dnsmasq is given no more than ${LARGEST >> 20} MiB; ${HINT}` };
    return undefined;
  } catch (error) {
    if (!(error instanceof DriverError) || error.exitCode === undefined) throw error;
    const why = Object.keys(REASONS).find((reason) => error.stderr.includes(reason));
    return { is: (why === undefined ? undefined : REASONS[why]) ?? `cannot be looked at (${error.stderr.trim()})`, hint: HINT };
  }
}

const KINDS: Readonly<Record<string, string>> = {
  'directory': 'a directory', 'fifo': 'a pipe', 'socket': 'a socket', 'character special file': 'a device', 'block special file': 'a device',
};

const REASONS: Readonly<Record<string, string>> = {
  'No such file': 'is not there',
  'Too many levels': 'is a loop of symbolic links',
  'Not a directory': 'leads through something that is no directory',
  'File name too long': 'is too long a path',
  'Permission denied': 'cannot be read',
};
