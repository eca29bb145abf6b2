#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br100 -p udp -m udp --dport 68 -m comment --comment "netctl:8c670829 networks.lab.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-POSTROUTING -s 10.0.0.0/24 -d 10.0.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:ed12b717 networks.lab.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.2.0/24 -d 10.0.2.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:a9cce6a8 networks.shut.cidr" -j ACCEPT
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
-A netctl-INPUT -s 10.0.0.0/24 -d 10.0.0.1/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:a513e651 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.0.0/24 -d 10.0.0.1/32 -i br100 -p udp -m udp --dport 53 -m comment --comment "netctl:50c4b5a0 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.0.0/24 -d 10.0.0.1/32 -i br100 -p tcp -m tcp --dport 53 -m comment --comment "netctl:6a90ef9f networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -d 10.0.0.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:9d9383e9 networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 10.0.0.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:49b9a4c6 networks.lab.dhcp" -j DROP
-A netctl-FORWARD -i br200 -o br200 -m comment --comment "netctl:a6fa096c networks.shut.forward" -j ACCEPT
-A netctl-FORWARD -i br200 -m comment --comment "netctl:1f41224a networks.shut.forward" -j DROP
-A netctl-FORWARD -o br200 -m comment --comment "netctl:043e8f2e networks.shut.forward" -j DROP
-A netctl-FORWARD -i br100 -m comment --comment "netctl:72ffe568 networks.lab.forward" -j ACCEPT
-A netctl-FORWARD -o br100 -m comment --comment "netctl:5408774f networks.lab.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br100 group 117 address 02:15:92:69:39:8d mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br100 mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br100.forwarding=1 net.ipv6.conf.br100.accept_ra=0 net.ipv6.conf.br100.autoconf=0
ip -batch - <<'END'
address replace 10.0.0.1/24 brd 10.0.0.255 metric 117 dev br100
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/hosts.new <<'END'
fa:16:3e:a6:8f:58,10.0.0.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/names.new <<'END'
10.0.0.2 vm-1.novalocal vm-1
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
server=/d.f.ip6.arpa/
server=/novalocal/
END
chmod 0600 /var/lib/netctl/networks/lab/servers.new
mv -f -- /var/lib/netctl/networks/lab/servers.new /var/lib/netctl/networks/lab/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/options.new <<'END'
option:router,10.0.0.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/lab/options.new
mv -f -- /var/lib/netctl/networks/lab/options.new /var/lib/netctl/networks/lab/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
: > /var/lib/netctl/networks/lab/leases.new
chmod 0600 /var/lib/netctl/networks/lab/leases.new
mv -f -- /var/lib/netctl/networks/lab/leases.new /var/lib/netctl/networks/lab/leases
ip -batch - <<'END'
link add name br200 group 117 address 02:1e:19:8a:a9:4f mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br200 mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br200.forwarding=1 net.ipv6.conf.br200.accept_ra=0 net.ipv6.conf.br200.autoconf=0
ip -batch - <<'END'
address replace 10.0.2.1/24 brd 10.0.2.255 metric 117 dev br200
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 addrgenmode none
link set dev tap-vm-1 group 117 alias "vm-1/lab 10.0.0.2 fa:16:3e:a6:8f:58" mtu 1500 master br100 up
link set dev tap-vm-1 type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-lab.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-lab.pid --user=root --bind-interfaces --interface=br100 --except-interface=br100 --listen-address=10.0.0.1 --except-interface=lo --dhcp-range=set:lab,10.0.0.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/lab/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/lab/options --dhcp-leasefile=/var/lib/netctl/networks/lab/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/lab/names --domain=novalocal --servers-file=/var/lib/netctl/networks/lab/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
f41f7b62f0318b58
link br100
address br100 10.0.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
