#!/bin/sh
set -e
iptables-restore -w 5 --noflush <<'END'
*mangle
:netctl-POSTROUTING - [0:0]
-A netctl-POSTROUTING -o br-lab -p udp -m udp --dport 68 -m comment --comment "netctl:7370787a networks.lab.dhcp" -j CHECKSUM --checksum-fill
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
COMMIT
*nat
:netctl-PREROUTING - [0:0]
:netctl-OUTPUT - [0:0]
:netctl-POSTROUTING - [0:0]
:netctl-snat - [0:0]
:netctl-postrouting-bottom - [0:0]
-A netctl-POSTROUTING -s 192.168.50.0/24 -d 192.168.50.0/24 -m conntrack ! --ctstate DNAT -m comment --comment "netctl:47fd3b1d networks.lab.cidr" -j ACCEPT
-A netctl-snat -s 192.168.50.0/24 -o br100 -m comment --comment "netctl:daaf2fe3 networks.lab.snat" -j SNAT --to-source 10.0.3.7
-A netctl-postrouting-bottom -m comment --comment "netctl:ad1aa0fe networks" -j netctl-snat
-I PREROUTING 1 -m comment --comment "netctl:52cd91ef networks" -j netctl-PREROUTING
-I OUTPUT 1 -m comment --comment "netctl:a8a74c0a networks" -j netctl-OUTPUT
-I POSTROUTING 1 -m comment --comment "netctl:e36a38f8 networks" -j netctl-POSTROUTING
-A POSTROUTING -m comment --comment "netctl:38cf7b96 networks" -j netctl-postrouting-bottom
COMMIT
*filter
:netctl-INPUT - [0:0]
:netctl-FORWARD - [0:0]
-A netctl-INPUT -d 255.255.255.255/32 -i br-lab -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:2239fe89 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br-lab -p udp -m udp --sport 68 --dport 67 -m comment --comment "netctl:d4cbb815 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br-lab -p udp -m udp --dport 53 -m comment --comment "netctl:1073ebf5 networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -s 192.168.50.0/24 -d 192.168.50.1/32 -i br-lab -p tcp -m tcp --dport 53 -m comment --comment "netctl:1f05520f networks.lab.dhcp" -j ACCEPT
-A netctl-INPUT -d 192.168.50.1/32 ! -i lo -p udp -m udp --dport 53 -m comment --comment "netctl:41995812 networks.lab.dhcp" -j DROP
-A netctl-INPUT -d 192.168.50.1/32 ! -i lo -p tcp -m tcp --dport 53 -m comment --comment "netctl:b18c16aa networks.lab.dhcp" -j DROP
-A netctl-FORWARD -i br-lab -m comment --comment "netctl:707b8c56 networks.lab.forward" -j ACCEPT
-A netctl-FORWARD -o br-lab -m comment --comment "netctl:2801fbfd networks.lab.forward" -j ACCEPT
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
link set dev eth2 master br100 promisc on
route del default via 10.0.0.1 dev eth2 proto 3
address replace 10.0.3.7/16 brd 10.0.255.255 dev br100
address del 10.0.3.7/16 dev eth2
route add default via 10.0.0.1 dev br100 proto 117
link add name br-back group 117 address 02:51:59:01:ef:a0 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-back mtu 9000 up
END
sysctl -q -w net.ipv6.conf.br-back.accept_ra=0 net.ipv6.conf.br-back.autoconf=0
(umask 0077; mkdir -p -- /var/lib/netctl/guests/vm-1)
cat > /var/lib/netctl/guests/vm-1/interfaces.new <<'END'
# Injected by netctl on instance boot
#
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

# The loopback network interface
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    hwaddress ether fa:16:3e:db:14:21
    address 10.0.20.5
    netmask 255.255.0.0
    broadcast 10.0.255.255
    gateway 10.0.0.1
    dns-nameservers 10.0.0.1 9.9.9.9
iface eth0 inet6 static
    hwaddress ether fa:16:3e:db:14:21
    address fd00::64:f816:3eff:fedb:1421
    netmask 64

auto eth2
iface eth2 inet static
    hwaddress ether fa:16:3e:e8:7f:c9
    address 10.9.0.1
    netmask 255.255.255.0
    broadcast 10.9.0.255
    dns-nameservers 10.9.0.53 10.0.0.1
    mtu 9000
