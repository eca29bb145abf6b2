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
dnsmasq --test --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --except-interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-mac=set:_no-router,fa:16:3e:44:a0:50 --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
tell TERM /run/netctl/dnsmasq-blue.pid
rm -f -- /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-blue.pid
rm -f -- /run/netctl/dnsmasq-blue.loaded.new
dnsmasq --test --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br-red --except-interface=br-red --listen-address=10.0.2.1 --except-interface=lo --dhcp-range=set:red,10.0.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-mac=set:_router,fa:16:3e:e8:3f:3d --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=novalocal --servers-file=/var/lib/netctl/networks/red/servers --strict-order
tell TERM /run/netctl/dnsmasq-red.pid
rm -f -- /run/netctl/dnsmasq-red.loaded
rm -f -- /run/netctl/dnsmasq-red.pid
rm -f -- /run/netctl/dnsmasq-red.loaded.new
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --except-interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-mac=set:_no-router,fa:16:3e:44:a0:50 --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
98f8c2d61e315816
link br-blue
address br-blue 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-red.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br-red --except-interface=br-red --listen-address=10.0.2.1 --except-interface=lo --dhcp-range=set:red,10.0.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-mac=set:_router,fa:16:3e:e8:3f:3d --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=novalocal --servers-file=/var/lib/netctl/networks/red/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
a03ced517cba2f69
link br-red
address br-red 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
