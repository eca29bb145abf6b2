#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br100 -p udp -m udp --dport 68 -m comment --comment "netctl:e5bcf203 networks.blue.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-red -p udp -m udp --dport 68 -m comment --comment "netctl:0af36311 networks.red.dhcp" -j CHECKSUM --checksum-fill
-A netctl-POSTROUTING -o br-stora-b4cdfe -p udp -m udp --dport 68 -m comment --comment "netctl:42b58e92 networks.storage.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-POSTROUTING -s 10.1.0.0/24 -d 10.1.0.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:9c84b948 networks.blue.cidr" -j ACCEPT
-A netctl-POSTROUTING -s 10.1.1.0/24 -d 10.1.1.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:fe1bec59 networks.red.cidr" -j ACCEPT
-A netctl-snat -s 10.1.0.0/24 -o br-office -m comment --comment "netctl:69600fe1 networks.blue.snat" -j SNAT --to-source 203.0.113.11
-A netctl-snat -s 10.1.1.0/24 -o br-office -m comment --comment "netctl:bbb1aa58 networks.red.snat" -j SNAT --to-source 203.0.113.11
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:3dbac003 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.0.0/24 -d 10.1.0.1/32 -i br100 -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:e637fd3e networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.0.0/24 -d 10.1.0.1/32 -i br100 -p udp -m udp --dport 53 -m comment --comment "netctl:fd82b3fa networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.0.0/24 -d 10.1.0.1/32 -i br100 -p tcp -m tcp --dport 53 -m comment --comment "netctl:826a78f7 networks.blue.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-red -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:8e8340ad networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.1.0/24 -d 10.1.1.1/32 -i br-red -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:e6136cb4 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.1.0/24 -d 10.1.1.1/32 -i br-red -p udp -m udp --dport 53 -m comment --comment "netctl:04fa4ad5 networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.1.0/24 -d 10.1.1.1/32 -i br-red -p tcp -m tcp --dport 53 -m comment --comment "netctl:1e33cdce networks.red.dhcp" -j ACCEPT
-A netctl-INPUT -d 255.255.255.255/32 -i br-stora-b4cdfe -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:ac751e7e networks.storage.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.2.0/24 -d 10.1.2.1/32 -i br-stora-b4cdfe -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:49bd3c01 networks.storage.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.2.0/24 -d 10.1.2.1/32 -i br-stora-b4cdfe -p udp -m udp --dport 53 -m comment --comment "netctl:b7df37af networks.storage.dhcp" -j ACCEPT
-A netctl-INPUT -s 10.1.2.0/24 -d 10.1.2.1/32 -i br-stora-b4cdfe -p tcp -m tcp --dport 53 -m comment --comment "netctl:a6ec2b30 networks.storage.dhcp" -j ACCEPT
-A netctl-INPUT -d 10.1.0.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:4f9c8417 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.1.0.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:8f1ce988 networks.blue.dhcp" -j DROP
-A netctl-INPUT -d 10.1.1.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:cf2f50f8 networks.red.dhcp" -j DROP
-A netctl-INPUT -d 10.1.1.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:a8a4a8c5 networks.red.dhcp" -j DROP
-A netctl-INPUT -d 10.1.2.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:c7417b41 networks.storage.dhcp" -j DROP
-A netctl-INPUT -d 10.1.2.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:a7e5222d networks.storage.dhcp" -j DROP
-A netctl-FORWARD -i br-red -o br-red -m comment --comment "netctl:9bc4ac9e networks.red.forward" -j ACCEPT
-A netctl-FORWARD -i br-red -m comment --comment "netctl:66f3acea networks.red.forward" -j DROP
-A netctl-FORWARD -o br-red -m comment --comment "netctl:af698880 networks.red.forward" -j DROP
-A netctl-FORWARD -i br-stora-b4cdfe -o br-stora-b4cdfe -m comment --comment "netctl:bc6d3df3 networks.storage.gateway" -j ACCEPT
-A netctl-FORWARD -i br-stora-b4cdfe -m comment --comment "netctl:05b4951f networks.storage.gateway" -j DROP
-A netctl-FORWARD -o br-stora-b4cdfe -m comment --comment "netctl:4e56996e networks.storage.gateway" -j DROP
-A netctl-FORWARD -i br100 -m comment --comment "netctl:a1022c5a networks.blue.forward" -j ACCEPT
-A netctl-FORWARD -o br100 -m comment --comment "netctl:8075e17d networks.blue.forward" -j ACCEPT
-I INPUT 1 -m comment --comment "netctl:19ba5f45 networks" -j netctl-INPUT
-I FORWARD 1 -m comment --comment "netctl:5e20e97c networks" -j netctl-FORWARD
COMMIT
END
sysctl -q -w net.ipv4.ip_forward=1
ip -batch - <<'END'
link add name br-office group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-office mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-office.forwarding=1
ip -batch - <<'END'
link set dev eth1 mtu 9000 master br-office promisc on
route del default via 203.0.113.1 dev eth1 proto 3
address replace 203.0.113.11/24 brd 203.0.113.255 dev br-office
address del 203.0.113.11/24 dev eth1
route add default via 203.0.113.1 dev br-office proto 117
END
(umask 0077; mkdir -p -- /var/lib/netctl/guests/vm-3)
cat > /var/lib/netctl/guests/vm-3/interfaces.new <<'END'
# Injected by netctl on instance boot
#
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

