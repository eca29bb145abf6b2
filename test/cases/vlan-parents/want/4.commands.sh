#!/bin/sh
set -e
sysctl -q -w net/ipv4/conf/br-lab/arp_notify=1
ip -batch - <<'END'
link set dev br-lab address 02:00:00:00:ff:01
link del dev vlan100
link set dev eth1 master br-lab promisc on
route del default via 203.0.113.1 dev eth1 proto 3
address replace 203.0.113.11/24 brd 203.0.113.255 dev br-lab
address del 203.0.113.11/24 dev eth1
route add default via 203.0.113.1 dev br-lab proto 117
link set dev eth2 down
END
