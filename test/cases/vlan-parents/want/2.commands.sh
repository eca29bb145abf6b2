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
ip -batch - <<'END'
link set dev eth1 mtu 9000 nomaster promisc off
route del default via 203.0.113.1 dev br-lab proto 117
address replace 203.0.113.11/24 brd 203.0.113.255 dev eth1
address del 203.0.113.11/24 dev br-lab
link set dev br-lab mtu 9000
END
sysctl -q -w net.ipv6.conf.br-lab.accept_ra=0 net.ipv6.conf.br-lab.autoconf=0
ip -batch - <<'END'
link add link eth1 name vlan100 group 117 mtu 9000 type vlan id 100
link set dev vlan100 addrgenmode none
link set dev vlan100 master br-lab up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/options.new <<'END'
option:router,10.0.1.1
tag:_no-router,tag:!_router,option:router
option:mtu,9000
END
chmod 0600 /var/lib/netctl/networks/lab/options.new
mv -f -- /var/lib/netctl/networks/lab/options.new /var/lib/netctl/networks/lab/options
rm -f -- /run/netctl/dnsmasq-lab.loaded
tell HUP /run/netctl/dnsmasq-lab.pid
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
852c21e85fd84f22
link br-lab
address br-lab 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
ip -batch - <<'END'
link set dev tap-vm-1 mtu 9000
route add default via 203.0.113.1 dev eth1 proto 3
END
