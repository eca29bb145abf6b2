// test/kernel/safe/calls.ts — the tools that netctl runs, counted: any of its calls can be made to fail, in each of the
// ways in which tools fail.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';

/** What netctl runs to read a host, to change it, and to have itself watched over. */
const TOOLS = [
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
  'ping',
];

/**
 * `half`: of what it was told to do, or of what it prints; `late`: when all is done; `refuses`: whatever this word is
 * in, and does what comes before it.
 */
export type Failing =
  | `refuses ${string}`
  | 'fails'
  | 'is killed halfway'
  | 'fails halfway'
  | 'fails late'
  | 'hangs'
  | 'hangs late'
  | 'prints half'
  | 'stops netctl'
  | 'finds no room after it';

const READERS_FAIL: readonly Failing[] = ['fails', 'is killed halfway', 'prints half', 'hangs', 'stops netctl'];
const OTHERS_FAIL: readonly Failing[] = [
  'fails',
  'is killed halfway',
  'fails halfway',
  'fails late',
  'hangs',
  'hangs late',
  'stops netctl',
];
/** It ends when all is decided: what comes after that is nobody's business. */
const GUARDS_FAIL: readonly Failing[] = ['fails', 'is killed halfway', 'hangs', 'stops netctl'];

const SAID = 'out of order today';

export interface Call {
  /** Counted from 1, over all that one netctl and those it leaves behind call. */
  readonly number: number;
  readonly command: string;
}

/** A directory to stand first in PATH, with a script for each tool that counts its calls and obeys. */
export class Calls {
  readonly env: Readonly<Record<string, string>>;
  private readonly directory: string;
  private readonly made: string;
  private readonly orders: string;
  /** What has no room for more. */
  private readonly disk: string;

  constructor(lab: Lab) {
    [this.directory, this.made, this.orders, this.disk] = [
      lab.path('counted'),
      lab.path('calls'),
      lab.path('fails'),
      lab.path('state'),
    ];
    mkdirSync(this.directory);
    this.reset();
    this.env = { PATH: `${this.directory}:${process.env['PATH'] ?? ''}` };
    for (const tool of TOOLS) this.add(tool);
  }

  /** From here on it is counted anew, and nothing fails. */
  reset(): void {
    for (const path of [this.made, this.orders]) {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
    }
  }

  /** The call of this number. */
  fail(number: number, how: Failing): void {
    writeFileSync(join(this.orders, String(number)), `${how}\n`);
  }

  /** Every call from this number on. */
  failFrom(number: number, how: Failing): void {
    writeFileSync(join(this.orders, 'from'), `${number} ${how}\n`);
  }

  all(): readonly Call[] {
    return readdirSync(this.made)
      .map(Number)
      .toSorted((a, b) => a - b)
      .map((number) => ({ number, command: readFileSync(join(this.made, String(number)), 'utf8').trim() }));
  }

  private add(tool: string): void {
    const real = (process.env['PATH'] ?? '')
      .split(':')
      .concat('/usr/sbin', '/sbin')
      .map((place) => join(place, tool))
      .find((path) => existsSync(path));
    if (real === undefined) throw new Error(`${tool} is not installed`);
    const path = join(this.directory, tool);
    // What a namespace is entered for is counted inside. To make a file that is not there yet is how a number is had by
    // one alone.
    writeFileSync(
      path,
      `#!/bin/sh
case "${tool} $1 $2" in 'ip netns exec') exec ${real} "$@" ;; esac
# Of each other namespace of the machine: how many there are is others' business.
case "${tool} $*" in 'ip -d -j link show'|'ip -j netns list-id') exec ${real} "$@" ;; esac
n=1
set -C
until { true >"${this.made}/$n"; } 2>/dev/null; do n=$((n + 1)); done
set +C
echo "${tool} $*" >"${this.made}/$n"
how=
if [ -e "${this.orders}/$n" ]; then read -r how <"${this.orders}/$n"
elif [ -e "${this.orders}/from" ]; then
  read -r from how <"${this.orders}/from"
  [ "$n" -ge "$from" ] || how=
fi
halfway() {
  case "${tool} $*" in
    *'-batch -'|conntrack*|perl*)
      told=$(cat)
      half=$(($(printf '%s\\n' "$told" | wc -l) / 2))
      [ "$half" = 0 ] || printf '%s\\n' "$told" | head -n "$half" | ${real} "$@"
      line=$((half + 1)) ;;
    iptables-restore*)
      told=$(cat)
      [ "$(printf '%s\\n' "$told" | grep -c '^COMMIT')" = 1 ] || printf '%s\\n' "$told" | sed '/^COMMIT/q' | ${real} "$@" ;;
  esac
}
refused() { echo '${SAID}' >&2; [ -z "$1" ] || echo "Command failed -:$1" >&2; exit 1; }
refuses() {
  word=$1
  shift
  case "${tool} $*" in
    *'-batch -')
      told=$(cat)
      line=$(printf '%s\\n' "$told" | grep -n -m 1 -F -e "$word" | cut -d : -f 1)
      [ "\${line:-1}" = 1 ] || printf '%s\\n' "$told" | head -n $((line - 1)) | ${real} "$@" || exit
      [ -z "$line" ] || refused "$line"
      printf '%s\\n' "$told" | ${real} "$@"
      exit ;;
    *-restore*)
      told=$(cat)
      case "$told" in *"$word"*) refused ;; esac
      printf '%s\\n' "$told" | ${real} "$@"
      exit ;;
    dnsmasq*|dhcp_release*|conntrack*|'sysctl -q -w'*) case "${tool} $*" in *"$word"*) refused ;; esac ;;
  esac
  exec ${real} "$@"
}
case "$how" in
  '') exec ${real} "$@" ;;
  'refuses '*) refuses "\${how#refuses }" "$@" ;;
  fails) echo '${SAID}' >&2; exit 1 ;;
  'is killed halfway') halfway "$@"; kill -9 $$ ;;
  'fails halfway') halfway "$@"; echo '${SAID}' >&2; [ -z "$line" ] || echo "Command failed -:$line" >&2; exit 1 ;;
  'fails late') ${real} "$@"; echo '${SAID}' >&2; exit 1 ;;
  hangs) exec sleep 600 ;;
  'hangs late') ${real} "$@"; exec sleep 600 ;;
  'stops netctl') kill -TERM $PPID; exec ${real} "$@" ;;
  'finds no room after it') ${real} "$@"; code=$?; cat /dev/zero >"${this.disk}/filler" 2>/dev/null; exit $code ;;
  'prints half') text=$(${real} "$@") || exit; printf '%.*s' $((\${#text} / 2)) "$text"; exit 0 ;;
esac
`,
    );
    chmodSync(path, 0o755);
  }
}

export function waysToFail(call: Call): readonly Failing[] {
  return guards(call) ? GUARDS_FAIL : reads(call) ? READERS_FAIL : OTHERS_FAIL;
}

/** Of those that change the host the ones without which nothing is begun. */
export function prepares(call: Call): boolean {
  return guards(call) || call.command.startsWith('flock');
}

function guards({ command }: Call): boolean {
  return /^perl -e\s+use POSIX/.test(command);
}

/** Whether it leaves the host as it is. */
export function reads({ command }: Call): boolean {
  return !/ -batch -$|-restore|sysctl -q -w|^dnsmasq|^dhcp_release|^conntrack -R|^perl|^nft -f|^flock/.test(command);
}
