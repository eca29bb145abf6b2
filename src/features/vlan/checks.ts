// features/vlan/checks.ts — VLAN ids, and the interfaces that VLAN devices stand on.
import type { Diagnostic, Path } from '../../core/resource.ts';
import type { Draft } from '../../specfile/draft.ts';
import type { Host, VlanNetwork } from '../../specfile/model.ts';
import { noEffect } from '../../specfile/no-effect.ts';
import { wrong } from '../../specfile/problem.ts';

export function* check(draft: Draft): Iterable<Diagnostic> {
  yield* noEffect(draft, ['flat', 'flat-dhcp'], ['vlan'], 'vlan');
  yield* vlanMissing(draft);
  yield* vlanTwice(draft);
  yield* parentMissing(draft);
}

function* vlanMissing({ text, doubtful }: Draft): Iterable<Diagnostic> {
  for (const [name, { mode, vlan }] of Object.entries(text.networks ?? {})) {
    if (mode === 'vlan' && vlan === undefined && !doubtful.networks.has(name))
      yield wrong(
        'vlan-missing',
        `${name} has no VLAN id`,
        [['networks', name]],
        'write vlan: and an id from 1 to 4094',
      );
  }
}

/** On any one host: an id can be had once on a parent. */
function* vlanTwice({ spec }: Draft): Iterable<Diagnostic> {
  const said = new Set<string>();
  for (const host of spec.hosts) {
    const holders = new Map<string, VlanNetwork>();
    for (const network of vlansOf(spec)) {
      const parent = parentOf(network, host);
      if (typeof parent !== 'string' || network.vlan === 0) continue;
      const other = holders.get(`${network.vlan} ${parent}`);
      if (other === undefined) holders.set(`${network.vlan} ${parent}`, network);
      else if (!said.has(`${network.name} ${other.name}`)) {
        said.add(`${network.name} ${other.name}`);
        yield wrong(
          'vlan-twice',
          `${network.name} and ${other.name} both are VLAN ${network.vlan} on ${parent}`,
          [
            [...network.path, 'vlan'],
            [...other.path, 'vlan'],
          ],
          'give one of them another id, or another `interface`',
        );
      }
    }
  }
}

/**
 * Without one a network would end at its host, and nobody would have said so. A host of several that has none of its
 * guests may lack it.
 */
function* parentMissing({ spec }: Draft): Iterable<Diagnostic> {
  for (const host of spec.hosts) {
    const guests = spec.instances.filter((instance) => instance.host === host.name);
    const served = new Set(guests.flatMap(({ nics }) => nics.map(({ network }) => network)));
    const lacking = vlansOf(spec).filter(
      (network) => parentOf(network, host) === undefined && (spec.hosts.length === 1 || served.has(network.name)),
    );
    if (lacking.length === 0) continue;
    const names =
      lacking
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ') + (lacking.length > 3 ? `, … (${lacking.length})` : '');
    const at: readonly Path[] = [
      ...(host.implied ? [] : [['hosts', host.name]]),
      ...lacking.map(({ path }) => path),
    ].slice(0, 4);
    const hint = `${host.implied ? 'write interface: eth0' : 'give the host a vlanInterface, or the network an interface'}; interface: null for a bridge of its own`;
    yield wrong(
      'parent-missing',
      `no interface ${host.implied ? '' : `of ${host.name} `}is named for the VLANs of ${names}`,
      at,
      hint,
    );
  }
}

function vlansOf({ networks }: Draft['spec']): readonly VlanNetwork[] {
  return networks.filter((network) => network.mode === 'vlan');
}

/** `null`: none is wanted; undefined: none is named. */
function parentOf(network: VlanNetwork, host: Host): string | null | undefined {
  return network.interface === undefined ? host.vlanInterface : network.interface;
}
