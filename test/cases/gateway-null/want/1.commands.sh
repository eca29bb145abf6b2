#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-open -p udp -m udp --dport 68 -m comment --comment "netctl:89637a7f networks.open.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-inner -p udp -m udp --dport 68 -m comment --comment "netctl:ade67aa7 networks.inner.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-POSTROUTING -s 10.0.1.0/24 -d 10.0.1.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:0d02c6cd networks.open.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.2.0/24 -d 10.0.2.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:c17e654f networks.inner.cidr" -j ACCEPT
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br-open -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:822e80ee networks.open.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -d 10.0.1.1/32 -i br-open -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:088cbd1f networks.open.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -d 10.0.1.1/32 -i br-open -p udp -m udp --dport 53 -m comment --comment "netctl:2b42d7cc networks.open.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -d 10.0.1.1/32 -i br-open -p tcp -m tcp --dport 53 -m comment --comment "netctl:e61136d7 networks.open.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-inner -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:fc7ba523 networks.inner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-inner -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:32cf69ff networks.inner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-inner -p udp -m udp --dport 53 -m comment --comment "netctl:032784b2 networks.inner.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-inner -p tcp -m tcp --dport 53 -m comment --comment "netctl:cfb863c4 networks.inner.dhcp" -j ACCEPT
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:d55052c7 networks.open.dhcp" -j DROP
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:79791f32 networks.open.dhcp" -j DROP
-A netctl-INPUT -d 10.0.2.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:3f4b9724 networks.inner.dhcp" -j DROP
-A netctl-INPUT -d 10.0.2.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:dc66d0e6 networks.inner.dhcp" -j DROP
-A netctl-FORWARD -i br-open -m comment --comment "netctl:7ba99b3a networks.open.forward" -j ACCEPT
-A netctl-FORWARD -o br-open -m comment --comment "netctl:d117f2ad networks.open.forward" -j ACCEPT
-A netctl-FORWARD -i br-inner -m comment --comment "netctl:1be8147a networks.inner.forward" -j ACCEPT
-A netctl-FORWARD -o br-inner -m comment --comment "netctl:5535b70e networks.inner.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br-open group 117 address 02:71:85:cd:ac:c0 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-open mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-open.forwarding=1 net.ipv6.conf.br-open.accept_ra=0 net.ipv6.conf.br-open.autoconf=0
ip -batch - <<'END'
address replace 10.0.1.1/24 brd 10.0.1.255 metric 117 dev br-open
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/open)
cat > /var/lib/netctl/networks/open/hosts.new <<'END'
fa:16:3e:49:39:cb,10.0.1.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/open/hosts.new
mv -f -- /var/lib/netctl/networks/open/hosts.new /var/lib/netctl/networks/open/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/open)
cat > /var/lib/netctl/networks/open/names.new <<'END'
10.0.1.2 vm-1.novalocal vm-1
END
chmod 0600 /var/lib/netctl/networks/open/names.new
mv -f -- /var/lib/netctl/networks/open/names.new /var/lib/netctl/networks/open/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/open)
cat > /var/lib/netctl/networks/open/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/d.f.ip6.arpa/
server=/novalocal/
END
chmod 0600 /var/lib/netctl/networks/open/servers.new
mv -f -- /var/lib/netctl/networks/open/servers.new /var/lib/netctl/networks/open/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/open)
cat > /var/lib/netctl/networks/open/options.new <<'END'
option:router,10.0.1.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/open/options.new
mv -f -- /var/lib/netctl/networks/open/options.new /var/lib/netctl/networks/open/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/open)
: > /var/lib/netctl/networks/open/leases.new
chmod 0600 /var/lib/netctl/networks/open/leases.new
mv -f -- /var/lib/netctl/networks/open/leases.new /var/lib/netctl/networks/open/leases
ip -batch - <<'END'
link add name br-inner group 117 address 02:15:a2:81:e6:65 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-inner mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-inner.forwarding=1 net.ipv6.conf.br-inner.accept_ra=0 net.ipv6.conf.br-inner.autoconf=0
ip -batch - <<'END'
address replace 10.0.2.1/24 brd 10.0.2.255 metric 117 dev br-inner
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inner)
cat > /var/lib/netctl/networks/inner/hosts.new <<'END'
fa:16:3e:59:30:ce,10.0.2.3,vm-2
fa:16:3e:e1:cb:c5,10.0.2.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/inner/hosts.new
mv -f -- /var/lib/netctl/networks/inner/hosts.new /var/lib/netctl/networks/inner/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inner)
cat > /var/lib/netctl/networks/inner/names.new <<'END'
10.0.2.2 vm-1.novalocal vm-1
10.0.2.3 vm-2.novalocal vm-2
END
chmod 0600 /var/lib/netctl/networks/inner/names.new
mv -f -- /var/lib/netctl/networks/inner/names.new /var/lib/netctl/networks/inner/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inner)
cat > /var/lib/netctl/networks/inner/servers.new <<'END'
rev-server=100.64.0.0/10
rev-server=172.16.0.0/12
server=//
server=/0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/0.in-addr.arpa/
server=/1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa/
server=/10.in-addr.arpa/
server=/100.51.198.in-addr.arpa/
server=/113.0.203.in-addr.arpa/
server=/127.in-addr.arpa/
server=/168.192.in-addr.arpa/
server=/2.0.192.in-addr.arpa/
server=/254.169.in-addr.arpa/
server=/255.255.255.255.in-addr.arpa/
server=/8.b.d.0.1.0.0.2.ip6.arpa/
server=/8.e.f.ip6.arpa/
server=/9.e.f.ip6.arpa/
server=/a.e.f.ip6.arpa/
server=/b.e.f.ip6.arpa/
server=/d.f.ip6.arpa/
server=/novalocal/
END
chmod 0600 /var/lib/netctl/networks/inner/servers.new
mv -f -- /var/lib/netctl/networks/inner/servers.new /var/lib/netctl/networks/inner/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inner)
cat > /var/lib/netctl/networks/inner/options.new <<'END'
option:router,10.0.2.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/inner/options.new
mv -f -- /var/lib/netctl/networks/inner/options.new /var/lib/netctl/networks/inner/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inner)
: > /var/lib/netctl/networks/inner/leases.new
chmod 0600 /var/lib/netctl/networks/inner/leases.new
mv -f -- /var/lib/netctl/networks/inner/leases.new /var/lib/netctl/networks/inner/leases
ip -batch - <<'END'
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 addrgenmode none
link set dev tap-vm-1 group 117 alias "vm-1/open 10.0.1.2 fa:16:3e:49:39:cb" mtu 1500 master br-open up
link set dev tap-vm-1 type bridge_slave hairpin on
tuntap add dev tap-vm-1-1 mode tap
link set dev tap-vm-1-1 addrgenmode none
link set dev tap-vm-1-1 group 117 alias "vm-1/inner 10.0.2.2 fa:16:3e:e1:cb:c5" mtu 1500 master br-inner up
link set dev tap-vm-1-1 type bridge_slave hairpin on
tuntap add dev tap-vm-2 mode tap
link set dev tap-vm-2 addrgenmode none
link set dev tap-vm-2 group 117 alias "vm-2/inner 10.0.2.3 fa:16:3e:59:30:ce" mtu 1500 master br-inner up
link set dev tap-vm-2 type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-open.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-open.pid --user=root --bind-interfaces --interface=br-open --except-interface=br-open --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:open,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/open/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/open/options --dhcp-leasefile=/var/lib/netctl/networks/open/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/open/names --domain=novalocal --servers-file=/var/lib/netctl/networks/open/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-open.loaded.new <<'END'
0fb615499b69cf90
link br-open
address br-open 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-open.loaded.new
mv -f -- /run/netctl/dnsmasq-open.loaded.new /run/netctl/dnsmasq-open.loaded
rm -f -- /run/netctl/dnsmasq-inner.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-inner.pid --user=root --bind-interfaces --interface=br-inner --except-interface=br-inner --listen-address=10.0.2.1 --except-interface=lo --dhcp-range=set:inner,10.0.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/inner/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/inner/options --dhcp-leasefile=/var/lib/netctl/networks/inner/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/inner/names --domain=novalocal --servers-file=/var/lib/netctl/networks/inner/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-inner.loaded.new <<'END'
72f3438d0c2daa74
link br-inner
address br-inner 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-inner.loaded.new
mv -f -- /run/netctl/dnsmasq-inner.loaded.new /run/netctl/dnsmasq-inner.loaded