END
chmod 0600 /var/lib/netctl/guests/vm-1/interfaces.new
mv -f -- /var/lib/netctl/guests/vm-1/interfaces.new /var/lib/netctl/guests/vm-1/interfaces
(umask 0077; mkdir -p -- /var/lib/netctl/guests/vm-1)
cat > /var/lib/netctl/guests/vm-1/network_data.json.new <<'END'
{
  "links": [
    {
      "id": "tap-vm-1",
      "vif_id": "vm-1/office",
      "type": "bridge",
      "mtu": 1500,
      "ethernet_mac_address": "fa:16:3e:db:14:21"
    },
    {
      "id": "tap-vm-1-1",
      "vif_id": "vm-1/lab",
      "type": "bridge",
      "mtu": 1500,
      "ethernet_mac_address": "fa:16:3e:e6:8f:58"
    },
    {
      "id": "tap-vm-1-2",
      "vif_id": "vm-1/back",
      "type": "bridge",
      "mtu": 9000,
      "ethernet_mac_address": "fa:16:3e:e8:7f:c9"
    }
  ],
  "networks": [
    {
      "id": "network0",
      "type": "ipv4",
      "link": "tap-vm-1",
      "network_id": "office",
      "ip_address": "10.0.20.5",
      "netmask": "255.255.0.0",
      "routes": [
        {
          "network": "0.0.0.0",
          "netmask": "0.0.0.0",
          "gateway": "10.0.0.1"
        }
      ]
    },
    {
      "id": "network1",
      "type": "ipv6",
      "link": "tap-vm-1",
      "network_id": "office",
      "ip_address": "fd00::64:f816:3eff:fedb:1421",
      "netmask": "ffff:ffff:ffff:ffff::",
      "routes": []
    },
    {
      "id": "network2",
      "type": "ipv4_dhcp",
      "link": "tap-vm-1-1",
      "network_id": "lab"
    },
    {
      "id": "network3",
      "type": "ipv4",
      "link": "tap-vm-1-2",
      "network_id": "back",
      "ip_address": "10.9.0.1",
      "netmask": "255.255.255.0",
      "routes": []
    }
  ],
  "services": [
    {
      "type": "dns",
      "address": "10.0.0.1"
    },
    {
      "type": "dns",
      "address": "9.9.9.9"
    },
    {
      "type": "dns",
      "address": "10.9.0.53"
    }
  ]
}
END
chmod 0600 /var/lib/netctl/guests/vm-1/network_data.json.new
mv -f -- /var/lib/netctl/guests/vm-1/network_data.json.new /var/lib/netctl/guests/vm-1/network_data.json
(umask 0077; mkdir -p -- /var/lib/netctl/guests/vm-2)
cat > /var/lib/netctl/guests/vm-2/interfaces.new <<'END'
# Injected by netctl on instance boot
#
# This file describes the network interfaces available on your system
# and how to activate them. For more information, see interfaces(5).

# The loopback network interface
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    hwaddress ether fa:16:3e:d1:fd:d7
    address 10.0.20.10
    netmask 255.255.0.0
    broadcast 10.0.255.255
    gateway 10.0.0.1
    dns-nameservers 10.0.0.1 9.9.9.9
iface eth0 inet6 static
    hwaddress ether fa:16:3e:d1:fd:d7
    address fd00::64:f816:3eff:fed1:fdd7
    netmask 64
