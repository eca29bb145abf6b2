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
iptables-restore -w 5 --noflush <<'END'
*nat
-D netctl-POSTROUTING 2
COMMIT
*filter
-D netctl-FORWARD 4
-D netctl-FORWARD 3
-I netctl-FORWARD 1 -i br-inner -o br-inner -m comment --comment "netctl:83e6dbde networks.inner.gateway" -j ACCEPT
-I netctl-FORWARD 2 -i br-inner -m comment --comment "netctl:b3446369 networks.inner.gateway" -j DROP
-I netctl-FORWARD 3 -o br-inner -m comment --comment "netctl:928721f7 networks.inner.gateway" -j DROP
COMMIT
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inner)
cat > /var/lib/netctl/networks/inner/options.new <<'END'
option:router
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/inner/options.new
mv -f -- /var/lib/netctl/networks/inner/options.new /var/lib/netctl/networks/inner/options
rm -f -- /run/netctl/dnsmasq-inner.loaded
tell HUP /run/netctl/dnsmasq-inner.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-inner.loaded.new <<'END'
2cceeb1d3074a8ce
link br-inner
address br-inner 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-inner.loaded.new
mv -f -- /run/netctl/dnsmasq-inner.loaded.new /run/netctl/dnsmasq-inner.loaded
