#!/bin/sh
set -e
ip -batch - <<'END'
link del dev v1
link add name v1 group 117 mtu 1400 type veth peer name eth9 netns g2 address fa:16:3e:a6:8f:58 mtu 1400
link set dev v1 addrgenmode none
link set dev v1 alias "vm-1/lab 10.0.0.2 fa:16:3e:a6:8f:58" master br100 up
link set dev v1 type bridge_slave hairpin on
END
ip -n g2 -batch - <<'END'
link set dev eth9 up
END
ip -batch - <<'END'
link del dev v2
tuntap add dev v2 mode tap
link set dev v2 addrgenmode none
link set dev v2 group 117 alias "vm-2/lab 10.0.0.3 fa:16:3e:77:da:ed" mtu 1400 master br100 up
link set dev v2 type bridge_slave hairpin on
END
