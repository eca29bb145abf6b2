// specfile/checks/names.ts — names that refer to something: networks, hosts, projects, and host names on one network.
import type { Diagnostic, Path } from '../../core/resource.ts';
import { meansOneself } from '../forms.ts';
import type { Draft } from '../draft.ts';
import { wrong } from '../problem.ts';
import { didYouMean } from '../suggest.ts';

export function* unknownNetworks({ spec, known }: Draft): Iterable<Diagnostic> {
  if (!known.whole) return;
  for (const { nics } of spec.instances)
    for (const nic of nics) {
      if (!known.networks.has(nic.network))
        yield wrong(
          'unknown-network',
          `no network is named ${nic.network}`,
          [[...nic.path, 'network']],
          didYouMean(nic.network, known.networks, listed('networks', known.networks)),
        );
    }
}

export function* unknownHosts({ spec, text, known, doubtful }: Draft): Iterable<Diagnostic> {
  if (!known.whole) return;
  for (const { name, path, host } of spec.instances) {
    if (host === '' && text.instances?.[name]?.host === undefined) {
      if (!doubtful.instances.has(name))
        yield wrong(
          'host-missing',
          `${name} does not say on which host it runs, and there are ${known.hosts.size}`,
          [path],
          `write host: ${[...known.hosts].slice(0, 3).join(' or host: ')}`,
        );
    } else if (!known.hosts.has(host)) {
      yield wrong(
        'unknown-host',
        `no host is named ${host === '' ? "''" : host}`,
        [[...path, 'host']],
        didYouMean(
          host,
          known.hosts,
          text.hosts === undefined ? `write hosts: { ${host}: {} }` : listed('hosts', known.hosts),
        ),
      );
    }
  }
}

/** An instance that names no project has that of its networks, and they must agree. */
export function* projects({ spec }: Draft): Iterable<Diagnostic> {
  const networks = new Map(spec.networks.map((network) => [network.name, network]));
  for (const instance of spec.instances) {
    let project = instance.project;
    let from = [...instance.path, 'project'];
    for (const nic of instance.nics) {
      const network = networks.get(nic.network);
      if (network?.project === undefined || network.project === project) continue;
      if (project === undefined) [project, from] = [network.project, [...network.path, 'project']];
      else
        yield wrong(
          'project-differs',
          `${instance.name} is of project ${project}, its network ${network.name} of ${network.project}`,
          [[...nic.path, 'network'], from, [...network.path, 'project']],
          'give both one project, or let the network have none',
        );
    }
  }
}

/** DNS gives one name to one instance. */
export function* hostnames({ spec }: Draft): Iterable<Diagnostic> {
  const holders = new Map<string, (typeof spec.instances)[number]>();
  const said = new Set<string>();
  for (const instance of spec.instances)
    for (const { network } of instance.nics) {
      const key = `${instance.hostname.toLowerCase()} ${network}`;
      const other = holders.get(key);
      if (other === undefined) holders.set(key, instance);
      else if (other !== instance && !said.has(instance.name)) {
        said.add(instance.name);
        yield wrong(
          'hostname-twice',
          `${instance.name} and ${other.name} are both called ${instance.hostname} on ${network}`,
          [
            [...instance.path, 'hostname'],
            [...other.path, 'hostname'],
          ],
          'give one of them another hostname',
        );
      }
    }
}

/**
 * Names that resolvers answer by themselves: whoever asks for one would be sent to himself, or everybody to this
 * instance.
 */
export function* reservedNames({ spec }: Draft): Iterable<Diagnostic> {
  for (const { name, path, hostname } of spec.instances) {
    const said = (called: string, at: Path): Diagnostic =>
      wrong(
        'reserved-name',
        `${called} is what every machine calls itself or its link (RFC 6761, /etc/hosts), and no instance can be found by it`,
        [at],
        'give it another name',
      );
    if (meansOneself(name)) yield said(name, path);
    else if (meansOneself(hostname)) yield said(hostname, [...path, 'hostname']);
  }
}

/** What there is, where it is not much. */
export function listed(what: string, names: ReadonlySet<string>): string {
  return names.size === 0
    ? `the spec has no ${what}`
    : names.size <= 8
      ? `the ${what} are ${[...names].join(', ')}`
      : `there are ${names.size} ${what}, none with a name like it`;
}
