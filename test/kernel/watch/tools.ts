// test/kernel/watch/tools.ts — the tools that a watch finds, each of which can be made to fail in one of the ways in
// which tools fail.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';

/** What netctl runs to read a host and to change it. */
export const TOOLS = [
  'ip',
  'iptables',
  'iptables-save',
  'iptables-restore',
  'sysctl',
  'dnsmasq',
  'dhcp_release',
  'conntrack',
  'ebtables-nft-save',
  'ebtables-nft-restore',
  'perl',
  'nft',
  'flock',
  'setpriv',
  'systemd-notify',
] as const;
export type Tool = (typeof TOOLS)[number];

/** How a tool fails; `sees`: it alone does, where an argument of its is this. */
export type Failing = 'fails' | 'hangs' | 'prints nothing' | 'prints garbage' | 'prints half';

export const SAID = 'out of order today';

/**
 * A directory that stands for the whole PATH: links to all that is installed, and for these tools a script that obeys.
 */
export class Tools {
  /** For the watch. */
  readonly env: Readonly<Record<string, string>>;
  private readonly directory: string;
  private readonly orders: string;
  private readonly aside: string;

  constructor(lab: Lab) {
    [this.directory, this.orders, this.aside] = [lab.path('tools'), lab.path('orders'), lab.path('aside')];
    for (const path of [this.directory, this.orders, this.aside]) mkdirSync(path);
    this.env = { PATH: this.directory };
    const places = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/sbin'].filter((place) => existsSync(place));
    // As in a PATH, what stands first counts: so it comes last here.
    const found = new Map(
      places.flatMap((place) => readdirSync(place).map((name) => [name, join(place, name)] as const)),
    );
    for (const [name, real] of found) this.add(name, real);
  }

  /** From now on, until it is mended. `sees`: only where a word of its command is this. */
  break(tool: Tool, how: Failing, sees = ''): void {
    writeFileSync(join(this.orders, `${tool}.new`), `${how}\n${sees}\n`);
    renameSync(join(this.orders, `${tool}.new`), join(this.orders, tool));
  }

  remove(tool: Tool): void {
    renameSync(join(this.directory, tool), join(this.aside, tool));
  }

  mend(tool: Tool): void {
    rmSync(join(this.orders, tool), { force: true });
    if (existsSync(join(this.aside, tool))) renameSync(join(this.aside, tool), join(this.directory, tool));
  }

  private add(name: string, real: string): void {
    if (!(TOOLS as readonly string[]).includes(name)) {
      symlinkSync(real, join(this.directory, name));
      return;
    }
    const path = join(this.directory, name);
    writeFileSync(
      path,
      `#!/bin/sh
how= sees=
[ -e ${this.orders}/${name} ] && { read -r how; read -r sees; } <${this.orders}/${name}
case " $* " in *" $sees "*|*"$sees"*) ;; *) how= ;; esac
case "$how" in
  '') exec ${real} "$@" ;;
  fails) echo '${SAID}' >&2; exit 3 ;;
  hangs) exec sleep 600 ;;
  'prints nothing') exit 0 ;;
  'prints garbage') echo 'x{]: 7 \\'; exit 0 ;;
  'prints half') text=$(${real} "$@") || exit; printf '%.*s' $((\${#text} / 2)) "$text"; exit 0 ;;
esac
`,
    );
    chmodSync(path, 0o755);
  }
}
