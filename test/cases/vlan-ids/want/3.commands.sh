#!/bin/sh
set -e
ip -batch - <<'END'
link del dev vlan101
link add link eth1 name vlan102 group 117 mtu 1500 type vlan id 102
link set dev vlan102 addrgenmode none
link set dev vlan102 master br-blue up
link del dev vlan100
link add link eth1 name vlan101 group 117 mtu 1500 type vlan id 101
link set dev vlan101 addrgenmode none
link set dev vlan101 master br-red up
END
