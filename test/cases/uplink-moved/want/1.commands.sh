#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-blue -p udp -m udp --dport 68 -m comment --comment "netctl:8649d288 networks.blue.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-red -p udp -m udp --dport 68 -m comment --comment "netctl:0af36311 networks.red.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-POSTROUTING -s 10.0.1.0/24 -d 10.0.1.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:1b65d1cd networks.blue.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.2.0/24 -d 10.0.2.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:0bd0325d networks.red.cidr" -j ACCEPT
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br-blue -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:e6c72d19 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -d 10.0.1.1/32 -i br-blue -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:8f3cc992 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -d 10.0.1.1/32 -i br-blue -p udp -m udp --dport 53 -m comment --comment "netctl:42e1cd99 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -d 10.0.1.1/32 -i br-blue -p tcp -m tcp --dport 53 -m comment --comment "netctl:6eb78fb4 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-red -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:8e8340ad networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-red -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:5b325503 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-red -p udp -m udp --dport 53 -m comment --comment "netctl:cefcc17e networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-red -p tcp -m tcp --dport 53 -m comment --comment "netctl:0bfadf29 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:0fb13fc1 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:2a5d9b28 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.0.2.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:4c14cab1 networks.red.dhcp" -j DROP
-A netctl-INPUT -d 10.0.2.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:1b971222 networks.red.dhcp" -j DROP
-A netctl-FORWARD -i br-blue -m comment --comment "netctl:3370c10f networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -o br-blue -m comment --comment "netctl:4f18e8e4 networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -i br-red -m comment --comment "netctl:21fc6e1a networks.red.forward" -j ACCEPT
-A netctl-FORWARD -o br-red -m comment --comment "netctl:d00ac48a networks.red.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br-blue group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-blue mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-blue.forwarding=1
ip -batch - <<'END'
address replace 10.0.1.1/24 brd 10.0.1.255 metric 117 dev br-blue
link set dev eth1 master br-blue promisc on
route del 203.0.113.0/24 dev eth1 table 100 proto 3 scope 253 src 203.0.113.11
route del default via 203.0.113.1 dev eth1 proto 3
route del 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50
route del default via 203.0.113.1 dev eth1 table 100 proto 3
neigh del 203.0.113.9 dev eth1
neigh del proxy 203.0.113.77 dev eth1
address replace 203.0.113.11/24 brd 203.0.113.255 dev br-blue
address replace 203.0.113.12/24 brd 203.0.113.255 dev br-blue
address replace 2001:db8::11/64 dev br-blue nodad
address del 2001:db8::11/64 dev eth1
address del 203.0.113.12/24 dev eth1
address del 203.0.113.11/24 dev eth1
route add 203.0.113.0/24 dev br-blue table 100 proto 117 scope 253 src 203.0.113.11
route add default via 203.0.113.1 dev br-blue proto 117
route add 192.0.2.0/24 via 203.0.113.2 dev br-blue proto 117 metric 50
route add default via 203.0.113.1 dev br-blue table 100 proto 117 mtu 1400
neigh replace 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent protocol 117 dev br-blue
neigh replace proxy 203.0.113.77 protocol 117 dev br-blue
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/hosts.new <<'END'
fa:16:3e:44:a0:50,10.0.1.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/names.new <<'END'
10.0.1.2 vm-1.novalocal vm-1
END
chmod 0600 /var/lib/netctl/networks/blue/names.new
mv -f -- /var/lib/netctl/networks/blue/names.new /var/lib/netctl/networks/blue/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/servers.new <<'END'
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
chmod 0600 /var/lib/netctl/networks/blue/servers.new
mv -f -- /var/lib/netctl/networks/blue/servers.new /var/lib/netctl/networks/blue/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/options.new <<'END'
option:router,10.0.1.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/blue/options.new
mv -f -- /var/lib/netctl/networks/blue/options.new /var/lib/netctl/networks/blue/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
: > /var/lib/netctl/networks/blue/leases.new
chmod 0600 /var/lib/netctl/networks/blue/leases.new
mv -f -- /var/lib/netctl/networks/blue/leases.new /var/lib/netctl/networks/blue/leases
ip -batch - <<'END'
link add name br-red group 117 address 02:5e:0a:b8:35:04 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-red mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-red.forwarding=1 net.ipv6.conf.br-red.accept_ra=0 net.ipv6.conf.br-red.autoconf=0
ip -batch - <<'END'
address replace 10.0.2.1/24 brd 10.0.2.255 metric 117 dev br-red
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/hosts.new <<'END'
fa:16:3e:21:ab:4a,10.0.2.2,vm-2
END
chmod 0600 /var/lib/netctl/networks/red/hosts.new
mv -f -- /var/lib/netctl/networks/red/hosts.new /var/lib/netctl/networks/red/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/names.new <<'END'
10.0.2.2 vm-2.novalocal vm-2
END
chmod 0600 /var/lib/netctl/networks/red/names.new
mv -f -- /var/lib/netctl/networks/red/names.new /var/lib/netctl/networks/red/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/servers.new <<'END'
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
chmod 0600 /var/lib/netctl/networks/red/servers.new
mv -f -- /var/lib/netctl/networks/red/servers.new /var/lib/netctl/networks/red/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/options.new <<'END'
option:router,10.0.2.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/red/options.new
mv -f -- /var/lib/netctl/networks/red/options.new /var/lib/netctl/networks/red/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
: > /var/lib/netctl/networks/red/leases.new
chmod 0600 /var/lib/netctl/networks/red/leases.new
mv -f -- /var/lib/netctl/networks/red/leases.new /var/lib/netctl/networks/red/leases
ip -batch - <<'END'
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 addrgenmode none
link set dev tap-vm-1 group 117 alias "vm-1/blue 10.0.1.2 fa:16:3e:44:a0:50" mtu 1500 master br-blue up
link set dev tap-vm-1 type bridge_slave hairpin on
tuntap add dev tap-vm-2 mode tap
link set dev tap-vm-2 addrgenmode none
link set dev tap-vm-2 group 117 alias "vm-2/red 10.0.2.2 fa:16:3e:21:ab:4a" mtu 1500 master br-red up
link set dev tap-vm-2 type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --except-interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
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
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br-red --except-interface=br-red --listen-address=10.0.2.1 --except-interface=lo --dhcp-range=set:red,10.0.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=novalocal --servers-file=/var/lib/netctl/networks/red/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
e9c11bcda5407191
link br-red
address br-red 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
