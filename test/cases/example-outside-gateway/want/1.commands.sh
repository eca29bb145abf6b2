#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-office -p udp -m udp --dport 68 -m comment --comment "netctl:b4545a0e networks.office.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
:netctl-dnat-203.0.113.64 - [0:0]
:netctl-float-dnat - [0:0]
:netctl-snat-10.0.0.0 - [0:0]
:netctl-float-snat - [0:0]
:netctl-back-10.0.0.0 - [0:0]
-A netctl-PREROUTING -s 10.0.0.0/24 -d 169.254.169.254/32 -i br-office -p tcp -m tcp --dport 80 -m comment --comment "netctl:3234ded7 networks.office.metadata" -j REDIRECT --to-ports 8775
-A netctl-PREROUTING -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-OUTPUT -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-POSTROUTING -s 10.0.0.0/24 -d 172.16.9.0/24 -m comment --comment "netctl:b5f701d3 networks.office.noSnat" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.0.0/24 -d 10.0.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:515450ba networks.office.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.0.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:ad48cac0 networks.office" -j netctl-back-10.0.0.0
-A netctl-snat -m comment --comment "netctl:ed6242b8 pools" -j netctl-float-snat
-A netctl-snat -s 10.0.0.0/24 -d 192.0.2.0/24 -m comment --comment "netctl:8f0d502f networks.office.snat" -j SNAT --to-source 203.0.113.11
-A netctl-snat -s 10.0.0.0/24 -d 172.16.0.0/12 -m comment --comment "netctl:76f89c2d networks.office.snat" -j SNAT --to-source 203.0.113.11
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-A netctl-dnat-203.0.113.64 -d 203.0.113.70/32 -m comment --comment "netctl:1c548053 instances.web-1.nics[0].floating" -j DNAT --to-destination 10.0.0.20
-A netctl-float-dnat -d 203.0.113.64/26 -m comment --comment "netctl:b53a5e23 pools.public" -j netctl-dnat-203.0.113.64
-A netctl-snat-10.0.0.0 -s 10.0.0.20/32 -d 10.0.0.20/32 -m comment --comment "netctl:e25d5909 instances.web-1.nics[0].floating" -j SNAT --to-source 203.0.113.70
-A netctl-snat-10.0.0.0 -s 10.0.0.20/32 -o eth1 -m comment --comment "netctl:b5b7ccbe instances.web-1.nics[0].floating" -j SNAT --to-source 203.0.113.70
-A netctl-float-snat -s 10.0.0.0/26 -m comment --comment "netctl:4bf9c04d networks.office" -j netctl-snat-10.0.0.0
-A netctl-back-10.0.0.0 -s 10.0.0.20/32 -m comment --comment "netctl:1316a100 instances.web-1.nics[0].floating" -j SNAT --to-source 203.0.113.70
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br-office -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:ed3a28a1 networks.office.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.0.0/24 -d 10.0.0.9/32 -i br-office -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:2c3f4ac1 networks.office.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.0.0/24 -d 10.0.0.9/32 -i br-office -p udp -m udp --dport 53 -m comment --comment "netctl:5e1d8dfc networks.office.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.0.0/24 -d 10.0.0.9/32 -i br-office -p tcp -m tcp --dport 53 -m comment --comment "netctl:83dcb764 networks.office.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.0.0.0/24 -i br-office -p tcp -m tcp --dport 8775 -m conntrack --ctstate DNAT -m addrtype --dst-type LOCAL -m comment --comment "netctl:46666752 networks.office.metadata" -j ACCEPT
-A netctl-INPUT -d 169.254.169.254/32 ! -i lo -m comment --comment "netctl:6fe43e5b hosts.h1.metadata" -j DROP
-A netctl-INPUT -d 10.0.0.9/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:e0f28390 networks.office.dhcp" -j DROP
-A netctl-INPUT -d 10.0.0.9/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:65a971ac networks.office.dhcp" -j DROP
-A netctl-FORWARD -i br-office -m comment --comment "netctl:7fc626d2 networks.office.forward" -j ACCEPT
-A netctl-FORWARD -o br-office -m comment --comment "netctl:bc91e445 networks.office.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
sh -c '[ -e /proc/sys/net/bridge ] || { modprobe br_netfilter && sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 && { nsenter --target 1 --net sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 || :; }; }'
ip -batch - <<'END'
link add name br-office group 117 address 02:00:00:00:ff:02 mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1
link set dev br-office mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-office.forwarding=1
ip -batch - <<'END'
address replace 10.0.0.9/24 brd 10.0.0.255 metric 117 dev br-office
link set dev eth2 master br-office promisc on
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/office)
cat > /var/lib/netctl/networks/office/hosts.new <<'END'
fa:16:3e:0f:c3:d5,10.0.0.2,desk-1
fa:16:3e:b0:76:4a,10.0.0.20,web-1
END
chmod 0600 /var/lib/netctl/networks/office/hosts.new
mv -f -- /var/lib/netctl/networks/office/hosts.new /var/lib/netctl/networks/office/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/office)
cat > /var/lib/netctl/networks/office/names.new <<'END'
10.0.0.2 desk-1.novalocal desk-1
10.0.0.20 web-1.novalocal web-1
END
chmod 0600 /var/lib/netctl/networks/office/names.new
mv -f -- /var/lib/netctl/networks/office/names.new /var/lib/netctl/networks/office/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/office)
cat > /var/lib/netctl/networks/office/servers.new <<'END'
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
chmod 0600 /var/lib/netctl/networks/office/servers.new
mv -f -- /var/lib/netctl/networks/office/servers.new /var/lib/netctl/networks/office/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/office)
cat > /var/lib/netctl/networks/office/options.new <<'END'
option:router,10.0.0.1
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/office/options.new
mv -f -- /var/lib/netctl/networks/office/options.new /var/lib/netctl/networks/office/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/office)
: > /var/lib/netctl/networks/office/leases.new
chmod 0600 /var/lib/netctl/networks/office/leases.new
mv -f -- /var/lib/netctl/networks/office/leases.new /var/lib/netctl/networks/office/leases
ip -batch - <<'END'
address replace 169.254.169.254/32 scope link metric 117 dev lo
END
ebtables-nft-restore --noflush <<'END'
*nat
:netctl-PREROUTING RETURN
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 10.0.0.0/24 -j RETURN
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 169.254.169.254 -j redirect --redirect-target CONTINUE
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.0.0.20 ! --ip-dst 10.0.0.0/24 -j redirect --redirect-target CONTINUE
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 172.16.9.0/24 -j RETURN
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 192.0.2.0/24 -j redirect --redirect-target CONTINUE
-A netctl-PREROUTING -p IPv4 -d Unicast --ip-src 10.0.0.0/24 --ip-dst 172.16.0.0/12 -j redirect --redirect-target CONTINUE
-I PREROUTING 1 -j netctl-PREROUTING
END
ip -batch - <<'END'
tuntap add dev tap-web-1 mode tap
link set dev tap-web-1 addrgenmode none
link set dev tap-web-1 group 117 alias "web-1/office 10.0.0.20 fa:16:3e:b0:76:4a" mtu 1500 master br-office up
link set dev tap-web-1 type bridge_slave hairpin on
tuntap add dev tap-desk-1 mode tap
link set dev tap-desk-1 addrgenmode none
link set dev tap-desk-1 group 117 alias "desk-1/office 10.0.0.2 fa:16:3e:0f:c3:d5" mtu 1500 master br-office up
link set dev tap-desk-1 type bridge_slave hairpin on
address replace 203.0.113.70/32 metric 117001 dev eth1
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' eth1 <<'END'
203.0.113.70
END
ip -batch - <<'END'
address replace 203.0.113.70/32 metric 117 dev eth1
END
rm -f -- /run/netctl/dnsmasq-office.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-office.pid --user=root --bind-interfaces --interface=br-office --except-interface=br-office --listen-address=10.0.0.9 --except-interface=lo --dhcp-range=set:office,10.0.0.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/office/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/office/options --dhcp-leasefile=/var/lib/netctl/networks/office/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/office/names --domain=novalocal --servers-file=/var/lib/netctl/networks/office/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-office.loaded.new <<'END'
1ba3afef482931bc
link br-office
address br-office 10.0.0.9/24
END
chmod 0600 /run/netctl/dnsmasq-office.loaded.new
mv -f -- /run/netctl/dnsmasq-office.loaded.new /run/netctl/dnsmasq-office.loaded
