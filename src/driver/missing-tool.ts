// driver/missing-tool.ts — a tool that this host does not have, and the Debian package that brings it.
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { DriverError } from '../core/resource.ts';
import type { Op } from '../core/resource.ts';

/**
 * Tool → Debian package. Whatever netctl runs has its row, and its package a place in the README: test/tools.test.ts.
 */
export const packages: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  ss: 'iproute2',
  tc: 'iproute2',
  bridge: 'iproute2',
  realpath: 'coreutils',
  stat: 'coreutils',
  ip6tables: 'iptables',
  'ip6tables-save': 'iptables',
  'ip6tables-restore': 'iptables',
  iptables: 'iptables',
  'iptables-save': 'iptables',
  'iptables-restore': 'iptables',
  'ebtables-nft-save': 'iptables',
  'ebtables-nft-restore': 'iptables',
  dnsmasq: 'dnsmasq-base',
  dhcp_release: 'dnsmasq-utils',
  sysctl: 'procps',
  conntrack: 'conntrack',
  perl: 'perl-base',
  modprobe: 'kmod',
  flock: 'util-linux',
  setpriv: 'util-linux',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  mount: 'mount',
  sh: 'dash',
  grep: 'grep',
  nft: 'nftables',
  ping: 'iputils-ping',
  git: 'git',
  gpg: 'gpg',
  'ssh-keygen': 'openssh-client',
  'systemd-notify': 'systemd',
  'systemd-run': 'systemd',
};

export class MissingTool extends DriverError {
  readonly tool: string;
  /** Undefined for a tool that we do not know. */
  readonly debianPackage: string | undefined;
  constructor(tool: string, command: string) {
    const debianPackage = packages[tool];
    super(command, {
      stderr: `${tool} is not installed, or not in PATH${debianPackage === undefined ? '' : ` (Debian package ${debianPackage})`}`,
      isMissing: true,
    });
    this.tool = tool;
    this.debianPackage = debianPackage;
  }
}

/** The tools that these ops would call and that are not there: known before the first of them has changed anything. */
export function missingTools(ops: readonly Op[], path = process.env['PATH'] ?? ''): readonly MissingTool[] {
  const commands = new Map(ops.flatMap(calls).map((argv) => [argv[0] ?? '', argv.join(' ')]));
  return [...commands]
    .filter(([tool]) => !isThere(tool, path))
    .map(([tool, command]) => new MissingTool(tool, command));
}

/** Each tool, and what it is called with as far as that is known. */
function calls(op: Op): readonly (readonly string[])[] {
  switch (op.op) {
    case 'batch':
      return [op.tool];
    case 'run':
      return [op.argv, ...(op.calls ?? []).map((tool) => [tool])];
    case 'start':
      return [op.argv];
    case 'write':
    case 'edit':
    case 'remove':
    case 'signal':
      return [];
  }
}

function isThere(tool: string, path: string): boolean {
  if (tool.includes('/')) return isExecutable(tool);
  return path.split(':').some((directory) => isExecutable(join(directory === '' ? '.' : directory, tool)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
