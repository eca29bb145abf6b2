// pipeline/preflight/own-configs.ts — an operator's `dhcp.config` must be a file that can be read, and not lie where
// netctl removes what it did not write.
import { createHash } from 'node:crypto';
import { DriverError } from '../../core/resource.ts';
import type { Diagnostic, HostReader, Ref, Resource, State } from '../../core/resource.ts';
import { isProcess } from '../../kinds/process/model.ts';
import type { Paths } from '../../parts/context.ts';
import type { Spec } from '../../specfile/model.ts';
import { oddLines } from './config-lines.ts';
import type { Odd, Served } from './config-lines.ts';

/**
 * By the paths as they are written, and by where their links lead. Asks the host only where a spec names such a file.
 */
export async function configsInside(
  { networks }: Spec,
  paths: Paths,
  host: HostReader,
): Promise<readonly Diagnostic[]> {
  const named = networks.flatMap((network) =>
    network.mode !== 'flat' && network.dhcp.config !== undefined ? [{ network, config: network.dhcp.config }] : [],
  );
  if (named.length === 0) return [];
  const own = [paths.state, paths.run];
  // Neither the file nor the directories need be there yet.
  const resolved = (await host.read(['realpath', '-m', ...own, ...named.map(({ config }) => config)])).split('\n');
  const directories = [...own, ...resolved.slice(0, own.length)];
  return named.flatMap(({ network, config }, i): Diagnostic[] => {
    const real = resolved[own.length + i] ?? config;
    if (![config, real].some((path) => directories.some((directory) => `${path}/`.startsWith(`${directory}/`))))
      return [];
    const leads = real === config ? '' : `, which is ${real}`;
    return [
      {
        severity: 'error',
        code: 'config-inside',
        message: `dhcp.config ${config}${leads} is in a directory of netctl's own, where it would be removed`,
        at: [[...network.path, 'dhcp', 'config']],
        hint: 'put it elsewhere: /etc/dnsmasq-lab.conf',
      },
    ];
  });
}

