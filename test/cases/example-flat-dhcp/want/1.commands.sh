#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br100 -p udp -m udp --dport 68 -m comment --comment "netctl:8c670829 networks.lab.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-inside -p udp -m udp --dport 68 -m comment --comment "netctl:dd3e443a networks.inside.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-POSTROUTING -s 192.168.50.0/24 -d 192.168.50.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:47fd3b1d networks.lab.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.20.0.0/24 -d 10.20.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:72eee815 networks.inside.cidr" -j ACCEPT
-A netctl-snat -s 192.168.50.0/24 -o br100 -m comment --comment "netctl:85d66ffb networks.lab.snat" -j SNAT --to-source 203.0.113.11
-A netctl-snat -s 10.20.0.0/24 -o br100 -m comment --comment "netctl:230fab8d networks.inside.snat" -j SNAT --to-source 203.0.113.11
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:1232f88b networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:9fc7190f networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br100 -p udp -m udp --dport 53 -m comment --comment "netctl:eb05f8fd networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br100 -p tcp -m tcp --dport 53 -m comment --comment "netctl:86be0669 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-inside -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:d2bdbfe5 networks.inside.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.20.0.0/24 -d 10.20.0.1/32 -i br-inside -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:9daffced networks.inside.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.20.0.0/24 -d 10.20.0.1/32 -i br-inside -p udp -m udp --dport 53 -m comment --comment "netctl:6db0195e networks.inside.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.20.0.0/24 -d 10.20.0.1/32 -i br-inside -p tcp -m tcp --dport 53 -m comment --comment "netctl:d49668a6 networks.inside.dhcp" -j ACCEPT
-A netctl-INPUT -d 192.168.50.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:41995812 networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 192.168.50.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:b18c16aa networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 10.20.0.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:012ecdc4 networks.inside.dhcp" -j DROP
-A netctl-INPUT -d 10.20.0.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:3636fe00 networks.inside.dhcp" -j DROP
-A netctl-FORWARD -i br-inside -o br-inside -m comment --comment "netctl:36fb7a6a networks.inside.forward" -j ACCEPT
-A netctl-FORWARD -i br-inside -m comment --comment "netctl:028da0a5 networks.inside.forward" -j DROP
-A netctl-FORWARD -o br-inside -m comment --comment "netctl:9b94d375 networks.inside.forward" -j DROP
-A netctl-FORWARD -i br100 -m comment --comment "netctl:72ffe568 networks.lab.forward" -j ACCEPT
-A netctl-FORWARD -o br100 -m comment --comment "netctl:5408774f networks.lab.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br100 group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br100 mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br100.forwarding=1
ip -batch - <<'END'
address replace 192.168.50.1/24 brd 192.168.50.255 metric 117 dev br100
link set dev eth1 master br100 promisc on
route del default via 203.0.113.1 dev eth1 proto 3
route del 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50
address replace 203.0.113.11/24 brd 203.0.113.255 dev br100
address replace 2001:db8::11/64 dev br100 nodad
address del 2001:db8::11/64 dev eth1
address del 203.0.113.11/24 dev eth1
route add default via 203.0.113.1 dev br100 proto 117
route add 192.0.2.0/24 via 203.0.113.2 dev br100 proto 117 metric 50
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/hosts.new <<'END'
fa:16:3e:2c:e8:ec,192.168.50.10,vm-1
fa:16:3e:77:da:ed,192.168.50.101,vm-2
END
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/names.new <<'END'
192.168.50.10 vm-1.cloud.example.org vm-1
192.168.50.101 vm-2.cloud.example.org vm-2
END
chmod 0600 /var/lib/netctl/networks/lab/names.new
mv -f -- /var/lib/netctl/networks/lab/names.new /var/lib/netctl/networks/lab/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/servers.new <<'END'
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
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/lab/servers.new
mv -f -- /var/lib/netctl/networks/lab/servers.new /var/lib/netctl/networks/lab/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/options.new <<'END'
option:router,192.168.50.1
tag:_no-router,tag:!_router,option:router
option:mtu,1450
option:ntp-server,192.168.50.1
END
chmod 0600 /var/lib/netctl/networks/lab/options.new
mv -f -- /var/lib/netctl/networks/lab/options.new /var/lib/netctl/networks/lab/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
: > /var/lib/netctl/networks/lab/leases.new
chmod 0600 /var/lib/netctl/networks/lab/leases.new
mv -f -- /var/lib/netctl/networks/lab/leases.new /var/lib/netctl/networks/lab/leases
ip -batch - <<'END'
link add name br-inside group 117 address 02:6d:9b:51:91:35 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-inside mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-inside.forwarding=1 net.ipv6.conf.br-inside.accept_ra=0 net.ipv6.conf.br-inside.autoconf=0
ip -batch - <<'END'
address replace 10.20.0.1/24 brd 10.20.0.255 metric 117 dev br-inside
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inside)
cat > /var/lib/netctl/networks/inside/hosts.new <<'END'
fa:16:3e:97:71:aa,10.20.0.3,db
fa:16:3e:e7:2d:86,10.20.0.2,vm-2
END
chmod 0600 /var/lib/netctl/networks/inside/hosts.new
mv -f -- /var/lib/netctl/networks/inside/hosts.new /var/lib/netctl/networks/inside/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inside)
cat > /var/lib/netctl/networks/inside/names.new <<'END'
10.20.0.2 vm-2.cloud.example.org vm-2
10.20.0.3 db.cloud.example.org db vm-3.cloud.example.org vm-3
END
chmod 0600 /var/lib/netctl/networks/inside/names.new
mv -f -- /var/lib/netctl/networks/inside/names.new /var/lib/netctl/networks/inside/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inside)
cat > /var/lib/netctl/networks/inside/servers.new <<'END'
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
server=/cloud.example.org/
server=/d.f.ip6.arpa/
END
chmod 0600 /var/lib/netctl/networks/inside/servers.new
mv -f -- /var/lib/netctl/networks/inside/servers.new /var/lib/netctl/networks/inside/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inside)
cat > /var/lib/netctl/networks/inside/options.new <<'END'
option:router,10.20.0.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/inside/options.new
mv -f -- /var/lib/netctl/networks/inside/options.new /var/lib/netctl/networks/inside/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/inside)
: > /var/lib/netctl/networks/inside/leases.new
chmod 0600 /var/lib/netctl/networks/inside/leases.new
mv -f -- /var/lib/netctl/networks/inside/leases.new /var/lib/netctl/networks/inside/leases
ip -batch - <<'END'
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 addrgenmode none
link set dev tap-vm-1 group 117 alias "vm-1/lab 192.168.50.10 fa:16:3e:2c:e8:ec" mtu 1450 master br100 up
link set dev tap-vm-1 type bridge_slave hairpin on
tuntap add dev tap-vm-2 mode tap
link set dev tap-vm-2 addrgenmode none
link set dev tap-vm-2 group 117 alias "vm-2/lab 192.168.50.101 fa:16:3e:77:da:ed" mtu 1450 master br100 up
link set dev tap-vm-2 type bridge_slave hairpin on
tuntap add dev tap-vm-2-1 mode tap
link set dev tap-vm-2-1 addrgenmode none
link set dev tap-vm-2-1 group 117 alias "vm-2/inside 10.20.0.2 fa:16:3e:e7:2d:86" mtu 1500 master br-inside up
link set dev tap-vm-2-1 type bridge_slave hairpin on
tuntap add dev tap-vm-3 mode tap
link set dev tap-vm-3 addrgenmode none
link set dev tap-vm-3 group 117 alias "vm-3/inside 10.20.0.3 fa:16:3e:97:71:aa" mtu 1500 master br-inside up
link set dev tap-vm-3 type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-lab.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-lab.pid --user=root --bind-interfaces --interface=br100 --except-interface=br100 --listen-address=192.168.50.1 --except-interface=lo --dhcp-range=set:lab,192.168.50.0,static,255.255.255.0,3600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/lab/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/lab/options --dhcp-leasefile=/var/lib/netctl/networks/lab/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/lab/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/lab/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
1f0a4877c272ffe0
link br100
address br100 192.168.50.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
rm -f -- /run/netctl/dnsmasq-inside.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-inside.pid --user=root --bind-interfaces --interface=br-inside --except-interface=br-inside --listen-address=10.20.0.1 --except-interface=lo --dhcp-range=set:inside,10.20.0.0,static,255.255.255.0,600s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/inside/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/inside/options --dhcp-leasefile=/var/lib/netctl/networks/inside/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/inside/names --domain=cloud.example.org --servers-file=/var/lib/netctl/networks/inside/servers --strict-order --no-resolv --server=9.9.9.9 --server=1.1.1.1
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-inside.loaded.new <<'END'
2c2618def8ad49e7
link br-inside
address br-inside 10.20.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-inside.loaded.new
mv -f -- /run/netctl/dnsmasq-inside.loaded.new /run/netctl/dnsmasq-inside.loaded
