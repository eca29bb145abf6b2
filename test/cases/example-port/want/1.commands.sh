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
link add name br-blue group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-blue mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-blue.forwarding=1
ip -batch - <<'END'
address replace 10.0.1.1/24 brd 10.0.1.255 metric 117 dev br-blue
link set dev eth1 master br-blue promisc on
address replace 203.0.113.11/24 brd 203.0.113.255 dev br-blue
address del 203.0.113.11/24 dev eth1
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/hosts.new <<'END'
fa:16:3e:06:96:28,10.0.1.3,qemu
fa:16:3e:29:ea:f7,10.0.1.5,libvirt
fa:16:3e:51:ce:06,10.0.1.4,guest
fa:16:3e:d3:d8:37,10.0.1.2,by-default
END
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/names.new <<'END'
10.0.1.2 by-default.novalocal by-default
10.0.1.3 qemu.novalocal qemu
10.0.1.4 guest.novalocal guest
10.0.1.5 libvirt.novalocal libvirt
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
sysctl -q -w net.ipv6.conf.br-red.accept_ra=0 net.ipv6.conf.br-red.autoconf=0
ip -batch - <<'END'
address replace 10.0.2.1/24 brd 10.0.2.255 metric 117 dev br-red
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/hosts.new <<'END'
fa:16:3e:e3:fc:4d,10.0.2.3,guest
fa:16:3e:e7:a9:e7,10.0.2.4,guest
fa:16:3e:fd:27:0f,10.0.2.2,by-default
END
chmod 0600 /var/lib/netctl/networks/red/hosts.new
mv -f -- /var/lib/netctl/networks/red/hosts.new /var/lib/netctl/networks/red/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/names.new <<'END'
10.0.2.2 by-default.novalocal by-default
10.0.2.3 guest.novalocal guest
10.0.2.4 guest.novalocal guest
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
tuntap add dev tap-by-default mode tap
link set dev tap-by-default addrgenmode none
link set dev tap-by-default group 117 alias "by-default/blue 10.0.1.2 fa:16:3e:d3:d8:37" mtu 1500 master br-blue up
link set dev tap-by-default type bridge_slave hairpin on
tuntap add dev tap-by-d-5qafhs mode tap
link set dev tap-by-d-5qafhs addrgenmode none
link set dev tap-by-d-5qafhs group 117 alias "by-default/red 10.0.2.2 fa:16:3e:fd:27:0f" mtu 1500 master br-red up
link set dev tap-by-d-5qafhs type bridge_slave hairpin on
tuntap add dev tap-qemu mode tap
link set dev tap-qemu addrgenmode none
link set dev tap-qemu group 117 alias "qemu/blue 10.0.1.3 fa:16:3e:06:96:28" mtu 1500 master br-blue up
link set dev tap-qemu type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --except-interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
9295df0dae18d151
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
c63fbb1f58fab327
link br-red
address br-red 10.0.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
