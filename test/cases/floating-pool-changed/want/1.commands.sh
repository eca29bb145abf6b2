#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-blue -p udp -m udp --dport 68 -m comment --comment "netctl:8649d288 networks.blue.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
:netctl-dnat-198.51.100.0 - [0:0]
:netctl-float-dnat - [0:0]
:netctl-snat-10.0.1.0 - [0:0]
:netctl-float-snat - [0:0]
:netctl-back-10.0.1.0 - [0:0]
-A netctl-PREROUTING -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-OUTPUT -m comment --comment "netctl:98b7d6ab pools" -j netctl-float-dnat
-A netctl-POSTROUTING -s 10.0.1.0/24 -d 10.0.1.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:1b65d1cd networks.blue.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.0.1.0/26 -m conntrack --ctstate DNAT -m comment --comment "netctl:274cfd91 networks.blue" -j netctl-back-10.0.1.0
-A netctl-snat -m comment --comment "netctl:ed6242b8 pools" -j netctl-float-snat
-A netctl-snat -s 10.0.1.0/24 -o eth1 -m comment --comment "netctl:0c787225 networks.blue.snat" -j SNAT --to-source 198.51.100.11
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-A netctl-dnat-198.51.100.0 -d 198.51.100.17/32 -m comment --comment "netctl:3458bd62 instances.web-1.nics[0].floating" -j DNAT --to-destination 10.0.1.3
-A netctl-float-dnat -d 198.51.100.0/26 -m comment --comment "netctl:4c25829f pools.public" -j netctl-dnat-198.51.100.0
-A netctl-snat-10.0.1.0 -s 10.0.1.3/32 -d 10.0.1.3/32 -m comment --comment "netctl:09da2fe2 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-snat-10.0.1.0 -s 10.0.1.3/32 -o eth1 -m comment --comment "netctl:74ab3734 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
-A netctl-float-snat -s 10.0.1.0/26 -m comment --comment "netctl:4df1069b networks.blue" -j netctl-snat-10.0.1.0
-A netctl-back-10.0.1.0 -s 10.0.1.3/32 -m comment --comment "netctl:4ba4ffb3 instances.web-1.nics[0].floating" -j SNAT --to-source 198.51.100.17
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
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:0fb13fc1 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.0.1.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:2a5d9b28 networks.blue.dhcp" -j DROP
-A netctl-FORWARD -i br-blue -m comment --comment "netctl:3370c10f networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -o br-blue -m comment --comment "netctl:4f18e8e4 networks.blue.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
sh -c '[ -e /proc/sys/net/bridge ] || { modprobe br_netfilter && sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 && { nsenter --target 1 --net sysctl -e -q -w net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 || :; }; }'
ip -batch - <<'END'
link add name br-blue group 117 address 02:61:b2:2a:88:cb mtu 68 type bridge forward_delay 0 stp_state 0 nf_call_iptables 1
link set dev br-blue mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-blue.forwarding=1 net.ipv6.conf.br-blue.accept_ra=0 net.ipv6.conf.br-blue.autoconf=0
ip -batch - <<'END'
address replace 10.0.1.1/24 brd 10.0.1.255 metric 117 dev br-blue
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/hosts.new <<'END'
fa:16:3e:d2:b0:00,10.0.1.3,web-1
END
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/names.new <<'END'
10.0.1.3 web-1.novalocal web-1
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
tuntap add dev tap-web-1 mode tap
link set dev tap-web-1 addrgenmode none
link set dev tap-web-1 group 117 alias "web-1/blue 10.0.1.3 fa:16:3e:d2:b0:00" mtu 1500 master br-blue up
link set dev tap-web-1 type bridge_slave hairpin on
address replace 198.51.100.17/32 metric 117001 dev eth1
END
perl -e '$dev = shift; sub word { open my $file, "<", "/sys/class/net/$dev/$_[0]" or die "$dev: $!\n"; my $word = <$file>; chomp $word; $word } ($mac = word("address")) =~ tr/://d; $mac = pack "H12", $mac; $all = "\xff" x 6; $to = pack "S n l S C C a8", 17, 0x806, word("ifindex"), 1, 1, 6, $all; socket $wire, 17, 3, 0 or die "socket: $!\n"; while (<STDIN>) { chomp; $ip = pack "C4", split /\./; send $wire, pack("a6 a6 n n n C C n a6 a4 a6 a4", $all, $mac, 0x806, 1, 0x800, 6, 4, $_, $mac, $ip, $_ == 1 ? $all : $mac, $ip), 0, $to for 1, 2 }' eth1 <<'END'
198.51.100.17
END
ip -batch - <<'END'
address replace 198.51.100.17/32 metric 117 dev eth1
END
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br-blue --except-interface=br-blue --listen-address=10.0.1.1 --except-interface=lo --dhcp-range=set:blue,10.0.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
abd285d84ea93cc8
link br-blue
address br-blue 10.0.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
