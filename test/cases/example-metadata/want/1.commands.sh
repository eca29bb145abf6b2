#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-blue -p udp -m udp --dport 68 -m comment --comment "netctl:8649d288 networks.blue.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-green -p udp -m udp --dport 68 -m comment --comment "netctl:1298a196 networks.green.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-red -p udp -m udp --dport 68 -m comment --comment "netctl:0af36311 networks.red.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-PREROUTING -s 10.0.1.0/24 -d 169.254.169.254/32 -i br-blue -p tcp -m tcp --dport 80 -m comment --comment "netctl:dd34aeef networks.blue.metadata" -j REDIRECT --to-ports 8775
-A netctl-PREROUTING -s 10.0.3.0/24 -d 169.254.169.254/32 -i br-red -p tcp -m tcp --dport 80 -m comment --comment "netctl:bbe839b3 networks.red.metadata" -j REDIRECT --to-ports 8775
-A netctl-POSTROUTING -s 10.0.1.0/24 -d 10.0.1.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:1b65d1cd networks.blue.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.2.0/24 -d 10.0.2.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:312f2fd6 networks.green.cidr" -j ACCEPT
-A netctl-snat -s 10.0.1.0/24 -o eth1 -m comment --comment "netctl:1a44e97a networks.blue.snat" -j SNAT --to-source 203.0.113.11
-A netctl-snat -s 10.0.2.0/24 -o eth1 -m comment --comment "netctl:9e3adfc0 networks.green.snat" -j SNAT --to-source 203.0.113.11
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
-A netctl-INPUT -d 255.255.255.255/32 -i br-green -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:3a3fb1a8 networks.green.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-green -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:1c2a3b52 networks.green.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-green -p udp -m udp --dport 53 -m comment --comment "netctl:a159fa1a networks.green.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.2.0/24 -d 10.0.2.1/32 -i br-green -p tcp -m tcp --dport 53 -m comment --comment "netctl:dae63e2d networks.green.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-red -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:8e8340ad networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.3.0/24 -d 10.0.3.1/32 -i br-red -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:0b3ec18a networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.3.0/24 -d 10.0.3.1/32 -i br-red -p udp -m udp --dport 53 -m comment --comment "netctl:c799ec24 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.3.0/24 -d 10.0.3.1/32 -i br-red -p tcp -m tcp --dport 53 -m comment --comment "netctl:203b433e networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.1.0/24 -i br-blue -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:b2985040 networks.blue.metadata" -j ACCEPT
-A netctl-INPUT -s 10.0.3.0/24 -i br-red -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:cc9c2b27 networks.red.metadata" -j ACCEPT
-A netctl-INPUT -d 169.254.169.254/32 ! -i lo -m comment --comment "netctl:6fe43e5b hosts.h1.metadata" -j DROP
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:0fb13fc1 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:2a5d9b28 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.0.2.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:4f548a7a networks.green.dhcp" -j DROP
-A netctl-INPUT -d 10.0.2.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:158e8b00 networks.green.dhcp" -j DROP
-A netctl-INPUT -d 10.0.3.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:1b9fb1ce networks.red.dhcp" -j DROP
-A netctl-INPUT -d 10.0.3.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:c3fe6254 networks.red.dhcp" -j DROP
-A netctl-FORWARD -i br-green -o br-green -m comment --comment "netctl:4f69f309 networks.green.forward" -j ACCEPT
-A netctl-FORWARD -i br-green -m comment --comment "netctl:a376e6d9 networks.green.forward" -j DROP
-A netctl-FORWARD -o br-green -m comment --comment "netctl:cc64d15b networks.green.forward" -j DROP
-A netctl-FORWARD -i br-red -o br-red -m comment --comment "netctl:b487e7bc networks.red.gateway" -j ACCEPT
-A netctl-FORWARD -i br-red -m comment --comment "netctl:d14f693a networks.red.gateway" -j DROP
-A netctl-FORWARD -o br-red -m comment --comment "netctl:0d9dd872 networks.red.gateway" -j DROP
-A netctl-FORWARD -i br-blue -m comment --comment "netctl:3370c10f networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -o br-blue -m comment --comment "netctl:4f18e8e4 networks.blue.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br-blue group 117 address 02:61:b2:2a:88:cb mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-blue mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-blue.forwarding=1 net.ipv6.conf.br-blue.accept_ra=0 net.ipv6.conf.br-blue.autoconf=0
ip -batch - <<'END'
address replace 10.0.1.1/24 brd 10.0.1.255 metric 117 dev br-blue
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/hosts.new <<'END'
fa:16:3e:34:d9:cb,10.0.1.2,web
END
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/names.new <<'END'
10.0.1.2 web.novalocal web
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
link add name br-green group 117 address 02:e0:04:df:d2:84 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-green mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-green.forwarding=1 net.ipv6.conf.br-green.accept_ra=0 net.ipv6.conf.br-green.autoconf=0
ip -batch - <<'END'
address replace 10.0.2.1/24 brd 10.0.2.255 metric 117 dev br-green
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/green)
cat > /var/lib/netctl/networks/green/hosts.new <<'END'
fa:16:3e:e7:2b:84,10.0.2.2,web
END
chmod 0600 /var/lib/netctl/networks/green/hosts.new
mv -f -- /var/lib/netctl/networks/green/hosts.new /var/lib/netctl/networks/green/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/green)
cat > /var/lib/netctl/networks/green/names.new <<'END'
10.0.2.2 web.novalocal web
END
chmod 0600 /var/lib/netctl/networks/green/names.new
mv -f -- /var/lib/netctl/networks/green/names.new /var/lib/netctl/networks/green/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/green)
cat > /var/lib/netctl/networks/green/servers.new <<'END'
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
chmod 0600 /var/lib/netctl/networks/green/servers.new
mv -f -- /var/lib/netctl/networks/green/servers.new /var/lib/netctl/networks/green/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/green)
cat > /var/lib/netctl/networks/green/options.new <<'END'
option:router,10.0.2.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/green/options.new
mv -f -- /var/lib/netctl/networks/green/options.new /var/lib/netctl/networks/green/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/green)
: > /var/lib/netctl/networks/green/leases.new
chmod 0600 /var/lib/netctl/networks/green/leases.new
mv -f -- /var/lib/netctl/networks/green/leases.new /var/lib/netctl/networks/green/leases
ip -batch - <<'END'
link add name br-red group 117 address 02:5e:0a:b8:35:04 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-red mtu 1500 up
END
sysctl -q -w net.ipv6.conf.br-red.accept_ra=0 net.ipv6.conf.br-red.autoconf=0
ip -batch - <<'END'
address replace 10.0.3.1/24 brd 10.0.3.255 metric 117 dev br-red
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/hosts.new <<'END'
fa:16:3e:90:2f:fd,10.0.3.2,db
END
chmod 0600 /var/lib/netctl/networks/red/hosts.new
mv -f -- /var/lib/netctl/networks/red/hosts.new /var/lib/netctl/networks/red/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/names.new <<'END'
10.0.3.2 db.novalocal db
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
option:router
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
address replace 169.254.169.254/32 scope link metric 117 dev lo
tuntap add dev tap-web mode tap
link set dev tap-web addrgenmode none
link set dev tap-web group 117 alias "web/blue 10.0.1.2 fa:16:3e:34:d9:cb" mtu 1500 master br-blue up
link set dev tap-web type bridge_slave hairpin on
tuntap add dev tap-web-1 mode tap
link set dev tap-web-1 addrgenmode none
link set dev tap-web-1 group 117 alias "web/green 10.0.2.2 fa:16:3e:e7:2b:84" mtu 1500 master br-green up
link set dev tap-web-1 type bridge_slave hairpin on
tuntap add dev tap-db mode tap
link set dev tap-db addrgenmode none
link set dev tap-db group 117 alias "db/red 10.0.3.2 fa:16:3e:90:2f:fd" mtu 1500 master br-red up
link set dev tap-db type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --except-interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
5d5ad0c8e75ddef0
link br-blue
address br-blue 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-green.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-green.pid --user=root --bind-interfaces --interface=br-green --except-interface=br-green --listen-address=10.0.2.1 --except-interface=lo --dhcp-range=set:green,10.0.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/green/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/green/options --dhcp-leasefile=/var/lib/netctl/networks/green/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/green/names --domain=novalocal --servers-file=/var/lib/netctl/networks/green/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-green.loaded.new <<'END'
455c7506b4a04cc2
link br-green
address br-green 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-green.loaded.new
mv -f -- /run/netctl/dnsmasq-green.loaded.new /run/netctl/dnsmasq-green.loaded
rm -f -- /run/netctl/dnsmasq-red.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br-red --except-interface=br-red --listen-address=10.0.3.1 --except-interface=lo --dhcp-range=set:red,10.0.3.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=novalocal --servers-file=/var/lib/netctl/networks/red/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
7abd56daf1d1f21e
link br-red
address br-red 10.0.3.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
