// kinds/module/index.ts — parts of the kernel: loaded where they are missing, in such a way that nobody else notices.
import type { HostReader, Kind } from '../../core/resource.ts';
import type { Module } from './model.ts';

export const module: Kind<Module> = {
  kind: 'module',
  key: ({ name }) => name,
  needs: () => [],
  watches: ['settings'],
  observe,
  steps: (changes) =>
    changes.map((change) => ({
      changes: [change],
      ops: change.verb === 'create' ? [{ op: 'run', argv: ['sh', '-c', LOAD], calls: ['modprobe', 'sysctl'] }] : [],
    })),
  // Until it is switched off for them, what all bridges forward passes iptables: some milliseconds in which others'
  // rules may drop it.
  disrupts: ({ verb }) => (verb === 'create' ? { class: 'flows', of: ['other bridges'] } : { class: 'none' }),
  describe: ({ name }) => name,
};

/** There only with the module, whether loaded or built in. */
const SETTINGS = '/proc/sys/net/bridge';

/**
 * It comes with all of a host's bridges under iptables; that is ours to ask for, bridge by bridge. One command, so that
 * none is cut short between the two, and none that changes what somebody else has set since. The machine's own bridges
 * are meant too, where netctl's host is a namespace.
 */
const OFF = `sysctl -e -q -w ${['iptables', 'ip6tables', 'arptables'].map((tool) => `net.bridge.bridge-nf-call-${tool}=0`).join(' ')}`;
const LOAD = `[ -e ${SETTINGS} ] || { modprobe br_netfilter && ${OFF} && { nsenter --target 1 --net ${OFF} || :; }; }`;

/**
 * By what it brings: of modules that are built in no list tells. Only what is wanted is looked for, so none is ever
 * taken away.
 */
async function observe(host: HostReader, wanted: readonly Module[]): Promise<readonly Module[]> {
  return wanted.length > 0 && (await host.files(SETTINGS)).size > 0 ? wanted : [];
}