/** Hashes of what those have that can be read, by path: a server reads its own at its start, and never again. */
export async function hashesOfConfigs({ networks }: Spec, host: HostReader): Promise<ReadonlyMap<string, string>> {
  const named = new Set(
    networks.flatMap((network) =>
      network.mode !== 'flat' && network.dhcp.config !== undefined ? [network.dhcp.config] : [],
    ),
  );
  const read = await Promise.all([...named].map(async (config) => [config, await textOfConfig(config, host)] as const));
  return new Map(read.flatMap(([config, text]) => (text === undefined ? [] : [[config, hashOf(text)] as const])));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Bytes. A long list of names to block has less. */
const LARGEST = 16 << 20;

/**
 * What keeps the DHCP servers of this host from starting that are not observed as they are to be, or opens them to
 * others.
 */
export async function unfitConfigs(
  { networks }: Spec,
  host: HostReader,
  wanted: State,
  observed: State,
  all: boolean,
): Promise<readonly Diagnostic[]> {
  const found = networks.map(async (network): Promise<readonly Diagnostic[]> => {
    const config = network.mode === 'flat' ? undefined : network.dhcp.config;
    const ref: Ref = `process dnsmasq-${network.name}`;
    const runs = isSame(observed.get(ref), wanted.get(ref));
    if (network.mode === 'flat' || config === undefined || !wanted.has(ref) || (runs && !all)) return [];
    const odd = await oddIn(
      config,
      host,
      { network: network.name, bridge: network.bridge, server: network.dhcp.server },
      !runs,
    );
    return odd.map((one) => ({ ...one, against: [ref], at: [[...network.path, 'dhcp', 'config']] }));
  });
  return (await Promise.all(found)).flat();
}

/**
 * Nothing of it is read before it is known to be a file, nor of one that /proc has no size of: what is none may have no
 * end.
 */
async function oddIn(config: string, host: HostReader, served: Served, starts: boolean): Promise<readonly Odd[]> {
  const unfit = await unfitAs(config, host);
  if (typeof unfit !== 'number')
    return [
      {
        severity: 'error',
        code: 'config-unfit',
        message: `dhcp.config ${config} ${unfit.is}: no DHCP server starts with it`,
        hint: unfit.hint,
      },
    ];
  if (unfit === 0) return [];
  const text = await textOf(config, host);
  if (text === undefined)
    return [{ severity: 'error', code: 'config-unfit', message: `dhcp.config ${config} cannot be read`, hint: HINT }];
  // One that has programs run is not tried before anybody has said yes.
  const refused = starts && !/^\s*conf-script\b/m.test(text) ? await refusedBy(config, host) : undefined;
  if (refused !== undefined)
    return [
      {
        severity: 'error',
        code: 'config-unfit',
        message: `dhcp.config ${config}: ${refused}`,
        hint: `\`dnsmasq --test --conf-file=${config}\` tries it`,
      },
    ];
  return oddLines(config, text, served);
}

/** Of a file of somebody's for dnsmasq; of what is none, or cannot be read, nothing. */
export async function textOfConfig(config: string, host: HostReader): Promise<string | undefined> {
  return typeof (await unfitAs(config, host)) === 'number' ? await textOf(config, host) : undefined;
}

async function textOf(config: string, host: HostReader): Promise<string | undefined> {
  try {
    return [...(await host.files(config)).values()].join('');
  } catch (error) {
    if (error instanceof DriverError) return undefined;
    throw error;
  }
}

/** By dnsmasq itself, where there is one. It reads the file, and does nothing. */
async function refusedBy(config: string, host: HostReader): Promise<string | undefined> {
  try {
    await host.read(['dnsmasq', '--test', `--conf-file=${config}`]);
    return undefined;
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    return error.exitCode === undefined ? undefined : error.stderr.trim().replace(/^dnsmasq: /, '');
  }
}

function isSame(observed: Resource | undefined, wanted: Resource | undefined): boolean {
  return (
    observed !== undefined &&
    wanted !== undefined &&
    isProcess(observed) &&
    isProcess(wanted) &&
    observed.argv.join('\0') === wanted.argv.join('\0') &&
    (wanted.startedWith === undefined || observed.startedWith === wanted.startedWith)
  );
}

interface Unfit {
  readonly is: string;
  readonly hint: string;
}

const HINT = 'name a file of this host with lines for dnsmasq, or leave dhcp.config out';

/** What it is, or how many bytes it has. */
async function unfitAs(config: string, host: HostReader): Promise<Unfit | number> {
  try {
    const [, size = '', kind = ''] =
      /^(\d+) (.*)$/m.exec(await host.read(['stat', '-L', '-c', '%s %F', '--', config])) ?? [];
    if (!kind.startsWith('regular')) return { is: `is ${KINDS[kind] ?? kind} and no file`, hint: HINT };
    if (Number(size) > LARGEST)
      return {
        is: `has ${Number(size) >> 20} MiB`,
        hint: `dnsmasq is given no more than ${LARGEST >> 20} MiB; ${HINT}`,
      };
    return Number(size);
  } catch (error) {
    if (!(error instanceof DriverError) || error.exitCode === undefined) throw error;
    const why = Object.keys(REASONS).find((reason) => error.stderr.includes(reason));
    return {
      is: (why === undefined ? undefined : REASONS[why]) ?? `cannot be looked at (${error.stderr.trim()})`,
      hint: HINT,
    };
  }
}

const KINDS: Readonly<Record<string, string>> = {
  directory: 'a directory',
  fifo: 'a pipe',
  socket: 'a socket',
  'character special file': 'a device',
  'block special file': 'a device',
};

const REASONS: Readonly<Record<string, string>> = {
  'No such file': 'is not there',
  'Too many levels': 'is a loop of symbolic links',
  'Not a directory': 'leads through something that is no directory',
  'File name too long': 'is too long a path',
  'Permission denied': 'cannot be read',
};
