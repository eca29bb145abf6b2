#!/bin/sh
set -e
# Signals the daemon that runs with this pid file, and no other process that has come to bear its number. TERM wakes one that is
# stopped, and waits until it is gone: its arguments go before its sockets are closed.
runs() {
  program=$(readlink "/proc/$1/exe" 2>/dev/null) || return 1
  program=${program% (deleted)}
  case "${2##*/}" in "${program##*/}"-*) ;; *) return 1 ;; esac
  { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -e "--pid-file=$2"
}
ends() { [ -z "$(cat "/proc/$1/cmdline" | tr -d '\0')" ] && grep -q '^State:.[^ZX]' "/proc/$1/status"; } 2>/dev/null
tell() {
  pid=$(cat "$2" 2>/dev/null) || return 0
  runs "$pid" "$2" || return 0
  kill -"$1" "$pid"
  [ "$1" = TERM ] || return 0
  kill -CONT "$pid" 2>/dev/null || :
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    runs "$pid" "$2" || ends "$pid" || return 0
    sleep 0.5
  done
  kill -KILL "$pid"
}
tell TERM /run/netctl/dnsmasq-red.pid
rm -f -- /run/netctl/dnsmasq-red.loaded
rm -f -- /run/netctl/dnsmasq-red.pid
rm -f -- /run/netctl/dnsmasq-red.loaded.new
iptables-restore -w 5 --noflush <<'END'
*mangle
-D netctl-POSTROUTING 2
COMMIT
*nat
-D netctl-POSTROUTING 2
COMMIT
*filter
-D netctl-INPUT 12
-D netctl-INPUT 11
-D netctl-INPUT 8
-D netctl-INPUT 7
-D netctl-INPUT 6
-D netctl-INPUT 5
-D netctl-FORWARD 4
-D netctl-FORWARD 3
COMMIT
END
ip -batch - <<'END'
link del dev vlan101
address del 10.0.2.1/24 dev br-red
END
rm -f -- /var/lib/netctl/networks/red/hosts
rm -f -- /var/lib/netctl/networks/red/leases
rm -f -- /var/lib/netctl/networks/red/names
rm -f -- /var/lib/netctl/networks/red/options
rm -f -- /var/lib/netctl/networks/red/servers
ip -batch - <<'END'
link del dev tap-vm-2
link del dev br-red
END
warning: bridge br-red is deleted, but an instance's device is in it: tap-vm-2  [network-in-use]
  hint: stop these instances, or move them to another network, before their network is deleted
