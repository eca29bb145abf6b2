#!/bin/sh
set -e
# Signals the daemon that runs with this pid file, and no other process that has come to bear its number. TERM wakes one that is
# stopped, and waits until it is gone: its arguments go before its sockets are closed.
runs() { { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null | grep -qxF -e "--pid-file=$2"; }
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
tell TERM /run/netctl/dnsmasq-blue.pid
rm -f -- /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-blue.pid
rm -f -- /run/netctl/dnsmasq-blue.loaded.new
tell TERM /run/netctl/dnsmasq-red.pid
rm -f -- /run/netctl/dnsmasq-red.loaded
rm -f -- /run/netctl/dnsmasq-red.pid
rm -f -- /run/netctl/dnsmasq-red.loaded.new
ip -batch - <<'END'
route del 203.0.113.0/24 dev br-blue table 100 proto 117 scope 253 src 203.0.113.11
route del default via 203.0.113.1 dev br-blue proto 117
route del 192.0.2.0/24 via 203.0.113.2 dev br-blue proto 117 metric 50
route del default via 203.0.113.1 dev br-blue table 100 proto 117
neigh del 203.0.113.9 dev br-blue
neigh del proxy 203.0.113.77 dev br-blue
address del 203.0.113.12/24 dev br-blue
address del 203.0.113.11/24 dev br-blue
END
sysctl -q -w net/ipv4/conf/br-blue/arp_notify=1
ip -batch - <<'END'
link set dev br-blue address 02:61:b2:2a:88:cb
END
sysctl -q -w net.ipv6.conf.br-blue.accept_ra=0 net.ipv6.conf.br-blue.autoconf=0
sysctl -q -w net/ipv4/conf/br-red/arp_notify=1
ip -batch - <<'END'
link set dev br-red address 02:00:00:00:ff:01
link set dev eth1 master br-red
address replace 203.0.113.11/24 brd 203.0.113.255 dev br-red
address replace 203.0.113.12/24 brd 203.0.113.255 dev br-red
address del 2001:db8::11/64 dev br-blue
address replace 2001:db8::11/64 dev br-red nodad
route add 203.0.113.0/24 dev br-red table 100 proto 117 scope 253 src 203.0.113.11
route add default via 203.0.113.1 dev br-red proto 117
route add 192.0.2.0/24 via 203.0.113.2 dev br-red proto 117 metric 50
route add default via 203.0.113.1 dev br-red table 100 proto 117 mtu 1400
neigh replace 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent protocol 117 dev br-red
neigh replace proxy 203.0.113.77 protocol 117 dev br-red
END
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --domain-needed --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
f9373c37f2d9ab6a
link br-blue
address br-blue 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-red.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br-red --listen-address=10.0.2.1 --except-interface=lo --dhcp-range=set:red,10.0.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=novalocal --servers-file=/var/lib/netctl/networks/red/servers --domain-needed --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
a313d09d35139eef
link br-red
address br-red 10.0.2.1/24
address br-red 203.0.113.11/24
address br-red 203.0.113.12/24
address br-red 2001:db8::11/64
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
