# scripts/prepare.bash — what test/run and scripts/demo need before they begin; sourced by both.
# Everything here is quiet: a step's output goes to a log that is shown only when the step fails.

export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
export LC_ALL=C.UTF-8
work=$(mktemp -d "${TMPDIR:-/tmp}/netctl-run.XXXXXX")

# quietly WHAT COMMAND…
quietly() {
  local what=$1
  shift
  printf '%s … ' "$what"
  if "$@" >"$work/log" 2>&1; then
    echo "done"
  else
    echo failed
    sed 's/^/  | /' "$work/log"
    return 1
  fi
}

# missing_packages LIST: prints the packages of the list whose command, or file, is missing. `a|b`: one of two files; of packages b, where
# Debian's release has no a.
missing_packages() {
  local what package rest
  while read -r what package rest; do
    case $what in
      '' | '#'*) continue ;;
      /*) compgen -G "${what%%|*}" || compgen -G "${what##*|}" ;;
      *) command -v "$what" ;;
    esac >/dev/null || echo "$package"
  done <"$1"
}

# install_packages LIST: installs what is missing of it. After a failure, missing_packages still names it.
install_packages() {
  local packages package
  packages=$(missing_packages "$1")
  [ -n "$packages" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "not root, so these Debian packages stay missing: $(echo $packages)"
    return 1
  fi
  command -v apt-get >/dev/null || { echo "no apt-get, so these stay missing: $(echo $packages)"; return 1; }
  # No initrd is made for a kernel that only the emulated machine starts.
  export DEBIAN_FRONTEND=noninteractive INITRD=No
  quietly 'apt-get update' apt-get -q -o DPkg::Lock::Timeout=300 update
  packages=$(for package in $packages; do known "${package%%|*}" || package=${package##*|}; echo "${package%%|*}"; done)
  quietly "apt-get install $(echo $packages)" apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends $packages
}

# known PACKAGE: this release of Debian has it.
known() { apt-cache show --no-all-versions "$1"; } >/dev/null 2>&1

# Installs the node packages of the lock file, unless the installed ones are as new as it.
install_node_packages() {
  [ node_modules/.package-lock.json -nt package-lock.json ] && return 0
  quietly 'npm ci' npm ci --no-progress
}

# Says why network namespaces cannot be used; says nothing when they can.
why_no_namespaces() {
  [ "$(id -u)" = 0 ] || { echo 'not root'; return; }
  local missing
  missing=$(missing_packages test/needs)
  [ -z "$missing" ] || { echo "not installed: $(echo $missing)"; return; }
  local name="nct-$$-try"
  if ! ip netns add "$name" 2>"$work/log" || ! ip -n "$name" link add try0 type veth peer name try1 2>>"$work/log"; then
    echo "no network namespaces here: $(head -n 1 "$work/log")"
  fi
  ip netns del "$name" 2>/dev/null
}

# Says whether the running kernel has VLAN devices.
has_vlans() {
  local name="nct-$$-try" status
  ip netns add "$name" && ip -n "$name" link add try0 type veth peer name try1 && ip -n "$name" link add link try0 name try0.2 type vlan id 2
  status=$?
  ip netns del "$name"
  return $status
} 2>/dev/null >&2
