#!/bin/sh
set -e
ip -batch - <<'END'
link add name veth-guest group 117 mtu 1500 type veth peer name eth0 netns g1 address fa:16:3e:51:ce:06 mtu 1500
link set dev veth-guest addrgenmode none
link set dev veth-guest alias "guest/blue 10.0.1.4 fa:16:3e:51:ce:06" master br-blue up
link set dev veth-guest type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev eth0 up
END
ip -batch - <<'END'
link add name veth-guest-1 group 117 mtu 1500 type veth peer name eth1 netns g1 address fa:16:3e:e3:fc:4d mtu 1500
link set dev veth-guest-1 addrgenmode none
link set dev veth-guest-1 alias "guest/red 10.0.2.3 fa:16:3e:e3:fc:4d" master br-red up
link set dev veth-guest-1 type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev eth1 up
END
ip -batch - <<'END'
link add name veth-guest-2 group 117 mtu 1500 type veth peer name backup netns g1 address fa:16:3e:e7:a9:e7 mtu 1500
link set dev veth-guest-2 addrgenmode none
link set dev veth-guest-2 alias "guest/red%232 10.0.2.4 fa:16:3e:e7:a9:e7" master br-red up
link set dev veth-guest-2 type bridge_slave hairpin on
END
ip -n g1 -batch - <<'END'
link set dev backup up
END
ip -batch - <<'END'
link set dev lv-db addrgenmode none
link set dev lv-db master br-blue up
link set dev lv-db type bridge_slave hairpin on
END