# The loopback network interface
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    hwaddress ether fa:16:3e:15:fe:94
    address 10.1.3.2
    netmask 255.255.255.0
    broadcast 10.1.3.255
    gateway 10.1.3.1
END
chmod 0600 /var/lib/netctl/guests/vm-3/interfaces.new
mv -f -- /var/lib/netctl/guests/vm-3/interfaces.new /var/lib/netctl/guests/vm-3/interfaces
(umask 0077; mkdir -p -- /var/lib/netctl/guests/vm-3)
cat > /var/lib/netctl/guests/vm-3/network_data.json.new <<'END'
{
  "links": [
    {
      "id": "tap-vm-3",
      "vif_id": "vm-3/office",
      "type": "bridge",
      "mtu": 1500,
      "ethernet_mac_address": "fa:16:3e:15:fe:94"
    }
  ],
  "networks": [
    {
      "id": "network0",
      "type": "ipv4",
      "link": "tap-vm-3",
      "network_id": "office",
      "ip_address": "10.1.3.2",
      "netmask": "255.255.255.0",
      "routes": [
        {
          "network": "0.0.0.0",
          "netmask": "0.0.0.0",
          "gateway": "10.1.3.1"
        }
      ]
    }
  ],
  "services": []
}
END
chmod 0600 /var/lib/netctl/guests/vm-3/network_data.json.new
mv -f -- /var/lib/netctl/guests/vm-3/network_data.json.new /var/lib/netctl/guests/vm-3/network_data.json
ip -batch - <<'END'
link add name br100 group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br100 mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br100.forwarding=1 net.ipv6.conf.br100.accept_ra=0 net.ipv6.conf.br100.autoconf=0
ip -batch - <<'END'
address replace 10.1.0.1/24 brd 10.1.0.255 metric 117 dev br100
link add link eth1 name vlan100 group 117 mtu 1500 type vlan id 100
link set dev vlan100 addrgenmode none
link set dev vlan100 master br100 up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/hosts.new <<'END'
fa:16:3e:44:a0:50,10.1.0.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/blue/hosts.new
mv -f -- /var/lib/netctl/networks/blue/hosts.new /var/lib/netctl/networks/blue/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/blue)
cat > /var/lib/netctl/networks/blue/names.new <<'END'
10.1.0.2 vm-1.novalocal vm-1
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
option:router,10.1.0.1
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
link add name br-red group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-red mtu 9000 up
END
sysctl -q -w net.ipv4.conf.br-red.forwarding=1 net.ipv6.conf.br-red.accept_ra=0 net.ipv6.conf.br-red.autoconf=0
ip -batch - <<'END'
address replace 10.1.1.1/24 brd 10.1.1.255 metric 117 dev br-red
link add link eth1 name vlan101 group 117 mtu 9000 type vlan id 101
link set dev vlan101 addrgenmode none
link set dev vlan101 master br-red up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/hosts.new <<'END'
fa:16:3e:21:ab:4a,10.1.1.20,vm-2
END
chmod 0600 /var/lib/netctl/networks/red/hosts.new
mv -f -- /var/lib/netctl/networks/red/hosts.new /var/lib/netctl/networks/red/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
cat > /var/lib/netctl/networks/red/names.new <<'END'
10.1.1.20 vm-2.novalocal vm-2
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
option:router,10.1.1.1
tag:_no-router,tag:!_router,option:router
option:mtu,9000
END
chmod 0600 /var/lib/netctl/networks/red/options.new
mv -f -- /var/lib/netctl/networks/red/options.new /var/lib/netctl/networks/red/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/red)
: > /var/lib/netctl/networks/red/leases.new
chmod 0600 /var/lib/netctl/networks/red/leases.new
mv -f -- /var/lib/netctl/networks/red/leases.new /var/lib/netctl/networks/red/leases
ip -batch - <<'END'
link add name br-stora-b4cdfe group 117 address 02:00:00:00:ff:02 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-stora-b4cdfe mtu 1500 up
END
sysctl -q -w net.ipv6.conf.br-stora-b4cdfe.accept_ra=0 net.ipv6.conf.br-stora-b4cdfe.autoconf=0
ip -batch - <<'END'
address replace 10.1.2.1/24 brd 10.1.2.255 metric 117 dev br-stora-b4cdfe
link set dev eth2 up
link add link eth2 name vlan-sto-b4cdfe group 117 mtu 1500 type vlan id 100
link set dev vlan-sto-b4cdfe addrgenmode none
link set dev vlan-sto-b4cdfe master br-stora-b4cdfe up
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/storage)
cat > /var/lib/netctl/networks/storage/hosts.new <<'END'
fa:16:3e:e0:7e:69,10.1.2.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/storage/hosts.new
mv -f -- /var/lib/netctl/networks/storage/hosts.new /var/lib/netctl/networks/storage/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/storage)
cat > /var/lib/netctl/networks/storage/names.new <<'END'
10.1.2.2 vm-1.novalocal vm-1
END
chmod 0600 /var/lib/netctl/networks/storage/names.new
mv -f -- /var/lib/netctl/networks/storage/names.new /var/lib/netctl/networks/storage/names
(umask 0077; mkdir -p -- /var/lib/netctl/networks/storage)
cat > /var/lib/netctl/networks/storage/servers.new <<'END'
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
chmod 0600 /var/lib/netctl/networks/storage/servers.new
mv -f -- /var/lib/netctl/networks/storage/servers.new /var/lib/netctl/networks/storage/servers
(umask 0077; mkdir -p -- /var/lib/netctl/networks/storage)
cat > /var/lib/netctl/networks/storage/options.new <<'END'
option:router
tag:_no-router,tag:!_router,option:router
option:mtu,1500
END
chmod 0600 /var/lib/netctl/networks/storage/options.new
mv -f -- /var/lib/netctl/networks/storage/options.new /var/lib/netctl/networks/storage/options
(umask 0077; mkdir -p -- /var/lib/netctl/networks/storage)
: > /var/lib/netctl/networks/storage/leases.new
chmod 0600 /var/lib/netctl/networks/storage/leases.new
mv -f -- /var/lib/netctl/networks/storage/leases.new /var/lib/netctl/networks/storage/leases
ip -batch - <<'END'
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 addrgenmode none
link set dev tap-vm-1 group 117 alias "vm-1/blue 10.1.0.2 fa:16:3e:44:a0:50" mtu 1500 master br100 up
link set dev tap-vm-1 type bridge_slave hairpin on
tuntap add dev tap-vm-1-1 mode tap
link set dev tap-vm-1-1 addrgenmode none
link set dev tap-vm-1-1 group 117 alias "vm-1/storage 10.1.2.2 fa:16:3e:e0:7e:69" mtu 1500 master br-stora-b4cdfe up
link set dev tap-vm-1-1 type bridge_slave hairpin on
link add name veth-vm-2 group 117 mtu 9000 type veth peer name eth0 netns g1 address fa:16:3e:21:ab:4a mtu 9000
link set dev veth-vm-2 addrgenmode none
link set dev veth-vm-2 alias "vm-2/red 10.1.1.20 fa:16:3e:21:ab:4a" master br-red up
link set dev veth-vm-2 type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev eth0 up
END
ip -batch - <<'END'
tuntap add dev tap-vm-3 mode tap
link set dev tap-vm-3 addrgenmode none
link set dev tap-vm-3 group 117 alias "vm-3/office 10.1.3.2 fa:16:3e:15:fe:94" mtu 1500 master br-office up
link set dev tap-vm-3 type bridge_slave hairpin on
END
rm -f -- /run/netctl/dnsmasq-blue.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-blue.pid --user=root --bind-interfaces --interface=br100 --except-interface=br100 --listen-address=10.1.0.1 --except-interface=lo --dhcp-range=set:blue,10.1.0.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/blue/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/blue/options --dhcp-leasefile=/var/lib/netctl/networks/blue/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/blue/names --domain=novalocal --servers-file=/var/lib/netctl/networks/blue/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-blue.loaded.new <<'END'
eae37ae9eff15e1e
link br100
address br100 10.1.0.1/24
END
chmod 0600 /run/netctl/dnsmasq-blue.loaded.new
mv -f -- /run/netctl/dnsmasq-blue.loaded.new /run/netctl/dnsmasq-blue.loaded
rm -f -- /run/netctl/dnsmasq-red.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-red.pid --user=root --bind-interfaces --interface=br-red --except-interface=br-red --listen-address=10.1.1.1 --except-interface=lo --dhcp-range=set:red,10.1.1.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/red/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/red/options --dhcp-leasefile=/var/lib/netctl/networks/red/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/red/names --domain=novalocal --servers-file=/var/lib/netctl/networks/red/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-red.loaded.new <<'END'
99e4f82c2e946aa8
link br-red
address br-red 10.1.1.1/24
END
chmod 0600 /run/netctl/dnsmasq-red.loaded.new
mv -f -- /run/netctl/dnsmasq-red.loaded.new /run/netctl/dnsmasq-red.loaded
rm -f -- /run/netctl/dnsmasq-storage.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-storage.pid --user=root --bind-interfaces --interface=br-stora-b4cdfe --except-interface=br-stora-b4cdfe --listen-address=10.1.2.1 --except-interface=lo --dhcp-range=set:storage,10.1.2.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/storage/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/storage/options --dhcp-leasefile=/var/lib/netctl/networks/storage/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/storage/names --domain=novalocal --servers-file=/var/lib/netctl/networks/storage/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-storage.loaded.new <<'END'
e3d30d948d3f2f2a
link br-stora-b4cdfe
address br-stora-b4cdfe 10.1.2.1/24
END
chmod 0600 /run/netctl/dnsmasq-storage.loaded.new
mv -f -- /run/netctl/dnsmasq-storage.loaded.new /run/netctl/dnsmasq-storage.loaded
spec.yaml:28:3: warning: eth1 has an MTU of 1500, and a network by it one of 9000: it is raised, and packets longer than its segment supports are lost  [uplink-mtu]
  28 |   office: # what comes untagged by eth1; its addresses go to this bridge
     |   ^
  hint: mtu: 1500 in that network, unless everything on its segment supports 9000
