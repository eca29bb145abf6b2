// conflicts/owners.ts — whose a table or chain is, by the names that each firewall gives to its own.
import type { Stop } from './walk.ts';

const TABLES: readonly (readonly [RegExp, string])[] = [
  [/^firewalld$/, 'firewalld'],
  [/^docker-bridges$/, 'Docker'],
  [/^libvirt_network$/, 'libvirt'],
  [/^(incus|lxd)\b/, 'Incus'],
  [/^kube-proxy$/, 'Kubernetes'],
  [/^f2b-/, 'fail2ban'],
  [/^crowdsec/, 'CrowdSec'],
  [/^(calico|cali-)/, 'Calico'],
];
const CHAINS: readonly (readonly [RegExp, string])[] = [
  [/^DOCKER\b/, 'Docker'],
  [/^LIBVIRT_/, 'libvirt'],
  [/^ufw-/, 'ufw'],
  [
    /^(FWD|IN|FORWARD|INPUT|OUTPUT|PRE|POST|PREROUTING|POSTROUTING)_(\w+_)?(ZONES|POLICIES|direct|public|drop|block|trusted|home|work|internal|external|dmz|log|deny|allow|pre|post)/,
    'firewalld',
  ],
  [/^KUBE-/, 'Kubernetes'],
  [/^cali-/, 'Calico'],
  [/^CNI-/, 'CNI'],
  [/^f2b-/, 'fail2ban'],
  [/^ts-/, 'Tailscale'],
  [/^(CROWDSEC|crowdsec)/, 'CrowdSec'],
  [/^(incus|lxd)_/, 'Incus'],
];

/**
 * Of a rule or policy in one of the kernel's chains: those that lead from there to chains of their own. None: nobody
 * known.
 */
export function ownersOf({ table, chain, base, rule }: Stop): readonly string[] {
  const byTable = table.tool === 'nft' ? lookUp(TABLES, table.name) : undefined;
  const owner = byTable ?? lookUp(CHAINS, chain.name);
  if (owner !== undefined) return [owner];
  if (table.tool === 'nft') return [];
  const led = [...table.chains.keys()].flatMap((name) => lookUp(CHAINS, name) ?? []);
  const among = [...new Set(led)];
  // Of those, only these set a policy, and only firewalld ends the kernel's chain with a rule.
  return among.filter((name) =>
    rule === undefined
      ? name === 'Docker' || name === 'ufw'
      : name === 'firewalld' && chain === base && rule === base.rules.at(-1),
  );
}

function lookUp(names: readonly (readonly [RegExp, string])[], name: string): string | undefined {
  return names.find(([pattern]) => pattern.test(name))?.[1];
}