END
chmod 0600 /var/lib/netctl/guests/vm-2/interfaces.new
mv -f -- /var/lib/netctl/guests/vm-2/interfaces.new /var/lib/netctl/guests/vm-2/interfaces
(umask 0077; mkdir -p -- /var/lib/netctl/guests/vm-2)
cat > /var/lib/netctl/guests/vm-2/network_data.json.new <<'END'
{
  "links": [
    {
      "id": "veth-vm-2",
      "vif_id": "vm-2/office",
      "type": "bridge",
      "mtu": 1500,
      "ethernet_mac_address": "fa:16:3e:d1:fd:d7"
    }
  ],
  "networks": [
    {
      "id": "network0",
      "type": "ipv4",
      "link": "veth-vm-2",
      "network_id": "office",
      "ip_address": "10.0.20.10",
      "netmask": "255.255.0.0",
      "routes": [
        {
          "network": "0.0.0.0",
          "netmask": "0.0.0.0",
          "gateway": "10.0.0.1"
        }
      ]
    },
    {
      "id": "network1",
      "type": "ipv6",
      "link": "veth-vm-2",
      "network_id": "office",
      "ip_address": "fd00::64:f816:3eff:fed1:fdd7",
      "netmask": "ffff:ffff:ffff:ffff::",
      "routes": []
    }
  ],
  "services": [
    {
      "type": "dns",
      "address": "10.0.0.1"
    },
    {
      "type": "dns",
      "address": "9.9.9.9"
    }
  ]
}
END
chmod 0600 /var/lib/netctl/guests/vm-2/network_data.json.new
mv -f -- /var/lib/netctl/guests/vm-2/network_data.json.new /var/lib/netctl/guests/vm-2/network_data.json
ip -batch - <<'END'
link add name br-lab group 117 address 02:15:92:69:39:8d mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-lab mtu 1500 up
END
sysctl -q -w net.ipv4.conf.br-lab.forwarding=1 net.ipv6.conf.br-lab.accept_ra=0 net.ipv6.conf.br-lab.autoconf=0
ip -batch - <<'END'
address replace 192.168.50.1/24 brd 192.168.50.255 metric 117 dev br-lab
END
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/hosts.new <<'END'
fa:16:3e:e6:8f:58,192.168.50.2,vm-1
END
chmod 0600 /var/lib/netctl/networks/lab/hosts.new
mv -f -- /var/lib/netctl/networks/lab/hosts.new /var/lib/netctl/networks/lab/hosts
(umask 0077; mkdir -p -- /var/lib/netctl/networks/lab)
cat > /var/lib/netctl/networks/lab/names.new <<'END'
192.168.50.2 vm-1.novalocal vm-1
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
option:router,192.168.50.1
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
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 addrgenmode none
link set dev tap-vm-1 group 117 alias "vm-1/office 10.0.20.5 fa:16:3e:db:14:21" mtu 1500 master br100 up
link set dev tap-vm-1 type bridge_slave hairpin on
tuntap add dev tap-vm-1-1 mode tap
link set dev tap-vm-1-1 addrgenmode none
link set dev tap-vm-1-1 group 117 alias "vm-1/lab 192.168.50.2 fa:16:3e:e6:8f:58" mtu 1500 master br-lab up
link set dev tap-vm-1-1 type bridge_slave hairpin on
tuntap add dev tap-vm-1-2 mode tap
link set dev tap-vm-1-2 addrgenmode none
link set dev tap-vm-1-2 group 117 alias "vm-1/back 10.9.0.1 fa:16:3e:e8:7f:c9" mtu 9000 master br-back up
link set dev tap-vm-1-2 type bridge_slave hairpin on
link add name veth-vm-2 group 117 mtu 1500 type veth peer name eth0 netns g1 address fa:16:3e:d1:fd:d7 mtu 1500
link set dev veth-vm-2 addrgenmode none
link set dev veth-vm-2 alias "vm-2/office 10.0.20.10 fa:16:3e:d1:fd:d7" master br100 up
link set dev veth-vm-2 type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev eth0 up
END
rm -f -- /run/netctl/dnsmasq-lab.loaded
(umask 0077; mkdir -p -- /run/netctl)
dnsmasq --conf-file= --pid-file=/run/netctl/dnsmasq-lab.pid --user=root --bind-interfaces --interface=br-lab --except-interface=br-lab --listen-address=192.168.50.1 --except-interface=lo --dhcp-range=set:lab,192.168.50.0,static,255.255.255.0,120s --dhcp-lease-max=256 --dhcp-hostsfile=/var/lib/netctl/networks/lab/hosts '--dhcp-mac=set:_no-router,fa:16:3e:e0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:e9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ea:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:eb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ec:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ed:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ee:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ef:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f0:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f1:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f2:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f3:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f4:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f5:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f6:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f7:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f8:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:f9:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fa:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fb:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fc:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fd:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:fe:*:*' '--dhcp-mac=set:_no-router,fa:16:3e:ff:*:*' --dhcp-optsfile=/var/lib/netctl/networks/lab/options --dhcp-leasefile=/var/lib/netctl/networks/lab/leases --no-hosts --addn-hosts=/var/lib/netctl/networks/lab/names --domain=novalocal --servers-file=/var/lib/netctl/networks/lab/servers --strict-order
(umask 0077; mkdir -p -- /run/netctl)
cat > /run/netctl/dnsmasq-lab.loaded.new <<'END'
1bcc76b6defd369a
link br-lab
address br-lab 192.168.50.1/24
END
chmod 0600 /run/netctl/dnsmasq-lab.loaded.new
mv -f -- /run/netctl/dnsmasq-lab.loaded.new /run/netctl/dnsmasq-lab.loaded
