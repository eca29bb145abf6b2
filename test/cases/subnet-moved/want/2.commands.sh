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
dnsmasq --test --conf-file= --pid-file=/run/netctl/dnsmasq-lab.pid --user=root --bind-interfaces --interface=br-lab --except-interface=br-lab --listen-address=10.0.8.1 --except-interface=lo --dhcp-range=set:lab,10.0.8.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/lab/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/lab/options --dhcp-leasefile=/var/lib/netctl/networks/lab/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/lab/names --domain=novalocal --servers-file=/var/lib/netctl/networks/lab/servers --strict-order
tell TERM /run/netctl/dnsmasq-lab.pid
rm -f -- /run/netctl/dnsmasq-lab.loaded
rm -f -- /run/netctl/dnsmasq-lab.pid
rm -f -- /run/netctl/dnsmasq-lab.loaded.new
iptables-restore -w 5 --noflush <<'END'
*nat
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -s 10.0.8.0/24 -d 10.0.8.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:14d666c2 networks.lab.cidr" -j ACCEPT
COMMIT
*filter
-D netctl-INPUT 6
-D netctl-INPUT 5
-D netctl-INPUT 4
-D netctl-INPUT 3
-D netctl-INPUT 2
-A netctl-INPUT -s 10.0.8.0/24 -d 10.0.8.1/32 -i br-lab -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:56182ee7 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.8.0/24 -d 10.0.8.1/32 -i br-lab -p udp -m udp --dport 53 -m comment --comment "netctl:31f8d7f5 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.8.0/24 -d 10.0.8.1/32 -i br-lab -p tcp -m tcp --dport 53 -m comment --comment "netctl:1a1ba2b1 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -d 10.0.8.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:fd9cba7b networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 10.0.8.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:eb0d78c7 networks.lab.dhcp" -j DROP
COMMIT
END
ip -batch - <<'END'
address del 10.0.0.1/24 dev br-lab
address replace 10.0.8.1/24 brd 10.0.8.255 metric 117 dev br-lab
END
{ { grep -vxF -e fa:16:3e:77:da:ed,10.0.0.3,vm-2 -e fa:16:3e:a6:8f:58,10.0.0.2,vm-1 -- /var/lib/netctl/networks/lab/hosts || :; }; printf '%s\n' fa:16:3e:77:da:ed,10.0.8.3,vm-2 fa:16:3e:a6:8f:58,10.0.8.2,vm-1; } | LC_ALL=C sort -u > /var/lib/netctl/networks/lab/hosts.new
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
{ { grep -vxF -e '10.0.0.2 vm-1.novalocal vm-1' -e '10.0.0.3 vm-2.novalocal vm-2' -- /var/lib/netctl/networks/lab/names || :; }; printf '%s\n' '10.0.8.2 vm-1.novalocal vm-1' '10.0.8.3 vm-2.novalocal vm-2'; } | LC_ALL=C sort -u > /var/lib/netctl/networks/lab/names.new
chmod 0600 /var/lib/netctl/networks/lab/names.new
mv -f -- /var/lib/netctl/networks/lab/names.new /var/lib/netctl/networks/lab/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/options.new <<'END'
option:router,10.0.8.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/lab/options.new
mv -f -- /var/lib/netctl/networks/lab/options.new /var/lib/netctl/networks/lab/options
ip -batch - <<'END'
link set dev tap-vm-1 alias "vm-1/lab 10.0.8.2 fa:16:3e:a6:8f:58"
link set dev tap-vm-2 alias "vm-2/lab 10.0.8.3 fa:16:3e:77:da:ed"
END
rm -f -- /run/netctl/dnsmasq-lab.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-lab.pid --user=root --bind-interfaces --interface=br-lab --except-interface=br-lab --listen-address=10.0.8.1 --except-interface=lo --dhcp-range=set:lab,10.0.8.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/lab/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/lab/options --dhcp-leasefile=/var/lib/netctl/networks/lab/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/lab/names --domain=novalocal --servers-file=/var/lib/netctl/networks/lab/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
43d19d5c1a500544
link br-lab
address br-lab 10.0.8.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
