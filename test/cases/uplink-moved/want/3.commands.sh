#!/bin/sh
set -e
ip -batch - <<'END'
link set dev eth1 nomaster promisc off
route del 203.0.113.0/24 dev br-red table 100 proto 117 scope 253 src 203.0.113.11
route del default via 203.0.113.1 dev br-red proto 117
route del 192.0.2.0/24 via 203.0.113.2 dev br-red proto 117 metric 50
route del default via 203.0.113.1 dev br-red table 100 proto 117
neigh replace 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent dev br-red
neigh del 203.0.113.9 dev br-red
neigh del proxy 203.0.113.77 dev br-red
address replace 203.0.113.11/24 brd 203.0.113.255 dev eth1
address replace 203.0.113.12/24 brd 203.0.113.255 dev eth1
address replace 2001:db8::11/64 dev eth1 nodad
address replace 2001:db8::11/64 dev eth1
address del 2001:db8::11/64 dev br-red
address del 203.0.113.12/24 dev br-red
address del 203.0.113.11/24 dev br-red
END
sysctl -q -w net/ipv4/conf/br-red/arp_notify=1
ip -batch - <<'END'
link set dev br-red address 02:5e:0a:b8:35:04
route add 203.0.113.0/24 dev eth1 table 100 proto 3 scope 253 src 203.0.113.11
route add default via 203.0.113.1 dev eth1 proto 3
route add 192.0.2.0/24 via 203.0.113.2 dev eth1 proto static metric 50
route add default via 203.0.113.1 dev eth1 table 100 proto 3 mtu 1400
neigh replace 203.0.113.9 lladdr 02:00:00:00:00:99 nud permanent dev eth1
neigh replace proxy 203.0.113.77 dev eth1
END
