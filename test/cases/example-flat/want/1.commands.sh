#!/bin/sh
set -e
ip -batch - <<'END'
link add name br100 group 117 address 02:00:00:00:ff:01 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br100 mtu 1500 up
link set dev eth2 master br100 promisc on
route del default via 10.0.0.1 dev eth2 proto 3
address del 10.0.3.7/16 dev eth2
address replace 10.0.3.7/16 brd 10.0.255.255 dev br100
route add default via 10.0.0.1 dev br100 proto 117
link add name br-back group 117 address 02:51:59:01:ef:a0 mtu 68 type bridge forward_delay 0 stp_state 0
link set dev br-back mtu 9000 up
tuntap add dev tap-vm-1 mode tap
link set dev tap-vm-1 group 117 alias "vm-1/office 10.0.20.5 fa:16:3e:fb:14:21" mtu 1500 master br100 up
link set dev tap-vm-1 type bridge_slave hairpin on
tuntap add dev tap-vm-1-1 mode tap
link set dev tap-vm-1-1 group 117 alias "vm-1/back 10.9.0.1 fa:16:3e:28:7f:c9" mtu 9000 master br-back up
link set dev tap-vm-1-1 type bridge_slave hairpin on
link add name veth-vm-2 group 117 mtu 1500 type veth peer name eth0 netns g1 address fa:16:3e:f1:fd:d7 mtu 1500
link set dev veth-vm-2 alias "vm-2/office 10.0.20.10 fa:16:3e:f1:fd:d7" master br100 up
link set dev veth-vm-2 type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev eth0 up
END
