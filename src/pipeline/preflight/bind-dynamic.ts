// pipeline/preflight/bind-dynamic.ts — a dnsmasq of somebody's that takes port 53 of each address the host gets: before
// the server that the address is for.
import type { HostReader, Ref } from '../../core/resource.ts';
import type { Listening } from './listening.ts';
import { means } from '../../uplinks/interface-rules.ts';
import { wordsOf } from './config-lines.ts';
import { textOfConfig } from './own-configs.ts';

/** By server that is to start: those, by their numbers, that would take its address. */
export async function followersAmong(
  host: HostReader,
  sockets: readonly Listening[],
  starting: readonly Starting[],
): Promise<ReadonlyMap<Ref, ReadonlySet<number>>> {
  const listen = new Set(
    sockets.flatMap(({ protocol, port, users }) =>
      protocol === 'tcp' && port === 53 ? users.map(({ pid }) => pid) : [],
    ),
  );
  const running =
    listen.size === 0
      ? []
      : (await host.processes('dnsmasq')).filter(
          ({ pid, argv }) => listen.has(pid) && /(^|\/)dnsmasq$/.test(argv[0] ?? ''),
        );
  const told = await Promise.all(running.map(async ({ pid, argv }) => ({ pid, options: await optionsOf(host, argv) })));
  return new Map(
    starting.map((server) => [
      server.ref,
      new Set(told.filter(({ options }) => takes(options, server)).map(({ pid }) => pid)),
    ]),
  );
}

type Option = readonly [word: string, value: string];

function takes(options: readonly Option[], { bridge, address }: Starting): boolean {
  const of = (word: string): readonly string[] =>
    options.flatMap(([one, value]) => (one === word ? value.split(',') : []));
  const named = of('interface');
  const addresses = of('listen-address');
  if (
    !options.some(([word]) => word === 'bind-dynamic') ||
    of('except-interface').some((pattern) => means(pattern, bridge))
  )
    return false;
  return (
    (named.length === 0 && addresses.length === 0) ||
    named.some((pattern) => means(pattern, bridge)) ||
    addresses.includes(address)
  );
}

/** Of its arguments, and of the files that they name, or the one that it reads by itself. */
async function optionsOf(host: HostReader, argv: readonly string[]): Promise<readonly Option[]> {
  const given = optionsIn(argv.slice(1));
  const files = given.some(([word]) => word === 'conf-file') ? [] : [['conf-file', '/etc/dnsmasq.conf'] as const];
  return await withIncluded(host, [...given, ...files], new Set());
}

async function withIncluded(
  host: HostReader,
  options: readonly Option[],
  seen: Set<string>,
): Promise<readonly Option[]> {
  const all = [...options];
  for (const [word, value] of options) {
    if ((word !== 'conf-file' && word !== 'conf-dir') || value === '' || seen.has(value) || seen.size > MOST) continue;
    seen.add(value);
    const texts = word === 'conf-file' ? [(await textOfConfig(value, host)) ?? ''] : await textsIn(host, value);
    all.push(
      ...(await withIncluded(
        host,
        texts.flatMap((text) => text.split('\n').map(wordsOf)),
        seen,
      )),
    );
  }
  return all;
}

/** So many files and directories. */
const MOST = 64;

/** `/etc/dnsmasq.d,.dpkg-old,*.conf`: endings that are left out, or the only ones. */
async function textsIn(host: HostReader, value: string): Promise<readonly string[]> {
  const [directory = '', ...endings] = value.split(',');
  const only = endings.flatMap((ending) => (ending.startsWith('*') ? [ending.slice(1)] : []));
  const without = endings.filter((ending) => !ending.startsWith('*'));
  const files = [...(await host.files(directory))].filter(
    ([path]) => path.lastIndexOf('/') === directory.replace(/\/$/, '').length,
  );
  return files
    .filter(
      ([path]) =>
        !without.some((ending) => path.endsWith(ending)) &&
        (only.length === 0 || only.some((ending) => path.endsWith(ending))),
    )
    .map(([, text]) => text);
}

const SHORT: Readonly<Record<string, string>> = {
  i: 'interface',
  I: 'except-interface',
  a: 'listen-address',
  C: 'conf-file',
  7: 'conf-dir',
};

/** `--word=value`, `--word value`, `-w value` and `-wvalue`. */
function optionsIn(argv: readonly string[]): readonly Option[] {
  return argv.flatMap((argument, i): readonly Option[] => {
    const [, long, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const next = argv[i + 1]?.startsWith('-') === false ? (argv[i + 1] ?? '') : '';
    if (long !== undefined) return [[long, value ?? next]];
    const short = /^-[^-]/.test(argument) ? SHORT[argument[1] ?? ''] : undefined;
    return short === undefined ? [] : [[short, argument.length > 2 ? argument.slice(2) : next]];
  });
}

/**
 * A DHCP and DNS server that is about to start, and what it binds: TCP and UDP of its address, and DHCP's port of every
 * address.
 */
export interface Starting {
  readonly ref: Ref;
  readonly bridge: string;
  readonly address: string;
  readonly dns: boolean;
  readonly dhcp: boolean;
}
